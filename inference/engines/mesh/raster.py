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

_SUBPIXEL_BITS = 4  # of fillConvexPoly's coordinates
_ROUNDING, _ROUNDING_CELLS = 1.2, (7, 7)  # grid cells (sigma, and reach): a bent picture shows no facets of the mesh
_THIN = 0.8  # grid cells: a triangle less high than this is seen edge-on, and its affine map explodes beside it
_BESIDE = 5  # grid cells around what moved: rounding, and a cell of its own to start from


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

    def __init__(self, source: NDArray, triangles: NDArray[np.int32], layer: NDArray[np.int32], grid: Grid) -> None:
        """source: (V, 2), x, y in source pixels.   triangles: (F, 3).   layer: (F,), higher layers cover lower ones."""
        self.grid = grid
        self._source = self._to_grid(source)
        self._triangles = triangles.T.copy()  # (3, F)
        self._orientation = np.sign(_doubled_area(self._source[self._triangles]))
        self._layer = layer.astype(np.float64)
        self._drawn = np.zeros((grid.rows, grid.columns, 2), np.int16)  # number, 0: a place in a row, for cv2.remap
        x, y = np.meshgrid(np.arange(grid.columns, dtype=np.float32), np.arange(grid.rows, dtype=np.float32))
        self._x, self._y = cv2.merge((x, x)), cv2.merge((y, y))

    def motion(self, target: NDArray, source: NDArray | None = None) -> NDArray[np.float32]:
        """target: (V, 3), x, y in source pixels, z away from the camera.   source: (V, 2), this frame's, if it differs.

        Returns (rows, columns, 2): where a grid point's color is in the source, less where the point is; source
        pixels. 0 where no triangle moved.
        """
        places = self._to_grid(target[:, :2])
        origins = self._source if source is None else self._to_grid(source)
        corners, source_corners = places[self._triangles], origins[self._triangles]  # (3, F, 2)
        is_moved = (np.abs(places - origins).max(axis=1) > 1e-4)[self._triangles].any(axis=0)
        low, high = corners.min(axis=0), corners.max(axis=0)
        is_inside = (high > -1).all(axis=1) & (low < (self.grid.columns, self.grid.rows)).all(axis=1)
        drawn = np.flatnonzero(is_moved & is_inside)
        motion = np.zeros((self.grid.rows, self.grid.columns, 2), np.float32)
        if not len(drawn):
            return motion
        area = _doubled_area(corners)
        is_front = area * self._orientation > 0
        depth = target[:, 2][self._triangles].mean(axis=0)
        order = drawn[np.lexsort((-depth[drawn], is_front[drawn], self._layer[drawn]))]
        window = self._window(low[drawn].min(axis=0), high[drawn].max(axis=0))
        self._draw(np.moveaxis(corners, 0, 1)[order], order, window)
        maps = _displacements(corners, source_corners, area) * np.float32(self.grid.step)
        cv2.GaussianBlur(self._gather(maps, window), _ROUNDING_CELLS, _ROUNDING, dst=motion[window])
        return motion

    def _window(self, low: NDArray, high: NDArray) -> tuple[slice, slice]:
        """The part of the grid, rows and columns, with all cells from low to high, x and y, and some around."""
        left, top = np.maximum(low - _BESIDE, 0).astype(int)
        right, bottom = (high + _BESIDE + 1).astype(int)
        return slice(top, bottom), slice(left, right)

    def _draw(self, corners: NDArray, order: NDArray, window: tuple[slice, slice]) -> None:
        self._drawn[window][..., 0] = self._triangles.shape[1]  # no triangle
        polygons = np.rint(corners * (1 << _SUBPIXEL_BITS)).astype(np.int32)
        fill, drawn = cv2.fillConvexPoly, self._drawn
        for number, polygon in zip(order.tolist(), polygons, strict=True):
            fill(drawn, polygon, number, cv2.LINE_8, _SUBPIXEL_BITS)

    def _gather(self, maps: NDArray[np.float32], window: tuple[slice, slice]) -> NDArray[np.float32]:
        """Each cell's displacement by its triangle's map; maps: (3, F + 1, 2)."""
        drawn = self._drawn[window]
        by_x, by_y, motion = (cv2.remap(each[None], drawn, None, cv2.INTER_NEAREST) for each in maps)
        cv2.accumulateProduct(by_x, self._x[window], motion)
        cv2.accumulateProduct(by_y, self._y[window], motion)
        return motion

    def _to_grid(self, points: NDArray) -> NDArray[np.float64]:
        grid = self.grid
        return (points.astype(np.float64) - (grid.left, grid.top)) / grid.step - 0.5


def _doubled_area(corners: NDArray) -> NDArray:
    """corners: (3, F, 2)."""
    (x0, y0), (x1, y1), (x2, y2) = np.moveaxis(corners, 2, 1)
    return (x1 - x0) * (y2 - y0) - (y1 - y0) * (x2 - x0)


def _displacements(target: NDArray, source: NDArray, area: NDArray) -> NDArray[np.float32]:
    """(3, F + 1, 2): `map[0] x + map[1] y + map[2]` leads from a target place (x, y) to the source; the last one stays."""
    before, after = (np.moveaxis(each, 2, 1) for each in (source - target, target))  # (3, 2, F) each
    (x0, y0), (x1, y1), (x2, y2) = after
    edges = np.stack((after[1] - after[0], after[2] - after[1], after[0] - after[2]))  # (3, 2, F)
    steps = np.stack((before[1] - before[0], before[2] - before[1], before[0] - before[2]))
    inverse = 1 / np.where(np.abs(area) < 1e-9, 1.0, area)
    (x01, y01), _, (x20, y20) = edges
    by_x = (steps[2] * y01 - steps[0] * y20) * inverse  # d(displacement)/d(target x)
    by_y = (steps[0] * x20 - steps[2] * x01) * inverse
    lengths = (edges**2).sum(axis=1)  # (3, F)
    longest = lengths.max(axis=0)
    thin = np.flatnonzero(np.abs(area) < _THIN * np.sqrt(longest))
    if len(thin):  # seen edge-on: the map follows the longest edge alone
        which = lengths[:, thin].argmax(axis=0)
        along = (steps + edges)[which, :, thin] / longest[thin, None]  # the source's step, per target length squared
        flat = edges[which, :, thin]
        by_x[:, thin] = (along * flat[:, :1]).T - ((1.0,), (0.0,))
        by_y[:, thin] = (along * flat[:, 1:]).T - ((0.0,), (1.0,))
    maps = np.zeros((3, target.shape[1] + 1, 2), np.float32)
    maps[0, :-1], maps[1, :-1] = by_x.T, by_y.T
    maps[2, :-1] = (before.mean(axis=0) - by_x * (x0 + x1 + x2) / 3 - by_y * (y0 + y1 + y2) / 3).T
    return maps
