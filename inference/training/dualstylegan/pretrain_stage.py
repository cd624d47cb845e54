# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stage `dualstylegan`: progressive pre-training (Yang et al. 2022, section 3.3, stages 1 and 2).

The extrinsic path learns to do what mixing latents does: the coarse layers from one face, the fine ones from another,
whose share grows in three runs. Only the new path learns, the generator stays. Not for: fine-tuning on a style.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ....bridge.errors import InputError
from ....vendor.dualstylegan.network import DualStyleGAN, DualStyleGANShape
from ....vendor.stylegan2.latents import mix
from ...settings import number, read_settings
from ...torch_device import choose_device
from ..perceptual import open_perceptual
from ..portraits import as_bytes, as_signed, open_portraits
from ..stage import Settings, Sheet
from ..stylegan2.duel import Duel, DuelSettings
from ..trained import fitted, read_discriminator, read_encoder, read_generator
from .both_paths import along_intrinsic, drawn

SHOWN = 4
RUNS = ((0, 1), (1, 1), (2, 10))  # how many structure slots the other face draws too, and how long in twelfths
LOSS_SIDE = 256  # pixels at which features are compared


@dataclass(frozen=True)
class PretrainTraining(DuelSettings):
    """How the extrinsic path is pre-trained.

    generator: weights of the stage `stylegan2`.   encoder: weights of the stage `psp`; every fourth extrinsic code is
    then seen instead of known.   structure: layers with a residual block.   adversarial, likeness: weights.
    perceptual: checkpoint of VGG-19, "" for a stand-in.   style: of rendered people.
    """

    generator: str = ""
    encoder: str = ""
    structure: int = number(7, 1, 17)
    iterations: int = number(3600, 12, 1_000_000)
    adversarial: float = number(0.1, 0.0, 10.0)
    likeness: float = number(0.5, 0.0, 100.0)
    perceptual: str = ""
    style: str = "photo"
    mirror: bool = True


class PretrainStage:
    """See training/stage.py for what every stage promises. data: what the generator was trained on."""

    name = "dualstylegan"

    def __init__(self, data: str, settings: Settings, device: str) -> None:
        """Raises InputError for settings it does not know, a folder without pictures and unusable weights."""
        s = self._settings = read_settings(PretrainTraining, settings, "the training dualstylegan")
        self._device = choose_device(device)
        generator = read_generator(s.generator)
        if s.structure % 2 == 0 or s.structure >= generator.shape.slots:
            remedy = f"Choose an odd number below {generator.shape.slots}."
            raise InputError(f"{s.structure} layers cannot carry structure in this generator.", remedy)
        self._network = DualStyleGAN(DualStyleGANShape(generator.shape, s.structure)).to(self._device)
        self._network.generator.load_state_dict(generator.state_dict())
        self._network.generator.requires_grad_(False)
        self._encoder = read_encoder(s.encoder) if s.encoder else None
        if self._encoder:
            self._encoder.network.to(self._device)
        self._portraits = open_portraits(data, generator.shape.size, s.style, s.mirror, self._device)
        self._features = open_perceptual(s.perceptual).to(self._device).requires_grad_(False)
        discriminator = read_discriminator(s.generator).to(self._device)
        self._duel = Duel(self._network, discriminator, s, weight=s.adversarial)
        self.parts = self._duel.parts
        self.steps = s.iterations
        self.notes = [note for note in (self._features.note,) if note]

    def prepare(self, folder: Path, on_progress: Callable[[int, int], None]) -> None:
        """Read the pictures."""
        self._portraits.prepare(on_progress)

    def draw(self, dice: np.random.Generator) -> Tensor:
        """(B, 3, S, S) uint8."""
        return self._portraits.draw(dice, self._settings.batch)

    def step(self, batch: Tensor, index: int) -> dict[str, float]:
        """One step of the discriminator and one of the extrinsic path."""
        real = as_signed(batch, self._device)
        intrinsic, extrinsic, target = self._task(len(real), index)
        with torch.no_grad():
            made = drawn(self._network, intrinsic, extrinsic)
        found = self._duel.judge(real, made, index)
        made = drawn(self._network, intrinsic, extrinsic)
        found |= self._duel.learn(made, {"likeness": self._settings.likeness * self._unlike(made, target)})
        found |= self._duel.straighten(lambda count: along_intrinsic(self._network, intrinsic, extrinsic, count), index)
        return self._duel.end_step(found)

    @torch.no_grad()
    def sheet(self) -> Sheet:
        """One face, the other, the latents of both mixed, and what the extrinsic path makes of them."""
        net = self._duel.average.generator
        draw = torch.Generator().manual_seed(0)
        z = torch.randn(2 * SHOWN, net.shape.style_dim, generator=draw).to(self._device)
        first, second = net.style(z).chunk(2)
        mixed = mix(first, second, self._slot(self.steps), net.shape.slots)
        columns = [net(first), net(second), net(mixed), drawn(self._duel.average, first, second, fresh=False)]
        rows = zip(*map(as_bytes, columns), strict=True)
        return Sheet(("face", "style", "mixed", "both paths"), [list(row) for row in rows])

    def weights(self) -> dict[str, Any]:
        """Named as the published checkpoints."""
        return self._duel.weights()

    @torch.no_grad()
    def _task(self, count: int, index: int) -> tuple[Tensor, Tensor, Tensor]:
        """Intrinsic W (B, S), extrinsic W or W+, and the picture (B, 3, H, W) that both shall make."""
        net = self._network.generator
        first, second = net.style(torch.randn(2 * count, net.shape.style_dim, device=self._device)).chunk(2)
        target = net(mix(first, second, self._slot(index), net.shape.slots))
        if self._encoder is not None and index % 4 == 0:
            second = self._encoder.w_plus(net(second), net)
        return first, second, target

    def _slot(self, index: int) -> int:
        """From which slot on the second face draws in this step."""
        ends = np.cumsum([length for _more, length in RUNS])
        run = int(np.searchsorted(ends[:-1] * self.steps / ends[-1], index, "right"))
        return max(1, self._settings.structure - RUNS[run][0])

    def _unlike(self, made: Tensor, target: Tensor) -> Tensor:
        """The three finer levels of features, compared."""
        side = min(LOSS_SIDE, made.shape[-1])
        pairs = zip(
            self._features(fitted(made, side) / 2 + 0.5), self._features(fitted(target, side) / 2 + 0.5), strict=True
        )
        return sum(F.l1_loss(ours, theirs) for ours, theirs in list(pairs)[:3])
