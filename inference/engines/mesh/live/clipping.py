# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A part cut off at the border of the picture, so that a live card is no larger than its card.

Triangle by triangle against each side (Sutherland, Hodgman 1974); whatever points carry is mixed along the edges cut.
"""

import dataclasses

import numpy as np
from numpy.typing import NDArray

from .part import Part

_CARRIED = ("points", "uv", "turn", "lean", "layer", "far", "pairs")


def clipped(part: Part, low: NDArray, high: NDArray, kept: int) -> Part:
    """A part whose triangles lie between `low` and `high`, (2,), source pixels.

    kept: so many points stay the first in any case. Points where it is cut belong to no pair.
    """
    carried = {name: np.asarray(getattr(part, name)) for name in _CARRIED}
    table = _Points({**carried, "moves": np.moveaxis(part.moves, 0, 1)})
    triangles = part.triangles
    for axis in (0, 1):
        triangles = table.cut(triangles, axis, float(low[axis]), 1.0)
        triangles = table.cut(triangles, axis, float(high[axis]), -1.0)
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

    def cut(self, triangles: NDArray, axis: int, border: float, sign: float) -> NDArray:
        """The triangles where sign * (coordinate - border) is not negative."""
        inside = sign * (self.columns["points"][:, axis] - border)
        is_in = inside[triangles] >= 0
        whole = triangles[is_in.all(axis=1)]
        crossing = is_in.any(axis=1) & ~is_in.all(axis=1)
        new: dict[tuple[int, int], int] = {}
        pieces: list[tuple[int, int, int]] = []
        for triangle, ins in zip(triangles[crossing].tolist(), is_in[crossing].tolist(), strict=True):
            outline: list[int] = []
            for k in range(3):
                a, b = triangle[k], triangle[(k + 1) % 3]
                if ins[k]:
                    outline.append(a)
                if ins[k] != ins[(k + 1) % 3]:
                    edge = (min(a, b), max(a, b))
                    outline.append(new.setdefault(edge, len(inside) + len(new)))
            pieces += [(outline[0], outline[i], outline[i + 1]) for i in range(1, len(outline) - 1)]
        self._append(np.array(list(new), int).reshape(-1, 2), inside)
        return np.concatenate((whole, np.array(pieces, int).reshape(-1, 3)))

    def _append(self, edges: NDArray, inside: NDArray) -> None:
        first, last = edges.T
        share = inside[first] / (inside[first] - inside[last])
        for name, column in self.columns.items():
            weight = share.reshape(-1, *[1] * (column.ndim - 1))
            mixed = column[first] + weight * (column[last] - column[first])
            if name == "pairs":
                mixed = np.tile((-1.0, 0.0, 0.0), (len(edges), 1))
            self.columns[name] = np.concatenate((column, mixed))
