# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Skin around lips and eyes kept outside them, row by row.

The landmark network tracks lips and lids with one head and the skin next to them with another; in a shout the lower lip
passes the skin below it. And an artist can lower a brow by more than there is room above the eye. A picture bent like
that shows a crack, or a brow across the eye; skin bulges instead, so rows of it are moved out of the way.
"""

import numpy as np
from numpy.typing import NDArray

from ...faces import topology

_LEAST = 0.45  # of its distance at rest
_BRIDGE = 0.9  # centimeters from the middle of the nose, which no brow presses
_NEAR = 0.12  # centimeters: what lies beside its neighbor, not beyond it
_SOFT = 0.2  # how gradually that is enforced, same unit


class SkinRows:
    """Rows of vertices around an outline."""

    def __init__(self, outline: tuple[int, ...], inside: tuple[int, ...], count: int, axes: tuple[int, int]) -> None:
        """outline, inside: landmarks of the edge, and some within it.   count: of rows, from the edge on.

        axes: 1 where distance counts, x and y of the face frame; brows move up and down only.
        """
        self._axes = np.array((*axes, 0))
        edges = topology.triangles()[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2)
        neighbors = np.zeros((topology.N_LANDMARKS, topology.N_LANDMARKS))
        neighbors[edges[:, 0], edges[:, 1]] = neighbors[edges[:, 1], edges[:, 0]] = 1
        frontier = np.zeros(topology.N_LANDMARKS, bool)
        frontier[list(outline)] = True
        is_beside = np.abs(topology.canonical_shape()[:, 0]) >= (0 if axes[0] else _BRIDGE)
        passed = frontier | (neighbors[list(inside)].sum(axis=0) > 0)
        self._rows: list[tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]] = []
        for _ in range(count):
            row = np.flatnonzero((neighbors[frontier].sum(axis=0) > 0) & ~passed & is_beside)
            weights = neighbors[row] * frontier
            most = int((weights > 0).sum(axis=1).max())
            further_in = np.argsort(-weights, axis=1, kind="stable")[:, :most]
            weights = np.take_along_axis(weights, further_in, axis=1)
            self._rows.append((row, further_in, weights / weights.sum(axis=1, keepdims=True)))
            frontier = np.zeros_like(frontier)
            frontier[row] = True
            passed = passed | frontier

    def keep_outside(self, shape: NDArray, rest: NDArray) -> None:
        """Move the rows of `shape`, (478, 3), in place, out again; `rest`: the card's own shape."""
        for row, further_in, weights in self._rows:
            away = _from_neighbors(rest, row, further_in, weights) * self._axes
            squared = np.maximum((away**2).sum(axis=1), 1e-6)
            distance = (_from_neighbors(shape, row, further_in, weights) * away).sum(axis=1) / squared  # 1 at rest
            is_pressed = (distance < 1) & (squared > _NEAR**2)
            if is_pressed.any():
                push = np.maximum(_kept(distance) - distance - (_kept(1.0) - 1), 0)
                shape[row] += np.where(is_pressed, push, 0)[:, None] * away


def _from_neighbors(shape: NDArray, row: NDArray, further_in: NDArray, weights: NDArray) -> NDArray[np.float64]:
    """From the mean of each vertex's neighbors further in to the vertex, (n, 3)."""
    return shape[row] - np.einsum("rn,rnc->rc", weights, shape[further_in])


def _kept(distance: NDArray | float) -> NDArray:
    """About the distance itself, but never below the least."""
    return _LEAST + _SOFT * np.logaddexp(0, (np.asarray(distance) - _LEAST) / _SOFT)
