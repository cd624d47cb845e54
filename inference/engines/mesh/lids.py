# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Eyelids: how far open, 0 to wide, and the card's lids placed so that 0 is shut without a slit.

Openness is the lids' distance over the eye's width: it reads the same on any eye, at any distance from the camera.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...faces import topology

_LOWER_RISES = 0.10  # share of the opening that the lower lid closes
WIDEST = 1.6


@dataclass(frozen=True)
class Eye:
    """Landmark indices of one eye; rows run from the outer corner to the inner one."""

    corners: tuple[int, int]
    upper: NDArray
    lower: NDArray
    upper_rows: tuple[NDArray, NDArray]  # crease, socket
    lower_row: NDArray
    ring: NDArray
    iris: NDArray


RIGHT = Eye(
    topology.RIGHT_EYE_CORNERS, np.array(topology.RIGHT_UPPER_LID), np.array(topology.RIGHT_LOWER_LID),
    (np.array(topology.RIGHT_UPPER_CREASE), np.array(topology.RIGHT_UPPER_SOCKET)),
    np.array(topology.RIGHT_LOWER_CREASE), np.array(topology.RIGHT_LID_RING), np.array(topology.RIGHT_IRIS),
)  # fmt: skip
LEFT = Eye(
    topology.LEFT_EYE_CORNERS, np.array(topology.LEFT_UPPER_LID), np.array(topology.LEFT_LOWER_LID),
    (np.array(topology.LEFT_UPPER_CREASE), np.array(topology.LEFT_UPPER_SOCKET)),
    np.array(topology.LEFT_LOWER_CREASE), np.array(topology.LEFT_LID_RING), np.array(topology.LEFT_IRIS),
)  # fmt: skip
_CREASE_SHARE, _SOCKET_SHARE = 0.30, 0.08  # of what is added to the upper lid's travel: skin unfolds from the crease


def openness(shape: NDArray, eye: Eye) -> NDArray[np.float64]:
    """Mean height of the five middle lid pairs over the eye's width, negative where the lids cross, (...).

    shape: (..., 478, 3), face frame.
    """
    height = (shape[..., eye.lower[1:-1], 1] - shape[..., eye.upper[1:-1], 1]).mean(axis=-1)
    width = np.linalg.norm(shape[..., eye.corners[0], :2] - shape[..., eye.corners[1], :2], axis=-1)
    return height / np.maximum(width, 1e-6)


def place(shape: NDArray, rest: NDArray, eye: Eye, ratio: float) -> None:
    """Set the lids of `shape`, in place, `ratio` times as far apart as on `rest`; 0 is exactly shut.

    shape: (478, 3), its lower lid and skin already moved by the expression.   rest: the card's own shape.
    """
    opening = rest[eye.upper] - rest[eye.lower]
    rise = np.minimum(_LOWER_RISES * (1 - ratio), _LOWER_RISES) * opening
    shape[eye.lower] += rise
    shape[eye.lower_row] += 0.5 * rise
    upper = shape[eye.lower] + ratio * opening
    travel = upper - shape[eye.upper]
    shape[eye.upper] = upper
    for row, share in zip(eye.upper_rows, (_CREASE_SHARE, _SOCKET_SHARE), strict=True):
        shape[row] += share * travel
