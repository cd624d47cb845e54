# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The opening between the lips: closed on the actor is closed on the card, and an open mouth in the art stays possible.

Displacements alone would leave lips crossing or gaping, because no two mouths have the same shape. So the gap between
each pair of inner lip points is set, and what that corrects is taken up through the lips' thickness.
"""

import numpy as np
from numpy.typing import NDArray

from ...faces import topology

UPPER = np.array(topology.INNER_UPPER_LIP)
LOWER = np.array(topology.INNER_LOWER_LIP)
# rows of the red of the lips between inner and outer edge, same order as UPPER and LOWER
_UPPER_ROWS = np.array((UPPER, (183, 42, 41, 38, 12, 268, 271, 272, 407), (184, 74, 73, 72, 11, 302, 303, 304, 408)))
_LOWER_ROWS = np.array((LOWER, (96, 89, 179, 86, 15, 316, 403, 319, 325), (77, 90, 180, 85, 16, 315, 404, 320, 307)))
_ROW_SHARE = np.array((1.0, 0.66, 0.33))[:, None]
_ALREADY_OPEN = 1.4  # exponent: an opening adds less to a mouth that the artist painted open


def gap(shape: NDArray) -> NDArray[np.float64]:
    """Height of the opening at each pair of inner lip points, (9,), face frame; negative where the lips cross."""
    return shape[LOWER, 1] - shape[UPPER, 1]


def lower_face_height(shape: NDArray) -> float:
    """From the base of the nose to the chin, face frame."""
    return float(np.linalg.norm(shape[topology.CHIN] - shape[topology.NOSE_BASE]))


def wanted_gap(card: NDArray, opening: NDArray, may_cross: bool = False) -> NDArray[np.float64]:
    """The card's gap when the actor's lips have opened by `opening`, (9,), already at the card's size.

    may_cross: let lips that close further than shut cross instead of touching.
    """
    own = gap(card)  # a little below 0 where landmarks cross: that is closed, and stays as it is at rest
    visible, opened = np.maximum(own, 0), np.maximum(opening, 0)
    both = (visible**_ALREADY_OPEN + opened**_ALREADY_OPEN) ** (1 / _ALREADY_OPEN)
    return np.where(opening > 0, own + both - visible, own + (opening if may_cross else np.maximum(opening, -visible)))


def open_by(shape: NDArray, wanted: NDArray) -> None:
    """Move the lips of `shape`, in place, until their gap is `wanted`; half up, half down."""
    correction = (wanted - gap(shape)) / 2
    shape[_UPPER_ROWS, 1] -= _ROW_SHARE * correction
    shape[_LOWER_ROWS, 1] += _ROW_SHARE * correction
