# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the pixels of the picture lie on a smaller feature map.

DragGAN enlarges the map to the picture's size, 256 MiB at 512 pixels, and then looks at a few places of it. A pixel of
the enlarged map is a fixed mean of at most four features, so those places are computed directly.

Pixel coordinates are y then x, whole numbers at pixel centers, as DragGAN has them.
"""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Area:
    """A part of the feature map: rows `top`..`bottom`, columns `left`..`right`, ends excluded."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def count(self) -> int:
        """How many features it has."""
        return (self.bottom - self.top) * (self.right - self.left)


class Axis:
    """One axis: `size` pixels over `features` features, of which `margin` at either end lie outside the picture."""

    def __init__(self, size: int, features: int, margin: int = 0) -> None:
        step = (features - 2 * margin) / size
        position = ((torch.arange(size) + 0.5) * step - 0.5 + margin).clamp(0, features - 1)
        self.low = position.floor().long()
        self.high = (self.low + 1).clamp(max=features - 1)
        part = position - self.low
        self.size, self.features = size, features
        # A row per pixel and one of zeros at the end, for what lies outside the picture.
        self.weights = torch.zeros(size + 1, features)
        pixels = torch.arange(size)
        self.weights[pixels, self.low] += 1 - part
        self.weights[pixels, self.high] += part

    def span(self, first: int, last: int) -> tuple[int, int]:
        """The features that pixels `first`..`last` (both included, cut at the border) are made of; end excluded."""
        first, last = max(first, 0), min(last, self.size - 1)
        return int(self.low[first]), int(self.high[last]) + 1

    def at(self, positions: Tensor) -> Tensor:
        """Weights (K, features) of positions between pixels (K,); what lies outside the picture is zero."""
        below = positions.floor()
        part = (positions - below)[:, None]
        low, high = (self._row(below + offset) for offset in (0, 1))
        return self.weights[low] * (1 - part) + self.weights[high] * part

    def _row(self, pixels: Tensor) -> Tensor:
        return torch.where((pixels >= 0) & (pixels < self.size), pixels, self.size).long()


class PixelGrid:
    """Both axes of a picture over a feature map; margins are cropped where `margin` says there are any."""

    def __init__(self, picture: tuple[int, int], features: tuple[int, int], margin: int = 0) -> None:
        self.height, self.width = picture
        self.y, self.x = (Axis(size, count, margin) for size, count in zip(picture, features, strict=True))

    def area(self, y: int, x: int, radius: int) -> Area:
        """The features under a square of pixels."""
        return Area(*self.y.span(y - radius, y + radius), *self.x.span(x - radius, x + radius))

    def window(self, patch: Tensor, area: Area, rows: slice, columns: slice) -> Tensor:
        """The enlarged map at rows and columns of pixels: patch (m, n, C) of that area -> (rows, columns, C)."""
        down = self.y.weights[rows, area.top : area.bottom].to(patch)
        across = self.x.weights[columns, area.left : area.right].to(patch)
        half = torch.tensordot(down, patch, dims=1)  # (rows, n, C)
        return across @ half

    def sample(self, patch: Tensor, area: Area, y: Tensor, x: Tensor) -> Tensor:
        """The enlarged map between its pixels: patch (m, n, C) of that area, y and x (K,) -> (K, C)."""
        down = self.y.at(y)[:, area.top : area.bottom]
        across = self.x.at(x)[:, area.left : area.right]
        weights = (down[:, :, None] * across[:, None]).flatten(1).to(patch)
        return weights @ patch.flatten(0, 1)
