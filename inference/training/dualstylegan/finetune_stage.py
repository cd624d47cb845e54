# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stage `finetune`: the extrinsic path learns a style from its pictures (Yang et al. 2022, section 3.3, stage 3).

In every other step a natural face behind an exemplar, found by destylization, takes that exemplar's style and must come
out as the exemplar; in the others a random face takes it, and must come out painted alike and as the same person. Only
the extrinsic path learns. Not for: exemplars' codes (refine_stage.py).
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from ....bridge.errors import InputError
from ....vendor.stylegan2.latents import mix
from ...settings import number, read_settings
from ...torch_device import choose_device
from ..perceptual import open_perceptual
from ..portraits import as_bytes, as_signed
from ..stage import Settings, Sheet
from ..stylegan2.duel import Duel, DuelSettings
from ..trained import fitted, read_discriminator, read_dualstylegan, read_identity
from . import style_losses as losses
from .both_paths import along_intrinsic, drawn
from .exemplars import Exemplars

SHOWN = 5
LOSS_SIDE = 256  # pixels at which features are compared
SHEET_SIDE = 256


@dataclass(frozen=True)
class FinetuneTraining(DuelSettings):
    """How a style is learned. The last two weights are what the authors choose for each style.

    generator: weights of the stage `dualstylegan`.   codes: weights of the stage `destylize`, or the folder with the
    authors' codes.   mixing: chance of two latents in a random face.   jitter: of the styles' latents, standard
    deviation.   perceptual, identity: checkpoints of VGG-19 and IR-SE50, "" for a stand-in and for none.   adversarial,
    likeness, contextual, matching: weights.   person: of the identity: cartoon 1, caricature 4, anime 1.   restraint:
    on what the residual blocks do: cartoon 0.015, caricature 0.005, anime 0.02.   mirror: half of the real pictures.
    """

    generator: str = ""
    codes: str = ""
    iterations: int = number(1500, 2, 1_000_000)
    mixing: float = number(0.9, 0.0, 1.0)
    jitter: float = number(0.1, 0.0, 10.0)
    perceptual: str = ""
    identity: str = ""
    adversarial: float = number(1.0, 0.0, 100.0)
    likeness: float = number(1.0, 0.0, 100.0)
    contextual: float = number(0.25, 0.0, 100.0)
    matching: float = number(0.25, 0.0, 100.0)
    person: float = number(1.0, 0.0, 100.0)
    restraint: float = number(0.01, 0.0, 100.0)
    mirror: bool = True


class Batch(NamedTuple):
    """real: (B, 3, S, S) uint8.   judged, learned: exemplars whose styles the two networks see, B each."""

    real: Tensor
    judged: list[int]
    learned: list[int]


