# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stage `stylegan2`: a generator of portraits learns against a discriminator."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ....bridge.errors import InputError
from ....vendor.stylegan2.discriminator import Discriminator
from ....vendor.stylegan2.generator import Generator
from ....vendor.stylegan2.latents import mix, truncate
from ....vendor.stylegan2.shape import DiscriminatorShape, GeneratorShape
from ...settings import read_settings
from ...torch_device import choose_device, choose_precision
from ..portraits import as_bytes, as_signed, open_portraits
from ..stage import Settings, Sheet
from ..trained import read_discriminator, read_generator
from .duel import Duel
from .settings import StyleGAN2Training

SHOWN = 16  # pictures on a sheet
COLUMNS = 4


class StyleGAN2Stage:
    """See training/stage.py for what every stage promises. data: a folder of pictures, or rendered people."""

    name = "stylegan2"

    def __init__(self, data: str, settings: Settings, device: str) -> None:
        """Raises InputError for settings it does not know and a folder without pictures."""
        s = self._settings = read_settings(StyleGAN2Training, settings, "the training stylegan2")
        if s.size & (s.size - 1):
            raise InputError(f"A generator cannot make pictures of {s.size} pixels.", "Choose a power of two.")
        self._device = choose_device(device)
        self._dtype = choose_precision(self._device, s.precision)
        if self._dtype == torch.float16:  # gradients would vanish in it
            self._dtype = torch.float32
        if s.generator:
            self._generator, average = (read_generator(s.generator, key).to(self._device) for key in ("g", "g_ema"))
            discriminator = read_discriminator(s.generator)
        else:
            self._generator = Generator(GeneratorShape(s.channels, s.style_dim, s.mapping)).to(self._device)
            discriminator, average = Discriminator(DiscriminatorShape(s.channels)), None
        shape = self._generator.requires_grad_(True).shape
        self._portraits = open_portraits(data, shape.size, s.style, s.mirror, self._device)
        self._duel = Duel(self._generator, discriminator.to(self._device), s, dtype=self._dtype, average=average)
        self.parts = self._duel.parts
        self.notes: list[str] = []
        self._fixed = torch.randn(SHOWN, shape.style_dim, generator=torch.Generator().manual_seed(0)).to(self._device)

    @property
    def steps(self) -> int:
        """Until so many pictures were shown."""
        return math.ceil(1000 * self._settings.thousands / self._settings.batch)

    def prepare(self, folder: Path, on_progress: Callable[[int, int], None]) -> None:
        """Read the pictures."""
        self._portraits.prepare(on_progress)

    def draw(self, dice: np.random.Generator) -> Tensor:
        """(B, 3, S, S) uint8."""
        return self._portraits.draw(dice, self._settings.batch)

    def step(self, batch: Tensor, index: int) -> dict[str, float]:
        """One step of the discriminator and one of the generator, with their regularizations now and then."""
        real = as_signed(batch, self._device)
        with torch.no_grad():
            fake, _latents = self._made(len(real))
        found = self._duel.judge(real, fake, index)
        fake, _latents = self._made(len(real))
        found |= self._duel.learn(fake)
        found |= self._duel.straighten(lambda count: self._made(count, torch.float32), index)
        return self._duel.end_step(found)

    @torch.no_grad()
    def sheet(self) -> Sheet:
        """Always of the same latents, by the averaged generator, a little truncated."""
        average = self._duel.average
        latents = truncate(average.style(self._fixed), 0.7, average.mean_latent(1024))
        shown = as_bytes(average(latents))
        return Sheet(("",) * COLUMNS, [shown[i : i + COLUMNS] for i in range(0, SHOWN, COLUMNS)])

    def weights(self) -> dict[str, Any]:
        """Named as the published checkpoints, with the average latent."""
        with torch.no_grad():
            center = self._duel.average.mean_latent(4096)
        return self._duel.weights() | {"latent_avg": center[0].cpu()}

    def _made(self, count: int, dtype: torch.dtype | None = None) -> tuple[Tensor, Tensor]:
        """Pictures (count, 3, S, S) of random latents, some of them mixed, and their W+ (count, L, S)."""
        slots = self._generator.shape.slots
        z = torch.randn(2 * count, self._generator.shape.style_dim, device=self._device)
        first, second = self._generator.style(z).chunk(2)
        is_mixed = torch.rand(()) < self._settings.mixing
        slot = int(torch.randint(1, slots, ())) if is_mixed else slots
        latents = mix(first, second, slot, slots)
        return self._generator(latents, self._generator.fresh_noise(count), dtype or self._dtype), latents
