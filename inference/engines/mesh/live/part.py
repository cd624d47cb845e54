# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""One piece of a live card: triangles that hang together, what they show, how they move, when they are seen."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SLOTS = ("INSIDE", "SKIN", "OVER")  # drawn in this order
SIGNALS = ("RIGHT_LID", "LEFT_LID", "MOUTH", "RIGHT_EYE", "LEFT_EYE", "HEAD")
ALWAYS = (-2.0, -1.0)


@dataclass
class Part:
    """points: (n, 3), source pixels.   triangles: (m, 3).   moves: (K, n, 3), what each key adds to them.

    uv: texture coordinates (n, 2), up, or a function that gives them once the atlas is complete.   slot: of SLOTS.
    layer: pixels further away than where the points are; what is nearer covers what is further.
    turn: (n,), how far each point turns with the head; lean: (n,), how much more it shifts when the head moves far.
    pairs: (n, 3), the landmark it never crosses (-1: none), how (+ stays above, - stays below; the size says which part
    of the correction it takes), and the least distance, pixels.
    far: (n, 2), what is added to uv when the far side of a turned face comes into view.
    signal, fade: it is seen as smoothstep(*fade, signal) says; an empty signal: always.
    """

    points: NDArray
    triangles: NDArray
    moves: NDArray
    uv: NDArray | Callable[[], NDArray]
    slot: str
    layer: float | NDArray = 0.0
    turn: NDArray | None = None
    lean: NDArray | None = None
    pairs: NDArray | None = None
    far: NDArray | None = None
    signal: str = ""
    fade: tuple[float, float] = ALWAYS


QUAD = np.array(((0, 2, 1), (0, 3, 2)))  # corners clockwise in the picture from the top left
CORNERS = np.array(((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)))


def strip_triangles(count: int) -> NDArray[np.int64]:
    """Between two rows of so many points, the upper one first."""
    i = np.arange(count - 1)
    return np.concatenate((np.stack((i, i + count, i + 1), 1), np.stack((i + 1, i + count, i + count + 1), 1)))


def no_pairs(count: int) -> NDArray[np.float64]:
    """Of points that may go anywhere."""
    return np.tile((-1.0, 0.0, 0.0), (count, 1))


def facing(points: NDArray, triangles: NDArray) -> NDArray:
    """Triangles (m, 3) turned to the viewer: counterclockwise as seen."""
    a, b, c = (points[triangles[:, k], :2] for k in range(3))
    area = (b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]
    return np.where((area > 0)[:, None], triangles[:, [0, 2, 1]], triangles)  # y down


def enlarged(points: NDArray, factor: float) -> NDArray[np.float64]:
    """Points (..., n, 3), or what they are moved by, about their middle."""
    middle = points.mean(axis=-2, keepdims=True)
    return middle + factor * (points - middle)
