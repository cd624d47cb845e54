# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be set on the training `stylegan2`."""

from dataclasses import dataclass

from ....vendor.stylegan2.shape import standard_channels
from ...settings import choice, number
from .duel import DuelSettings


@dataclass(frozen=True)
class StyleGAN2Training(DuelSettings):
    """How a generator is trained.

    generator: weights to go on from, "" for none; size and widths are then theirs.   size: pixels of a side, a power of
    two.   width: of every layer, against the published one.   style_dim, mapping: width of a latent and layers before
    it.   thousands: of pictures to be shown in all.   mixing: chance of two latents in a picture.   style: of rendered
    people.   precision: of the convolutions.   mirror: half of the pictures, of a folder alone.
    """

    generator: str = ""
    size: int = number(256, 8, 1024)
    width: float = number(1.0, 0.01, 2.0)
    style_dim: int = number(512, 8, 1024)
    mapping: int = number(8, 1, 16)
    batch: int = number(32, 1, 1024)
    thousands: int = number(5000, 1, 1_000_000)
    mixing: float = number(0.9, 0.0, 1.0)
    style: str = "photo"
    precision: str = choice("AUTO", "FLOAT32", "BFLOAT16")
    mirror: bool = True

    @property
    def channels(self) -> tuple[int, ...]:
        """Widths at 4, 8, ... `size` pixels, at least 8."""
        return tuple(max(8, round(self.width * width / 8) * 8) for width in standard_channels(self.size))
