# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A moved triangle mesh -> for each pixel of the result, where in the source it comes from.

Triangle numbers are drawn on a coarse grid, far to near; each grid point then follows the affine map of its triangle.
The grid's pitch follows the size of the face, so that the cost does not depend on the size of the picture.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

_SUBPIXEL_BITS = 4  # of fillConvexPoly's coordinates
_ROUNDING = 1.2  # grid cells (sigma): a bent picture shows no facets of the mesh
_THIN = 0.8  # grid cells: a triangle less high than this is seen edge-on, and its affine map explodes beside it


@dataclass(frozen=True)
class Grid:
    """Grid point (row i, column j) stands for the `step` x `step` pixels from (left + j*step, top + i*step) on."""

    left: int
    top: int
    columns: int
    rows: int
    step: int

    @staticmethod
    def over(left: int, top: int, right: int, bottom: int, step: int) -> "Grid":
        """The grid that covers the pixels left..right-1, top..bottom-1."""
        return Grid(left, top, -(-(right - left) // step), -(-(bottom - top) // step), step)

    def points(self) -> NDArray[np.float32]:
        """(2, rows, columns): x and y in source pixels, at the middle of each cell."""
        x = self.left + (np.arange(self.columns, dtype=np.float32) + 0.5) * self.step
        y = self.top + (np.arange(self.rows, dtype=np.float32) + 0.5) * self.step
        return np.stack(np.meshgrid(x, y))


class Raster:
    """Draws one mesh again and again over one grid."""

    def __init__(self, source: NDArray, triangles: NDArray[np.int32], layer: NDArray[np.int32], grid: Grid) -> None:
        """source: (V, 2), x, y in source pixels.   triangles: (F, 3).   layer: (F,), higher layers cover lower ones."""
        self.grid = grid
        self._triangles = triangles
        self._layer = layer
        self._corners = self._to_grid(source)[triangles]  # (F, 3, 2)
        self._orientation = np.sign(_doubled_area(self._corners))
        self._identity = grid.points()
        self._drawn = np.empty((grid.rows, grid.columns), np.int32)
        self._x = np.arange(grid.columns, dtype=np.float32)[None]
        self._y = np.arange(grid.rows, dtype=np.float32)[:, None]

    def sampling_map(self, target: NDArray, source: NDArray | None = None) -> NDArray[np.float32]:
        """target: (V, 3), x, y in source pixels, z away from the camera.   source: (V, 2), this frame's, if it differs.

        Returns (2, rows, columns): x and y in source pixels. Identity where no triangle moved.
        """
        corners = self._to_grid(target[:, :2])[self._triangles]
        source_corners = self._corners if source is None else self._to_grid(source)[self._triangles]
        moved = np.abs(corners - source_corners).max(axis=(1, 2)) > 1e-4
        area = _doubled_area(corners)
        is_front = area * self._orientation > 0
        depth = target[:, 2][self._triangles].mean(axis=1)
        order = np.lexsort((-depth, is_front, self._layer))
        order = order[moved[order]]
        self._draw(corners, order)
        motion = self._gather(corners, source_corners, area)
        motion -= self._identity
        for plane in motion:
            cv2.GaussianBlur(plane, (0, 0), _ROUNDING, dst=plane)
        motion += self._identity
        return motion

    def _draw(self, corners: NDArray, order: NDArray) -> None:
        identity = len(self._triangles)
        self._drawn[:] = identity
        low, high = corners.min(axis=1)[order], corners.max(axis=1)[order]
        inside = (high > -1).all(axis=1) & (low < (self.grid.columns, self.grid.rows)).all(axis=1)
        order = order[inside]
        polygons = np.rint(corners[order] * (1 << _SUBPIXEL_BITS)).astype(np.int32)
        fill, drawn = cv2.fillConvexPoly, self._drawn
        for number, polygon in zip(order.tolist(), polygons, strict=True):
            fill(drawn, polygon, number, cv2.LINE_8, _SUBPIXEL_BITS)

    def _gather(self, corners: NDArray, source: NDArray, area: NDArray) -> NDArray[np.float32]:
        affine = _affine_maps(corners, source, area)
        a, b, c, d, e, f = np.take(affine, self._drawn.ravel(), axis=1).reshape(6, *self._drawn.shape)
        grid = self.grid
        result = np.empty((2, grid.rows, grid.columns), np.float32)
        for axis, (by_x, by_y, constant, corner) in enumerate(((a, b, c, grid.left), (d, e, f, grid.top))):
            by_x *= self._x
            by_y *= self._y
            by_x += by_y
            by_x += constant
            by_x += np.float32(0.5)
            by_x *= np.float32(grid.step)
            np.add(by_x, np.float32(corner), out=result[axis])
        return result

    def _to_grid(self, points: NDArray) -> NDArray[np.float64]:
        grid = self.grid
        return (points.astype(np.float64) - (grid.left, grid.top)) / grid.step - 0.5


def _doubled_area(corners: NDArray) -> NDArray:
    first, second = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    return first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]


def _affine_maps(target: NDArray, source: NDArray, area: NDArray) -> NDArray[np.float32]:
    """(6, F + 1): x' = a x + b y + c, y' = d x + e y + f from target to source; the last one is the identity."""
    (x0, y0), (x1, y1), (x2, y2) = np.moveaxis(target, 0, 2)
    edges = ((x1 - x0, y1 - y0), (x2 - x1, y2 - y1), (x0 - x2, y0 - y2))
    lengths = [x * x + y * y for x, y in edges]
    longest = np.maximum(np.maximum(*lengths[:2]), lengths[2])
    thin = np.flatnonzero(np.abs(area) < _THIN * np.sqrt(longest))
    inverse = 1 / np.where(np.abs(area) < 1e-9, 1.0, area)
    maps = np.empty((6, len(target) + 1), np.float32)
    middle_x, middle_y = (x0 + x1 + x2) / 3, (y0 + y1 + y2) / 3
    for axis in (0, 1):
        s0, s1, s2 = source[:, 0, axis], source[:, 1, axis], source[:, 2, axis]
        by_x = ((s1 - s0) * (y2 - y0) - (s2 - s0) * (y1 - y0)) * inverse  # d(source)/d(target x)
        by_y = ((s2 - s0) * (x1 - x0) - (s1 - s0) * (x2 - x0)) * inverse
        steps = (s1 - s0, s2 - s1, s0 - s2)
        for (x, y), length, step in zip(edges, lengths, steps, strict=True):
            here = thin[length[thin] >= longest[thin]]  # seen edge-on: the map follows the longest edge alone
            by_x[here], by_y[here] = (step * x / longest)[here], (step * y / longest)[here]
        maps[3 * axis, :-1], maps[3 * axis + 1, :-1] = by_x, by_y
        maps[3 * axis + 2, :-1] = (s0 + s1 + s2) / 3 - by_x * middle_x - by_y * middle_y
    maps[:, -1] = (1, 0, 0, 0, 1, 0)
    return maps
