# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames in which the face was lost: never dropped, filled in and marked. Not for: finding it again (tracking.py)."""

import numpy as np
from numpy.typing import NDArray

SEEN, INTERPOLATED, HELD = 1, 2, 3
SHORT = 0.5  # seconds: a gap up to this long is bridged, a longer one held
RETURN = 0.2  # seconds at the end of a held gap in which the face goes to where it is seen again


def fill_lost_frames(landmarks: NDArray[np.float32], times: NDArray, is_seen: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Fill rows of `landmarks` in place and say how: (N,), SEEN, INTERPOLATED or HELD.

    landmarks: (N, 478, 3), may be mapped from disk.   times: (N,) seconds.   is_seen: (N,), at least one True.
    Before the first seen frame and after the last one the face holds.
    """
    found = np.where(is_seen, SEEN, HELD).astype(np.uint8)
    seen = np.flatnonzero(is_seen)
    landmarks[: seen[0]] = landmarks[seen[0]]
    landmarks[seen[-1] + 1 :] = landmarks[seen[-1]]
    for before, after in zip(seen[:-1], seen[1:], strict=True):
        if after - before < 2:
            continue
        is_short = times[after] - times[before] <= SHORT
        leaves = times[before] if is_short else max(times[before], times[after] - RETURN)
        start, way = np.array(landmarks[before]), landmarks[after] - landmarks[before]
        for row in range(before + 1, after):
            share = max(0.0, (times[row] - leaves) / (times[after] - leaves))
            landmarks[row] = start + np.float32(share) * way
        found[before + 1 : after] = INTERPOLATED if is_short else HELD
    return found
