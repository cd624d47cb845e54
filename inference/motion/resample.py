# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Motion at another frame rate: channels are interpolated between the moments they are known at; no picture is dropped.

Rates are fractions and moments come from frame numbers, so nothing drifts however long a clip is.
"""

import math
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from .take import Motion


def frame_times(count: int, fps: Fraction, start: float = 0.0) -> NDArray[np.float64]:
    """The moments of frames 0..count - 1 at a rate, (count,) seconds."""
    return start + np.arange(count) * fps.denominator / fps.numerator


def frame_count(duration: Fraction | float, fps: Fraction) -> int:
    """How many frames at a rate it takes to show a duration in seconds; at least one."""
    return max(1, math.ceil(Fraction(duration).limit_denominator(10**9) * fps - Fraction(1, 1000)))


def interpolate_rows(rows: NDArray, times: NDArray, moments: NDArray) -> NDArray[np.float32]:
    """Rows (T, C) known at `times` (T,), at `moments` (M,), on straight lines between; beyond the ends they hold."""
    position = np.interp(moments, times, np.arange(len(times)))
    before = position.astype(int)
    after = np.minimum(before + 1, len(times) - 1)
    share = (position - before)[:, None]
    return (rows[before] * (1 - share) + rows[after] * share).astype(np.float32)


def nearest_rows(rows: NDArray, times: NDArray, moments: NDArray) -> NDArray:
    """Of rows (T, ...) known at `times` (T,), those nearest to `moments` (M,)."""
    return rows[np.round(np.interp(moments, times, np.arange(len(times)))).astype(int)]


def resample_motion(motion: Motion, fps: Fraction) -> Motion:
    """The same motion at another rate: same first frame number, same duration, same take."""
    if fps == motion.fps:
        return motion
    count = frame_count(len(motion) / motion.fps, fps)
    times, moments = frame_times(len(motion), motion.fps), frame_times(count, fps)
    channels = interpolate_rows(motion.channels, times, moments)
    found = nearest_rows(motion.found, times, moments)
    return Motion(fps, motion.first, motion.channel_names, channels, found, motion.take, motion.metadata)
