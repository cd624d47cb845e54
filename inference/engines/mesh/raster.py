# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A moved triangle mesh -> for each place of the result, how far from there in the source its color is.

Triangle numbers are drawn on a coarse grid, far to near; each grid point then follows the affine map of its triangle.
The grid's pitch follows the size of the face, so that the cost does not depend on the size of the picture.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .scan_conversion import covering_triangles

_ROUNDING, _ROUNDING_CELLS = 1.2, (7, 7)  # grid cells (sigma, and reach): a bent picture shows no facets of the mesh
_THIN = 0.8  # grid cells: a triangle less high than this is seen edge-on, and its affine map explodes beside it
_BESIDE = 5  # grid cells around what moved: the reach of rounding, and some
_NEXT = (1, 2, 0)  # corners


@dataclass(frozen=True)
class Grid:
    """Grid point (row i, column j) stands for the `step` x `step` pixels from (left + j*step, top + i*step) on."""

    left: int
    top: int
    columns: int
    rows: int
    step: int

    @staticmethod
    def over(left: int, top: int, right: int, bottom: int, step: int, every: int = 1) -> "Grid":
        """The grid that covers the pixels left..right-1, top..bottom-1; columns and rows are multiples of `every`."""
        columns, rows = (every * -(-length // (step * every)) for length in (right - left, bottom - top))
        return Grid(left, top, columns, rows, step)

    def points(self) -> NDArray[np.float32]:
        """(rows, columns, 2): x and y in source pixels, at the middle of each cell."""
        x = self.left + (np.arange(self.columns, dtype=np.float32) + 0.5) * self.step
        y = self.top + (np.arange(self.rows, dtype=np.float32) + 0.5) * self.step
        return np.stack(np.meshgrid(x, y), axis=-1)


class Raster:
    """Draws one mesh again and again over one grid."""

    def __init__(
        self,
        source: NDArray,
        triangles: NDArray[np.int32],
        layer: NDArray[np.int32],
        grid: Grid,
        rounding_px: float = np.inf,
    ) -> None:
        """source: (V, 2), x, y in source pixels.   triangles: (F, 3).   layer: (F,), higher layers cover lower ones.

        rounding_px: sigma, at most, by which edges of triangles are softened.
        """
        self.grid, self._rounding = grid, min(_ROUNDING, rounding_px / grid.step)
        self._source = self._to_grid(source)
        self._triangles = triangles.T.copy()  # (3, F)
        self._orientation = np.sign(_doubled_area(self._source[:, self._triangles]))
        self._layer = layer
        self._drawn = np.empty((grid.rows, grid.columns), np.int16)
        x, y = np.meshgrid(np.arange(grid.columns, dtype=np.float32), np.arange(grid.rows, dtype=np.float32))
        self._x, self._y = cv2.merge((x, x)), cv2.merge((y, y))

    def motion(self, target: NDArray, source: NDArray | None = None) -> NDArray[np.float32]:
        """target: (V, 3), x, y in source pixels, z away from the camera.   source: (V, 2), this frame's, if it differs.

        Returns (rows, columns, 2): where a grid point's color is in the source, less where the point is; source
        pixels. 0 where no triangle moved.
        """
        motion = np.zeros((self.grid.rows, self.grid.columns, 2), np.float32)
        places = self._to_grid(target[:, :2])  # (2, V)
        origins = self._source if source is None else self._to_grid(source)
        corners = np.take(places, self._triangles, axis=1)  # (2, 3, F)
        low, high = corners.min(axis=1), corners.max(axis=1)
        is_moved = np.take(np.abs(places - origins).max(axis=0) > 1e-4, self._triangles).any(axis=0)
        is_inside = (high.min(axis=0) > -1) & (low[0] < self.grid.columns) & (low[1] < self.grid.rows)
        drawn = np.flatnonzero(is_moved & is_inside)
        if not len(drawn):
            return motion
        area = _doubled_area(corners)
        is_front = area * self._orientation > 0
        depth = np.take(target[:, 2], self._triangles).sum(axis=0)
        order = drawn[np.lexsort((-depth[drawn], is_front[drawn], self._layer[drawn]))]
        self._drawn.fill(self._triangles.shape[1])  # no triangle
        covering_triangles(np.take(corners, order, axis=2), order, self._drawn)
        maps = _displacements(corners, np.take(origins, self._triangles, axis=1), area) * np.float32(self.grid.step)
        left, top, right, bottom = low[0][drawn].min(), low[1][drawn].min(), high[0][drawn].max(), high[1][drawn].max()
        window = _cells(top, bottom), _cells(left, right)
        cv2.GaussianBlur(self._gather(maps, window), _ROUNDING_CELLS, self._rounding, dst=motion[window])
        return motion

    def _gather(self, maps: NDArray[np.float32], window: tuple[slice, slice]) -> NDArray[np.float32]:
        """Each cell's displacement by its triangle's map; maps: (3, F + 1, 2)."""
        numbers = self._drawn[window]
        places = cv2.merge((numbers, np.zeros_like(numbers)))  # in maps of one row each
        by_x, by_y, motion = (cv2.remap(each[None], places, None, cv2.INTER_NEAREST) for each in maps)
        cv2.accumulateProduct(by_x, self._x[window], motion)
        cv2.accumulateProduct(by_y, self._y[window], motion)
        return motion

    def _to_grid(self, points: NDArray) -> NDArray[np.float64]:
        """Source pixels (V, 2) to grid points (2, V)."""
        grid = self.grid
        return (points.T.astype(np.float64) - ((grid.left,), (grid.top,))) / grid.step - 0.5


def _cells(low: float, high: float) -> slice:
    """From low to high, and some around."""
    return slice(max(0, int(low) - _BESIDE), int(high) + _BESIDE + 1)


def _doubled_area(corners: NDArray) -> NDArray:
    """corners: (2, 3, F)."""
    x, y = corners
    return (x[1] - x[0]) * (y[2] - y[0]) - (y[1] - y[0]) * (x[2] - x[0])


def _displacements(target: NDArray, source: NDArray, area: NDArray) -> NDArray[np.float32]:
    """(3, F + 1, 2): `map[0] x + map[1] y + map[2]` leads from a place (x, y) to its source; the last one stays there.

    target, source: (2, 3, F), corners.   area: (F,), doubled.
    """
    moved = source - target
    edges, steps = (each[:, _NEXT] - each for each in (target, moved))
    (x01, _, x20), (y01, _, y20) = edges
    inverse = 1 / np.where(np.abs(area) < 1e-9, 1.0, area)
    by_x = (steps[:, 2] * y01 - steps[:, 0] * y20) * inverse  # (2, F), d(displacement)/d(target x)
    by_y = (steps[:, 0] * x20 - steps[:, 2] * x01) * inverse
    squared = (edges**2).sum(axis=0)  # (3, F)
    longest = squared.max(axis=0)
    thin = np.flatnonzero(np.abs(area) < _THIN * np.sqrt(longest))
    if len(thin):  # seen edge-on: the map follows the longest edge alone
        which = squared[:, thin].argmax(axis=0)
        edge = edges[:, which, thin]
        along = (steps[:, which, thin] + edge) / longest[thin]
        by_x[:, thin] = along * edge[0] - ((1.0,), (0.0,))
        by_y[:, thin] = along * edge[1] - ((0.0,), (1.0,))
    maps = np.zeros((3, target.shape[2] + 1, 2), np.float32)
    maps[0, :-1], maps[1, :-1] = by_x.T, by_y.T
    x, y = target.sum(axis=1)
    maps[2, :-1] = (moved.sum(axis=1) - by_x * x - by_y * y).T / 3
    return maps
