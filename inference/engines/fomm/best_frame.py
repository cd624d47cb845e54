# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The footage frame in which the actor looks most like the card: relative motion starts there.

As the paper's program does it: landmarks freed from place and size, the smallest sum of squared differences.
"""

import numpy as np
import torch
from numpy.typing import NDArray

from ....vendor.fomm.keypoint_motion import hull_area


def best_frame(source: NDArray, driving: NDArray) -> int:
    """source: (P, 2 or more) landmarks, any unit.   driving: (N, P, 2 or more). The first of the best."""
    return int(np.argmin(distances(source, driving)))


def distances(source: NDArray, driving: NDArray) -> NDArray[np.float64]:
    """(N,): how far each driving frame's landmarks are from the source's, place and size aside."""
    wanted = _normalized(source)
    return np.array([np.square(_normalized(frame) - wanted).sum() for frame in driving])


def _normalized(landmarks: NDArray) -> NDArray[np.float64]:
    points = np.asarray(landmarks, np.float64)[:, :2]
    points = points - points.mean(axis=0)
    return points / np.sqrt(hull_area(torch.from_numpy(points)))
