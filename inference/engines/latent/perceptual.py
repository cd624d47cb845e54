# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""How unlike two pictures are to an eye, as a number with a gradient.

The papers use LPIPS, whose trained weights do not come with Pastiche. `MultiScale` stands in for it and needs none: it
compares brightness, color and edges from fine to coarse. It is no LPIPS: its numbers compare with each other only.
"""

from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

LONGEST = 256  # pixels: pictures are compared at this size; twice as fine gives nearly the same gradient


class Perceptual(Protocol):
    """Features of a picture and the distance between features, so that those of a target are made once."""

    name: str

    def features(self, picture: Tensor) -> list[Tensor]:
        """(B, colors, H, W), nominally -1..1 -> features."""

    def distance(self, a: list[Tensor], b: list[Tensor]) -> Tensor:
        """A number, 0 for the same picture."""


def shrink(picture: Tensor) -> Tensor:
    """(B, C, H, W) to at most LONGEST a side, by the mean of what falls together."""
    longest = max(picture.shape[2:])
    if longest <= LONGEST:
        return picture
    size = [side * LONGEST // longest for side in picture.shape[2:]]
    return F.interpolate(picture, size, mode="area")


class MultiScale:
    """Mean absolute difference of the picture and of its edges, at 1, 1/2, 1/4 ... of its size."""

    name = "multi-scale"

    def features(self, picture: Tensor) -> list[Tensor]:
        """The picture and its horizontal and vertical differences at each scale."""
        x, found = shrink(picture), []
        while min(x.shape[2:]) >= 4:
            found += [x, x[:, :, :, 1:] - x[:, :, :, :-1], x[:, :, 1:] - x[:, :, :-1]]
            x = F.avg_pool2d(x, 2)
        return found

    def distance(self, a: list[Tensor], b: list[Tensor]) -> Tensor:
        """Mean over scales and kinds."""
        return torch.stack([(x - y).abs().mean() for x, y in zip(a, b, strict=True)]).mean()
