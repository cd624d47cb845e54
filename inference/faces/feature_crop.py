# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the landmark network looks closer: a turned box of its own features around the lips or an eye.

The "attention" of Grishchenko et al., "Attention Mesh" (2020): the coarse mesh says where, features are sampled there,
and a small head of the network finds fine landmarks in the box. Numbers as the published model carries them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SIDE = 16  # cells of the box
MARGIN = 1.5  # sides of the box as multiples of the landmarks'
STRIDE = 4  # pixels of the network's picture per cell of its features


@dataclass(frozen=True)
class FeatureCrop:
    """A box of SIDE x SIDE cells on a feature map.

    axes: (2, 2), columns: one cell to the right and one down, in cells of the map.   corner: (2,), x then y, its first
    corner, continuous.
    """

    axes: NDArray[np.float64]
    corner: NDArray[np.float64]

    @staticmethod
    def around(landmarks: NDArray, right: int, left: int) -> "FeatureCrop":
        """The box around landmarks (N, 2), pixels of the network's picture, level with two of them."""
        points = landmarks / STRIDE
        across = points[left] - points[right]
        across /= max(float(np.hypot(*across)), 1e-9)
        level = np.array([across, (-across[1], across[0])])  # rows: right and down
        turned = points @ level.T
        low, high = turned.min(axis=0), turned.max(axis=0)
        axes = level.T * ((high - low) * MARGIN / SIDE)
        return FeatureCrop(axes, (low + high) / 2 @ level - axes.sum(axis=1) * SIDE / 2)

    def cut(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Features (1, C, H, W) -> those of the box, (1, C, SIDE, SIDE), bilinear; past the border the edge's."""
        centers = np.arange(SIDE) + 0.5
        x, y = np.meshgrid(centers, centers)
        places = np.stack([x, y], axis=-1) @ self.axes.T + self.corner - 0.5  # the first cell's center is at (0, 0)
        height, width = features.shape[2:]
        places = np.clip(places, 0, (width - 1.001, height - 1.001))
        whole = places.astype(np.int64)
        right, down = np.moveaxis(places - whole, -1, 0).astype(np.float32)
        x, y = np.moveaxis(whole, -1, 0)
        rows = features[0]
        above = rows[:, y, x] * (1 - right) + rows[:, y, x + 1] * right
        below = rows[:, y + 1, x] * (1 - right) + rows[:, y + 1, x + 1] * right
        return (above * (1 - down) + below * down)[None]

    def to_picture(self, points: NDArray) -> NDArray:
        """What the head of the network found, STRIDE to a cell, (..., 2), to pixels of the network's picture."""
        return points @ self.axes.T + self.corner * STRIDE
