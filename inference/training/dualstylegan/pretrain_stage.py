# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stage `dualstylegan`: progressive pre-training (Yang et al. 2022, section 3.3, stages 1 and 2).

The extrinsic path learns to do what mixing latents does: the coarse layers from one face, the fine ones from another,
whose share grows in three runs. Only the new path learns, the generator stays. Not for: fine-tuning on a style.
"""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ....bridge.errors import InputError
from ....vendor.dualstylegan.network import DualStyleGAN, DualStyleGANShape
from ....vendor.psp.psp import PSp
from ....vendor.stylegan2.discriminator import Discriminator
from ....vendor.stylegan2.latents import mix
from ...settings import number, read_settings
from ...torch_device import choose_device
from ...weights.safe_open import StoredTensor, load_tensors, open_checkpoint
from ..perceptual import open_perceptual
from ..portraits import as_bytes, as_signed, open_portraits
from ..psp.psp_stage import fitted, read_generator
from ..stage import Settings, Sheet
from ..stylegan2 import losses
from ..stylegan2.optimizing import descend, follow, lazy_adam

SHOWN = 4
RUNS = ((0, 1), (1, 1), (2, 10))  # how many structure slots the other face draws too, and how long in twelfths
LOSS_SIDE = 256  # pixels at which features are compared


@dataclass(frozen=True)
class PretrainTraining:
    """How the extrinsic path is pre-trained.

    generator: weights of the stage `stylegan2`.   encoder: weights of the stage `psp`; every fourth extrinsic code is
    then seen instead of known.   structure: layers with a residual block.   adversarial, likeness: weights.
    perceptual: checkpoint of VGG-19, "" for a stand-in.   style: of rendered people.
    """

    generator: str = ""
    encoder: str = ""
    structure: int = number(7, 1, 17)
    batch: int = number(4, 1, 1024)
    iterations: int = number(3600, 12, 1_000_000)
    rate: float = number(0.002, 1e-5, 0.1)
    adversarial: float = number(0.1, 0.0, 10.0)
    likeness: float = number(0.5, 0.0, 100.0)
    r1: float = number(10.0, 0.0, 1000.0)
    r1_every: int = number(16, 1, 1000)
    path: float = number(2.0, 0.0, 100.0)
    path_every: int = number(4, 1, 1000)
    average: int = number(10_000, 1, 1_000_000)
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
        self._discriminator = _read_discriminator(s.generator).to(self._device)
        self._encoder = _read_encoder(s.encoder).to(self._device) if s.encoder else None
        self._average = copy.deepcopy(self._network).requires_grad_(False).eval()
        self._portraits = open_portraits(data, generator.shape.size, s.style, s.mirror, self._device)
        self._features = open_perceptual(s.perceptual).to(self._device).requires_grad_(False)
        self._paths = losses.PathMean()
        self._network_steps = lazy_adam(self._network, s.rate, s.path_every if s.path else 0)
        self._discriminator_steps = lazy_adam(self._discriminator, s.rate, s.r1_every if s.r1 else 0)
        self.parts = {
            "g": self._network,
            "d": self._discriminator,
            "g_ema": self._average,
            "g_optim": self._network_steps,
            "d_optim": self._discriminator_steps,
            "paths": self._paths,
        }
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
        s, found = self._settings, {}
        real = as_signed(batch, self._device)
        intrinsic, extrinsic, target = self._task(len(real), index)
        with torch.no_grad():
            made = self._drawn(self._network, intrinsic, extrinsic)
        found["discriminator"] = s.adversarial * losses.discrimination(
            self._discriminator(real), self._discriminator(made)
        )
        descend(self._discriminator_steps, found["discriminator"])
        if s.r1 and index % s.r1_every == 0:
            pictures = real.detach().requires_grad_()
            found["R1"] = losses.gradient_penalty(self._discriminator(pictures), pictures)
            descend(self._discriminator_steps, s.r1 / 2 * s.r1_every * found["R1"])
        self._discriminator.requires_grad_(False)
        made = self._drawn(self._network, intrinsic, extrinsic)
        found["adversarial"] = s.adversarial * losses.adversarial(self._discriminator(made))
        found["likeness"] = s.likeness * self._unlike(made, target)
        descend(self._network_steps, found["adversarial"] + found["likeness"])
        self._discriminator.requires_grad_(True)
        if s.path and index % s.path_every == 0:
            few = max(1, len(real) // 2)
            latents = intrinsic[:few, None].repeat(1, self._network.shape.generator.slots, 1).requires_grad_()
            pictures = self._drawn(self._network, latents, extrinsic[:few])
            lengths = losses.path_lengths(pictures, latents, torch.randn_like(pictures))
            found["path length"] = lengths.mean()
            descend(self._network_steps, s.path * s.path_every * self._paths.penalty(lengths))
        follow(self._average, self._network, s.batch, s.average)
        return {name: loss.item() for name, loss in found.items()}

    @torch.no_grad()
    def sheet(self) -> Sheet:
        """One face, the other, the latents of both mixed, and what the extrinsic path makes of them."""
        net = self._average.generator
        draw = torch.Generator().manual_seed(0)
        z = torch.randn(2 * SHOWN, net.shape.style_dim, generator=draw).to(self._device)
        first, second = net.style(z).chunk(2)
        mixed = mix(first, second, self._slot(self.steps), net.shape.slots)
        columns = [net(first), net(second), net(mixed), self._drawn(self._average, first, second, fresh=False)]
        rows = zip(*map(as_bytes, columns), strict=True)
        return Sheet(("face", "style", "mixed", "both paths"), [list(row) for row in rows])

    def weights(self) -> dict[str, Any]:
        """Named as the published checkpoints."""
        return {
            "g": self._network.state_dict(),
            "d": self._discriminator.state_dict(),
            "g_ema": self._average.state_dict(),
        }

    @torch.no_grad()
    def _task(self, count: int, index: int) -> tuple[Tensor, Tensor, Tensor]:
        """Intrinsic W (B, S), extrinsic W or W+, and the picture (B, 3, H, W) that both shall make."""
        net = self._network.generator
        first, second = net.style(torch.randn(2 * count, net.shape.style_dim, device=self._device)).chunk(2)
        target = net(mix(first, second, self._slot(index), net.shape.slots))
        if self._encoder is not None and index % 4 == 0:
            second = self._encoder(fitted(net(second), LOSS_SIDE))
        return first, second, target

    def _slot(self, index: int) -> int:
        """From which slot on the second face draws in this step."""
        ends = np.cumsum([length for _more, length in RUNS])
        run = int(np.searchsorted(ends[:-1] * self.steps / ends[-1], index, "right"))
        return max(1, self._settings.structure - RUNS[run][0])

    def _drawn(self, network: DualStyleGAN, intrinsic: Tensor, extrinsic: Tensor, fresh: bool = True) -> Tensor:
        shape = network.shape.generator
        noise = [torch.randn(len(intrinsic), 1, side, side, device=self._device) for side in shape.noise_sides]
        return network(intrinsic, extrinsic, [1.0] * shape.slots, noise if fresh else None)

    def _unlike(self, made: Tensor, target: Tensor) -> Tensor:
        """The three finer levels of features, compared."""
        side = min(LOSS_SIDE, made.shape[-1])
        pairs = zip(
            self._features(fitted(made, side) / 2 + 0.5), self._features(fitted(target, side) / 2 + 0.5), strict=True
        )
        return sum(F.l1_loss(ours, theirs) for ours, theirs in list(pairs)[:3])


def _read_discriminator(path: str) -> Discriminator:
    contents = open_checkpoint(Path(path))
    try:
        return Discriminator.from_state(load_tensors(contents["d"], "d"))
    except (KeyError, ValueError) as error:
        remedy = "Set generator to the weights of the training stylegan2, discriminator included."
        raise InputError(f"{Path(path).name} holds no discriminator (d) that can be used.", remedy) from error


def _read_encoder(path: str) -> PSp:
    contents = open_checkpoint(Path(path))
    try:
        loaded = {name: value.load() if isinstance(value, StoredTensor) else value for name, value in contents.items()}
        if isinstance(loaded["state_dict"], Mapping):
            loaded["state_dict"] = load_tensors(loaded["state_dict"], "state_dict")
        return PSp.from_checkpoint(loaded).requires_grad_(False).eval()
    except (AttributeError, KeyError, ValueError) as error:
        remedy = "Set encoder to the weights of the training psp."
        raise InputError(f"{Path(path).name} holds no encoder that can be used.", remedy) from error
