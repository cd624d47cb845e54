# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stage `psp`: an encoder learns to see the latents of portraits that a trained generator can draw.

Half of each batch are the generator's own pictures, whose latents are known; the others are portraits, judged by how
they look when drawn again. Codes are W+, told as what is added to the average latent, or Z+, which the generator maps
slot by slot: what DualStyleGAN's destylization needs.
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
from ....vendor.psp.encoder import SIDE, EncoderShape, GradualStyleEncoder
from ....vendor.psp.ir_se import BackboneShape
from ...settings import choice, number, read_settings
from ...styles.dualstylegan import SPACE
from ...torch_device import choose_device, choose_precision
from ..perceptual import open_perceptual
from ..portraits import as_bytes, as_signed, open_portraits
from ..stage import Settings, Sheet
from ..stylegan2.optimizing import descend
from ..trained import W_PLUS, Z_PLUS, fitted, read_generator

SHOWN = 6


@dataclass(frozen=True)
class PSpTraining:
    """How an encoder is trained.

    generator: weights of the stage `stylegan2`, or a published generator.   space: of the codes.   size: pixels of the
    portraits it reads, a power of two.   width: of every layer but the last, against the published one.   pixels,
    likeness, latents, calm: weights of what is compared: pixels, features, known latents, and how far latents leave the
    average.   perceptual: checkpoint of VGG-19, "" for a stand-in.   style: of rendered people.   mirror: half of the
    portraits, of a folder alone.
    """

    generator: str = ""
    space: str = choice(W_PLUS, Z_PLUS)
    size: int = number(SIDE, 32, 1024)
    width: float = number(1.0, 0.01, 2.0)
    batch: int = number(8, 2, 1024)
    thousands: int = number(2000, 1, 1_000_000)
    rate: float = number(1e-4, 1e-6, 0.1)
    pixels: float = number(1.0, 0.0, 1000.0)
    likeness: float = number(0.02, 0.0, 1000.0)
    latents: float = number(1.0, 0.0, 1000.0)
    calm: float = number(0.005, 0.0, 1000.0)
    perceptual: str = ""
    style: str = "photo"
    precision: str = choice("AUTO", "FLOAT32", "BFLOAT16")
    mirror: bool = True


class PSpStage:
    """See training/stage.py for what every stage promises. data: a folder of aligned portraits, or rendered people."""

    name = "psp"

    def __init__(self, data: str, settings: Settings, device: str) -> None:
        """Raises InputError for settings it does not know, a folder without pictures and an unusable generator."""
        s = self._settings = read_settings(PSpTraining, settings, "the training psp")
        self._device = choose_device(device)
        precision = choose_precision(self._device, s.precision)
        self._dtype = torch.float32 if precision == torch.float16 else precision
        self._generator = read_generator(s.generator).to(self._device).requires_grad_(False).eval()
        shape = self._generator.shape
        if s.size & (s.size - 1):
            raise InputError(f"An encoder cannot read portraits of {s.size} pixels.", "Choose a power of two.")
        self._portraits = open_portraits(data, s.size, s.style, s.mirror, self._device)
        widths = tuple(max(16, round(s.width * width / 16) * 16) for width in (64, 128, 256))
        backbone = BackboneShape((*widths, shape.style_dim), (3, 4, 14, 3))
        self._encoder = GradualStyleEncoder(EncoderShape(shape.slots, backbone, s.size)).to(self._device)
        self._center = self._generator.mean_latent(4096).detach()
        self._is_mapped = s.space == Z_PLUS
        self._optimizer = torch.optim.Adam(self._encoder.parameters(), s.rate)
        self._features = open_perceptual(s.perceptual).to(self._device).requires_grad_(False)
        self.parts = {"encoder": self._encoder, "optimizer": self._optimizer}
        self.notes = [note for note in (self._features.note,) if note]

    @property
    def steps(self) -> int:
        """Until so many pictures were seen."""
        return 1000 * self._settings.thousands // self._settings.batch

    def prepare(self, folder: Path, on_progress: Callable[[int, int], None]) -> None:
        """Read the portraits."""
        self._portraits.prepare(on_progress)
        self._shown = self._portraits.draw(np.random.default_rng(0), SHOWN).to(self._device)

    def draw(self, dice: np.random.Generator) -> Tensor:
        """(B / 2, 3, size, size) uint8."""
        return self._portraits.draw(dice, self._settings.batch // 2)

    def step(self, batch: Tensor, index: int) -> dict[str, float]:
        """One step."""
        s = self._settings
        seen = as_signed(batch, self._device)
        with torch.no_grad():
            known = self._generator.style(torch.randn(s.batch - len(seen), self._center.shape[1], device=self._device))
            made = fitted(self._generator(known, None, self._dtype).clamp(-1, 1), s.size)
        portraits = torch.cat((seen, made))
        latents = self._encoded(portraits)
        again = fitted(self._generator(latents, None, self._dtype), s.size)
        found = {
            "pixels": s.pixels * F.mse_loss(again, portraits),
            "latents": s.latents * (latents[len(seen) :] - known[:, None]).square().mean(),
            "calm": s.calm * (latents - self._center).norm(dim=2).mean(),
        }
        if s.likeness:
            pairs = zip(self._features(again / 2 + 0.5), self._features(portraits / 2 + 0.5), strict=True)
            found["likeness"] = s.likeness * sum(F.l1_loss(a, b) for a, b in pairs)
        descend(self._optimizer, sum(found.values()))
        return {name: loss.item() for name, loss in found.items()}

    @torch.no_grad()
    def sheet(self) -> Sheet:
        """Portraits, and how the generator draws them from what the encoder saw."""
        self._encoder.eval()
        portraits = as_signed(self._shown, self._device)
        again = fitted(self._generator(self._encoded(portraits)), self._settings.size)
        self._encoder.train()
        rows = zip(as_bytes(portraits), as_bytes(again), strict=True)
        return Sheet(("portrait", "drawn again"), [list(row) for row in rows])

    def weights(self) -> dict[str, Any]:
        """A checkpoint as published encoders have it; codes of W+ are added to the average latent."""
        state = {f"encoder.{name}": value for name, value in self._encoder.state_dict().items()}
        center = self._center.expand(self._generator.shape.slots, -1).cpu().contiguous()
        options = {"start_from_latent_avg": not self._is_mapped, SPACE: self._settings.space}
        return {"state_dict": state, "latent_avg": center, "opts": options}

    def _encoded(self, portraits: Tensor) -> Tensor:
        """Portraits (B, 3, size, size) as W+ (B, L, S)."""
        with torch.autocast(self._device.type, self._dtype, enabled=self._dtype != torch.float32):
            codes = self._encoder(portraits).float()
        return self._generator.style(codes) if self._is_mapped else codes + self._center
