# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be set on the training `stylegan2`."""

from dataclasses import dataclass

from ....vendor.stylegan2.shape import standard_channels
from ...settings import choice, number


@dataclass(frozen=True)
class StyleGAN2Training:
    """How a generator is trained.

    size: pixels of a side, a power of two.   width: of every layer, against the published one.   style_dim, mapping:
    width of a latent and layers before it.   thousands: of pictures to be shown in all.   rate: of learning.
    r1: weight of the gradient penalty.   mixing: chance of two latents in a picture.   path: weight of path lengths.
    average: pictures after which half of an old generator is forgotten.   style: of rendered people.   precision: of
    the convolutions.   mirror: half of the pictures, of a folder alone.
    """

    size: int = number(256, 8, 1024)
    width: float = number(1.0, 0.01, 2.0)
    style_dim: int = number(512, 8, 1024)
    mapping: int = number(8, 1, 16)
    batch: int = number(32, 1, 1024)
    thousands: int = number(5000, 1, 1_000_000)
    rate: float = number(0.002, 1e-5, 0.1)
    r1: float = number(10.0, 0.0, 1000.0)
    r1_every: int = number(16, 1, 1000)
    path: float = number(2.0, 0.0, 100.0)
    path_every: int = number(4, 1, 1000)
    mixing: float = number(0.9, 0.0, 1.0)
    average: int = number(10_000, 1, 1_000_000)
    style: str = "photo"
    precision: str = choice("AUTO", "FLOAT32", "BFLOAT16")
    mirror: bool = True

    @property
    def channels(self) -> tuple[int, ...]:
        """Widths at 4, 8, ... `size` pixels, at least 8."""
        return tuple(max(8, round(self.width * width / 8) * 8) for width in standard_channels(self.size))
