# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Maps that are coarser than a picture: full size where pixels are drawn, extremes where it is decided what to draw.

Decisions are made tile by tile, a tile being a square of cells, and all of them at once.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from .box import Box
from .raster import Grid

EVERY = 3  # grid points between two that are looked at; the map is smooth over as many
_TILE = 64  # pixels, at least about: smaller ones cost more calls than they save pixels
_SMALL_TILE = 2  # pairs of cells


class Survey:
    """A grid of every third point of another one, in tiles.

    grid: of the points that are looked at.   shape: rows and columns of tiles.
    """

    def __init__(self, grid: Grid, box: Box) -> None:
        """grid: whose columns and rows are multiples of EVERY.   box: the picture's part of it."""
        self.grid = Grid(grid.left, grid.top, grid.columns // EVERY, grid.rows // EVERY, grid.step * EVERY)
        self._side = 2 * max(_SMALL_TILE, round(_TILE / 2 / self.grid.step))  # even: what is halved stays where it is
        self.shape = (-(-self.grid.rows // self._side), -(-self.grid.columns // self._side))
        self._top, self._left = (
            np.clip(first + self._side * self.grid.step * np.arange(count + 1), *ends).tolist()
            for first, count, ends in zip(
                (grid.top, grid.left), self.shape, ((box.top, box.bottom), (box.left, box.right)), strict=True
            )
        )  # pixels
        self._around = np.ones((self._side + 2, self._side + 2), np.uint8)  # with what interpolation reads around it

    def look(self, of_grid: NDArray) -> NDArray:
        """What is there, (rows, columns, ...), of a map of the finer grid."""
        return np.ascontiguousarray(of_grid[EVERY // 2 :: EVERY, EVERY // 2 :: EVERY])

    def most(self, seen: NDArray) -> NDArray:
        """The largest value in each tile."""
        return cv2.dilate(seen, self._around, anchor=(1, 1))[:: self._side, :: self._side]

    def least(self, seen: NDArray) -> NDArray:
        """The smallest value in each tile."""
        return cv2.erode(seen, self._around, anchor=(1, 1))[:: self._side, :: self._side]

    def pixels(self, rows: slice, columns: slice) -> Box:
        """Of some tiles, cut to the picture."""
        return Box(self._left[columns.start], self._top[rows.start], self._left[columns.stop], self._top[rows.stop])


def upsampled(coarse: NDArray, grid: Grid, box: Box) -> NDArray:
    """A map of the grid, one value per pixel of `box`; bilinear, the same whatever the box."""
    step = grid.step
    left, top = box.left - grid.left, box.top - grid.top
    right, bottom = box.right - grid.left, box.bottom - grid.top
    rows = slice(max(0, top // step - 1), -(-bottom // step) + 1)
    columns = slice(max(0, left // step - 1), -(-right // step) + 1)
    part = coarse[rows, columns]
    full = cv2.resize(part, (part.shape[1] * step, part.shape[0] * step), interpolation=cv2.INTER_LINEAR)
    top, left = top - rows.start * step, left - columns.start * step
    return full[top : top + box.size[1], left : left + box.size[0]]
