# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fewer keys for the same curve: Ramer-Douglas-Peucker over many curves at once.

A capture has a value on every frame; an artist wants to move a handful of keys. Linear interpolation between the kept
keys stays within a tolerance of every value (U. Ramer 1972; D. Douglas, T. Peucker 1973, with the error measured
along the value axis, as the frames are fixed). All curves and all their segments are split together, level by level.
"""

import numpy as np
from numpy.typing import NDArray


def reduce_keys(values: NDArray, tolerances: NDArray) -> NDArray:
    """Which keys to keep.

    values: (T, C), one curve per column, one row per frame.   tolerances: (C,), largest error allowed.
    Returns (T, C) bool. First and last row are kept; of a curve that never leaves its tolerance around its first
    value the first alone.
    """
    count = len(values)
    kept = np.zeros(values.shape, bool)
    kept[0] = True
    if count == 1:
        return kept
    kept[-1] = True
    moving = np.flatnonzero(np.abs(values - values[0]).max(axis=0) > tolerances)
    kept[-1, np.setdiff1d(np.arange(values.shape[1]), moving)] = False
    while moving.size:
        errors = interpolation_error(values[:, moving], kept[:, moving])
        errors[errors <= tolerances[moving]] = 0
        rows, columns = _worst_of_segments(errors, kept[:, moving])
        kept[rows, moving[columns]] = True
        moving = moving[np.unique(columns)]
    return kept


def interpolation_error(values: NDArray, kept: NDArray) -> NDArray:
    """(T, C) distance of each value from the line between the kept keys around it; first and last row are kept."""
    rows = np.arange(len(values))[:, None]
    before = np.maximum.accumulate(np.where(kept, rows, 0), axis=0)
    after = np.minimum.accumulate(np.where(kept, rows, len(values) - 1)[::-1], axis=0)[::-1]
    share = (rows - before) / np.maximum(after - before, 1)
    start, end = np.take_along_axis(values, before, 0), np.take_along_axis(values, after, 0)
    return np.abs(values - (start + share * (end - start)))


def _worst_of_segments(errors: NDArray, kept: NDArray) -> tuple[NDArray, NDArray]:
    """Row and column of the largest error of each segment that has one above zero."""
    flat, borders = errors.T.ravel(), np.flatnonzero(kept.T.ravel())  # one curve after the other
    peak = np.maximum.reduceat(flat, borders)
    segment = np.cumsum(kept.T.ravel()) - 1
    worst = np.flatnonzero((flat == peak[segment]) & (flat > 0))
    _, first = np.unique(segment[worst], return_index=True)  # of equal errors the earliest
    columns, rows = np.divmod(worst[first], len(errors))
    return rows, columns
