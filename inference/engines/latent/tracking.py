# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Point tracking (DragGAN, section 3.3): where the feature first seen under a handle point is now."""

from torch import Tensor

from .pixel_grid import Area, PixelGrid


def track(grid: PixelGrid, patch: Tensor, area: Area, point: tuple[int, int], reference: Tensor, radius: int):
    """The pixel whose feature is nearest, among those at most `radius` away from `point` on either axis.

    patch: (m, n, C), the features of `area`, which must reach as far.   point: y, x.   reference: (C,).
    Returns (y, x), and the distance there. Of equals the first, row by row.
    """
    y, x = point
    top, left = max(y - radius, 0), max(x - radius, 0)
    rows, columns = slice(top, min(y + radius + 1, grid.height)), slice(left, min(x + radius + 1, grid.width))
    distances = (grid.window(patch, area, rows, columns) - reference).norm(dim=2)
    index = int(distances.argmin())
    wide = distances.shape[1]
    return (top + index // wide, left + index % wide), float(distances.flatten()[index])


def feature_at(grid: PixelGrid, patch: Tensor, area: Area, point: tuple[int, int]) -> Tensor:
    """The feature under a pixel: (C,)."""
    y, x = point
    return grid.window(patch, area, slice(y, y + 1), slice(x, x + 1))[0, 0]
