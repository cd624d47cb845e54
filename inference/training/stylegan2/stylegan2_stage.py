# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stage `stylegan2`: a generator of portraits learns against a discriminator."""

import copy
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ....bridge.errors import InputError
from ....vendor.stylegan2.discriminator import GROUP, Discriminator
from ....vendor.stylegan2.generator import Generator
from ....vendor.stylegan2.latents import mix, truncate
from ....vendor.stylegan2.shape import DiscriminatorShape, GeneratorShape
from ...settings import read_settings
from ...torch_device import choose_device, choose_precision
from ..portraits import as_bytes, as_signed, open_portraits
from ..stage import Settings, Sheet
from . import losses
from .optimizing import descend, follow, lazy_adam
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
        if s.batch > GROUP and s.batch % GROUP:
            raise InputError(f"A batch of {s.batch} cannot be told apart in groups.", f"Choose a multiple of {GROUP}.")
        self._device = choose_device(device)
        self._dtype = choose_precision(self._device, s.precision)
        if self._dtype == torch.float16:  # gradients would vanish in it
            self._dtype = torch.float32
        self._portraits = open_portraits(data, s.size, s.style, s.mirror, self._device)
        self._generator = Generator(GeneratorShape(s.channels, s.style_dim, s.mapping)).to(self._device)
        self._discriminator = Discriminator(DiscriminatorShape(s.channels)).to(self._device)
        self._average = copy.deepcopy(self._generator).requires_grad_(False).eval()
        self._paths = losses.PathMean()
        self._generator_steps = lazy_adam(self._generator, s.rate, s.path_every if s.path else 0)
        self._discriminator_steps = lazy_adam(self._discriminator, s.rate, s.r1_every if s.r1 else 0)
        self.parts = {
            "g": self._generator,
            "d": self._discriminator,
            "g_ema": self._average,
            "g_optim": self._generator_steps,
            "d_optim": self._discriminator_steps,
            "paths": self._paths,
        }
        self.notes: list[str] = []
        self._fixed = torch.randn(SHOWN, s.style_dim, generator=torch.Generator().manual_seed(0)).to(self._device)

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
        s = self._settings
        real = as_signed(batch, self._device)
        found: dict[str, Tensor] = {}
        with torch.no_grad():
            fake, _latents = self._made(len(real))
        found["discriminator"] = losses.discrimination(self._judged(real), self._judged(fake))
        descend(self._discriminator_steps, found["discriminator"])
        if s.r1 and index % s.r1_every == 0:
            pictures = real.detach().requires_grad_()
            found["R1"] = losses.gradient_penalty(self._discriminator(pictures), pictures)
            descend(self._discriminator_steps, s.r1 / 2 * s.r1_every * found["R1"])
        self._discriminator.requires_grad_(False)
        fake, _latents = self._made(len(real))
        found["generator"] = losses.adversarial(self._judged(fake))
        descend(self._generator_steps, found["generator"])
        self._discriminator.requires_grad_(True)
        if s.path and index % s.path_every == 0:
            pictures, latents = self._made(max(1, len(real) // 2), torch.float32)
            lengths = losses.path_lengths(pictures, latents, torch.randn_like(pictures))
            found["path length"] = lengths.mean()
            descend(self._generator_steps, s.path * s.path_every * self._paths.penalty(lengths))
        follow(self._average, self._generator, s.batch, s.average)
        return {name: loss.item() for name, loss in found.items()}

    @torch.no_grad()
    def sheet(self) -> Sheet:
        """Always of the same latents, by the averaged generator, a little truncated."""
        latents = truncate(self._average.style(self._fixed), 0.7, self._average.mean_latent(1024))
        shown = as_bytes(self._average(latents))
        return Sheet(("",) * COLUMNS, [shown[i : i + COLUMNS] for i in range(0, SHOWN, COLUMNS)])

    def weights(self) -> dict[str, Any]:
        """Named as the published checkpoints, with the average latent."""
        with torch.no_grad():
            center = self._average.mean_latent(4096)
        networks = {"g": self._generator, "d": self._discriminator, "g_ema": self._average}
        return {name: network.state_dict() for name, network in networks.items()} | {"latent_avg": center[0].cpu()}

    def _judged(self, pictures: Tensor) -> Tensor:
        """Scores (B, 1) of pictures (B, 3, S, S)."""
        with torch.autocast(self._device.type, self._dtype, enabled=self._dtype != torch.float32):
            return self._discriminator(pictures).float()

    def _made(self, count: int, dtype: torch.dtype | None = None) -> tuple[Tensor, Tensor]:
        """Pictures (count, 3, S, S) of random latents, some of them mixed, and their W+ (count, L, S)."""
        slots = self._generator.shape.slots
        z = torch.randn(2 * count, self._settings.style_dim, device=self._device)
        first, second = self._generator.style(z).chunk(2)
        is_mixed = torch.rand(()) < self._settings.mixing
        slot = int(torch.randint(1, slots, ())) if is_mixed else slots
        latents = mix(first, second, slot, slots)
        noise = [torch.randn(count, 1, side, side, device=self._device) for side in self._generator.shape.noise_sides]
        return self._generator(latents, noise, dtype or self._dtype), latents
