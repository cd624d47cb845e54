# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A part cut off some way beyond the border of its picture, and cut into bands along the border.

What lies beyond is seen when it moves in; what moves out Blender folds into the border. Bands that are out as a whole
vanish there, so that the picture ends as if it were cut off.

Triangle by triangle against each line (Sutherland, Hodgman 1974); whatever points carry is mixed along the edges cut.
"""

import dataclasses

import numpy as np
from numpy.typing import NDArray

from .part import Part

_CARRIED = ("points", "uv", "turn", "lean", "layer", "far", "pairs")


def clipped(part: Part, low: NDArray, high: NDArray, lines: tuple[NDArray, NDArray], kept: int) -> Part:
    """A part whose triangles lie between `low` and `high`, (2,), source pixels.

    lines: x and y that no triangle crosses.   kept: so many points stay the first in any case. Points where it is cut
    belong to no pair.
    """
    carried = {name: np.asarray(getattr(part, name)) for name in _CARRIED}
    table = _Points({**carried, "moves": np.moveaxis(part.moves, 0, 1)})
    triangles = part.triangles
    for axis in (0, 1):
        triangles, _ = table.cut(triangles, axis, float(low[axis]))
        _, triangles = table.cut(triangles, axis, float(high[axis]))
        for line in lines[axis]:
            triangles = np.concatenate(table.cut(triangles, axis, float(line)))
    used = np.unique(np.concatenate((np.arange(kept), triangles.ravel())))
    number = np.full(len(table.columns["points"]), -1)
    number[used] = np.arange(len(used))
    columns = {name: column[used] for name, column in table.columns.items()}
    columns["moves"] = np.moveaxis(columns["moves"], 1, 0)
    return dataclasses.replace(part, triangles=number[triangles], **columns)


class _Points:
    """Points with all they carry, one array (n, ...) per thing."""

    def __init__(self, columns: dict[str, NDArray]) -> None:
        self.columns = columns

    def cut(self, triangles: NDArray, axis: int, line: float) -> tuple[NDArray, NDArray]:
        """The triangles beyond a line and those before it, with the points they share on it."""
        offset = self.columns["points"][:, axis] - line
        new: dict[tuple[int, int], int] = {}
        sides = tuple(_side(triangles, sign * offset, new) for sign in (1.0, -1.0))
        self._append(np.array(list(new), int).reshape(-1, 2), offset)
        self.columns["points"][len(offset) :, axis] = line  # exactly: the next cut there finds nothing to cut
        return sides

    def _append(self, edges: NDArray, offset: NDArray) -> None:
        first, last = edges.T
        share = offset[first] / (offset[first] - offset[last])
        for name, column in self.columns.items():
            weight = share.reshape(-1, *[1] * (column.ndim - 1))
            mixed = column[first] + weight * (column[last] - column[first])
            if name == "pairs":
                mixed = np.tile((-1.0, 0.0, 0.0), (len(edges), 1))
            self.columns[name] = np.concatenate((column, mixed))


def _side(triangles: NDArray, inside: NDArray, new: dict[tuple[int, int], int]) -> NDArray:
    """What of the triangles lies where `inside`, one per point, is positive. new: edge -> its point there; grows."""
    triangles = triangles[(inside[triangles] > 0).any(axis=1)]
    crossing = (inside[triangles] < 0).any(axis=1)
    whole, crossing = triangles[~crossing], triangles[crossing]
    pieces: list[tuple[int, int, int]] = []
    for triangle, sides in zip(crossing.tolist(), np.sign(inside[crossing]).tolist(), strict=True):
        outline: list[int] = []
        for k in range(3):
            a, b = triangle[k], triangle[(k + 1) % 3]
            if sides[k] >= 0:
                outline.append(a)
            if sides[k] * sides[(k + 1) % 3] < 0:
                outline.append(new.setdefault((min(a, b), max(a, b)), len(inside) + len(new)))
        pieces += [(outline[0], outline[i], outline[i + 1]) for i in range(1, len(outline) - 1)]
    return np.concatenate((whole, np.array(pieces, int).reshape(-1, 3)))