class FinetuneStage:
    """See training/stage.py for what every stage promises. data: the folder of portraits that was destylized."""

    name = "finetune"

    def __init__(self, data: str, settings: Settings, device: str) -> None:
        """Raises InputError for settings it does not know, pictures that are missing and unusable weights."""
        s = self._settings = read_settings(FinetuneTraining, settings, "the training finetune")
        self._device = choose_device(device)
        network, average = (read_dualstylegan(s.generator, key).to(self._device) for key in ("g", "g_ema"))
        network.generator.requires_grad_(False)
        self._network, self._size = network.train(), network.shape.generator.size
        self._exemplars = Exemplars(data, s.codes, self._size, self._device, s.mirror)
        shape = (network.shape.generator.slots, network.shape.generator.style_dim)
        if self._exemplars.extrinsic.shape[1:] != shape:
            raise InputError("The codes are those of a network of another size.", "Destylize with this generator.")
        with torch.no_grad():
            self._styles = network.generator.style(self._exemplars.extrinsic)
        self._features = open_perceptual(s.perceptual).to(self._device).requires_grad_(False)
        self._identity = read_identity(s.identity).to(self._device) if s.identity else None
        discriminator = read_discriminator(s.generator).to(self._device)
        self._duel = Duel(network, discriminator, s, weight=s.adversarial, average=average)
        self.parts = self._duel.parts
        self.steps = s.iterations
        self.notes = [note for note in (self._features.note,) if note]
        if self._identity is None:
            self.notes.append("No identity network is given: whether the person stays the same is not learned.")

    def prepare(self, folder: Path, on_progress: Callable[[int, int], None]) -> None:
        """Read the pictures."""
        self._exemplars.prepare(on_progress)

    def draw(self, dice: np.random.Generator) -> Batch:
        """Real pictures, and the exemplars of both networks' steps."""
        count, known = self._settings.batch, len(self._exemplars)
        return Batch(self._exemplars.draw(dice, count), *(dice.integers(known, size=count).tolist() for _ in range(2)))

    def step(self, batch: Batch, index: int) -> dict[str, float]:
        """One step of the discriminator and one of the extrinsic path."""
        is_paired = index % 2 == 1
        with torch.no_grad():
            made = drawn(self._network, self._faces(batch.judged, is_paired), self._jittered(batch.judged))
        real = self._exemplars.pictures(batch.judged) if is_paired else as_signed(batch.real, self._device)
        found = self._duel.judge(real, made, index)
        face, style = self._faces(batch.learned, is_paired), self._jittered(batch.learned)
        made = drawn(self._network, face, style)
        found |= self._duel.learn(made, self._losses(made, face, batch.learned, is_paired))
        found |= self._duel.straighten(lambda count: along_intrinsic(self._network, face, style, count), index)
        return self._duel.end_step(found)

    @torch.no_grad()
    def sheet(self) -> Sheet:
        """Exemplars, each on the natural face behind it, and on a face of somebody else."""
        rows = list(range(min(SHOWN, len(self._exemplars))))
        average = self._duel.average
        net, styles = average.generator, self._styles[rows]
        own = net.style(self._exemplars.intrinsic[rows])
        z = torch.randn(len(rows), net.shape.style_dim, generator=torch.Generator().manual_seed(0)).to(self._device)
        other = net.style(z)
        columns = [self._exemplars.pictures(rows), net(own), drawn(average, own, styles, fresh=False), net(other)]
        columns.append(drawn(average, other, styles, fresh=False))
        pictures = [as_bytes(fitted(column, min(SHEET_SIDE, self._size))) for column in columns]
        titles = ("exemplar", "its face", "stylized", "another face", "stylized")
        return Sheet(titles, [list(row) for row in zip(*pictures, strict=True)])

    def weights(self) -> dict[str, Any]:
        """Named as the published checkpoints."""
        return self._duel.weights()

    @torch.no_grad()
    def _faces(self, rows: list[int], is_paired: bool) -> Tensor:
        """Intrinsic W+ (B, L, S): of the exemplars' natural faces in random colors, or of random faces."""
        net = self._network.generator
        slots, width = net.shape.slots, net.shape.style_dim
        if is_paired:
            codes = self._exemplars.intrinsic[rows].clone()
            color = self._network.shape.structure_slots + 1
            codes[:, color:] = torch.randn(len(rows), slots - color, width, device=self._device)
            return net.style(codes)
        first, second = net.style(torch.randn(2 * len(rows), width, device=self._device)).chunk(2)
        is_mixed = torch.rand(()) < self._settings.mixing
        return mix(first, second, int(torch.randint(1, slots, ())) if is_mixed else slots, slots)

    def _jittered(self, rows: list[int]) -> Tensor:
        """The styles of exemplars, W+ (B, L, S), each a little off."""
        styles = self._styles[rows]
        return styles + self._settings.jitter * torch.randn_like(styles)

    def _losses(self, made: Tensor, face: Tensor, rows: list[int], is_paired: bool) -> dict[str, Tensor]:
        """All but the adversarial one, of pictures (B, 3, S, S) of faces in the styles of exemplars."""
        s = self._settings
        ours = self._seen(made)
        with torch.no_grad():
            theirs = self._seen(self._exemplars.pictures(rows))
        found = {"likeness": s.likeness * losses.perceptual(ours, theirs)} if is_paired else {}
        found["contextual"] = s.contextual * losses.contextual(ours[losses.COARSE], theirs[losses.COARSE])
        found["matching"] = s.matching * losses.matching(ours, theirs)
        if self._identity and s.person:
            net = self._network.generator
            with torch.no_grad():
                natural = self._identity.describe(net(face, net.fresh_noise(len(face))))
            found["person"] = s.person * losses.another_person(self._identity.describe(made), natural)
        found["restraint"] = s.restraint * losses.size_of(self._network.res)
        return found

    def _seen(self, pictures: Tensor) -> list[Tensor]:
        return self._features(fitted(pictures, min(LOSS_SIDE, pictures.shape[-1])) / 2 + 0.5)
