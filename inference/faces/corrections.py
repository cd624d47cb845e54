# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Landmarks that an artist has put right: each goes where it was put, its neighborhood along with it.

The moves are interpolated by Gaussians (radial basis functions), so that every corrected landmark lands exactly and a
lid takes the skin beside it along, but not the brow.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ...bridge.errors import InputError
from . import topology

_REACH = 0.14  # of the distance between the eyes: the standard deviation of a move's neighborhood
_EYE_CORNERS = (topology.RIGHT_EYE_CORNERS, topology.LEFT_EYE_CORNERS)
_IRISES = {topology.RIGHT_IRIS[0]: topology.RIGHT_IRIS, topology.LEFT_IRIS[0]: topology.LEFT_IRIS}


def corrected(landmarks: NDArray, corrections: Sequence[tuple[int, float, float]]) -> NDArray:
    """Landmarks (478, 3) with some of them moved; depth stays.

    corrections: (number, x, y) in the same pixels; an iris's center takes its ring along. Raises InputError.
    """
    if not corrections:
        return landmarks
    numbers = [number for number, _, _ in corrections]
    wanted = np.array([place for _, *place in corrections], np.float64)
    is_known = all(0 <= number < topology.N_LANDMARKS for number in numbers) and len(set(numbers)) == len(numbers)
    if not is_known or not np.isfinite(wanted).all():
        raise InputError("A corrected point of the face does not exist.", "Forget the corrections and place them anew.")
    result = landmarks.astype(np.float64)
    is_skin = np.array([number < topology.N_SKIN for number in numbers])
    if is_skin.any():
        chosen = np.array(numbers)[is_skin]
        result[: topology.N_SKIN, :2] += _moves(landmarks, chosen, wanted[is_skin] - landmarks[chosen, :2])
    for number, place in zip(numbers, wanted, strict=True):
        if number >= topology.N_SKIN:
            ring = list(_IRISES.get(number, (number,)))
            result[ring, :2] += place - result[number, :2]
    return result


def _moves(landmarks: NDArray, chosen: NDArray, moves: NDArray) -> NDArray[np.float64]:
    """(468, 2): how far each landmark of the skin moves."""
    eyes = [landmarks[list(corners), :2].mean(axis=0) for corners in _EYE_CORNERS]
    reach = _REACH * max(float(np.linalg.norm(eyes[1] - eyes[0])), 1.0)
    near = _gaussian(landmarks[chosen, :2], landmarks[chosen, :2], reach)
    weights = np.linalg.lstsq(near, moves, rcond=1e-6)[0]
    return _gaussian(landmarks[: topology.N_SKIN, :2], landmarks[chosen, :2], reach) @ weights


def _gaussian(a: NDArray, b: NDArray, reach: float) -> NDArray[np.float64]:
    return np.exp(-((a[:, None] - b[None]) ** 2).sum(axis=2) / (2 * reach**2))
