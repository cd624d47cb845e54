# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Taking the tracker's tremble out of landmarks without delay: a gaussian over the time on both sides of each frame.

In seconds, not frames, so that any frame rate and variable ones get the same motion. Lids, lips and irises move fast
and are smoothed half as long. Not for: live preview, which cannot look ahead.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from ..faces import topology

SECONDS = {"OFF": 0.0, "LOW": 1.2 / 30, "HIGH": 3.0 / 30}  # standard deviation; half of it for the fast points
REACH = 3.0  # standard deviations that count


def smooth(landmarks: NDArray, times: NDArray, level: str) -> NDArray[np.float32]:
    """Smoothed landmarks (T, 478, 3).

    times: (T,), of each frame, increasing, in seconds.   level: 'OFF' | 'LOW' | 'HIGH'.
    """
    seconds = SECONDS[level]
    if not seconds:
        return np.asarray(landmarks, np.float32)
    fast = _fast_points()
    result = np.empty(landmarks.shape, np.float32)
    result[:, ~fast] = smooth_values(landmarks[:, ~fast], times, seconds)
    result[:, fast] = smooth_values(landmarks[:, fast], times, seconds / 2)
    return result


def smooth_values(values: NDArray, times: NDArray, seconds: float) -> NDArray[np.float32]:
    """Gaussian mean over time of values (T, ...) at `times` (T,); at the ends over what there is."""
    count = len(times)
    total = np.array(values, np.float32)
    weight_sum = np.ones(count, np.float32)
    column = (slice(None),) + (None,) * (np.ndim(values) - 1)
    for step in range(1, count):
        gap = times[step:] - times[:-step]
        if gap.min() > REACH * seconds:
            break
        weight = np.exp(-0.5 * (gap / seconds) ** 2).astype(np.float32) * (gap <= REACH * seconds)
        total[step:] += weight[column] * values[:-step]
        total[:-step] += weight[column] * values[step:]
        weight_sum[step:] += weight
        weight_sum[:-step] += weight
    return total / weight_sum[column]


def margin_frames(times: NDArray, level: str) -> int:
    """How many frames on either side of one can take part in its smoothing."""
    reach = REACH * SECONDS[level]
    return int((np.searchsorted(times, times + reach, "right") - np.arange(len(times))).max(initial=1))


@cache
def _fast_points() -> NDArray[np.bool_]:
    is_fast = np.zeros(topology.N_LANDMARKS, bool)
    is_fast[[*topology.RIGHT_LID_RING, *topology.LEFT_LID_RING, *topology.INNER_LIPS, *topology.OUTER_LIPS]] = True
    is_fast[topology.N_SKIN :] = True
    return is_fast
