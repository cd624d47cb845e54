# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Landmarks that missed the face's edge, brought back onto it: else background is dragged along as part of a cheek."""

import numpy as np
from numpy.typing import NDArray

from ...faces import topology

_ON_PERSON = 0.9  # coverage
_STEP, _STEPS = 0.01, 12  # of the way to the middle of the face


def onto_person(landmarks: NDArray, coverage: NDArray[np.float32]) -> NDArray[np.float64]:
    """Landmarks (478, 3) of which none of the skin lies on background, as far as a few percent can do it.

    coverage: (H, W), 0 background .. 1 person.
    """
    moved = landmarks.astype(np.float64).copy()
    skin = moved[: topology.N_SKIN]
    middle = skin.mean(axis=0)
    height, width = coverage.shape
    for _ in range(_STEPS):
        columns = np.clip(skin[:, 0].astype(int), 0, width - 1)
        rows = np.clip(skin[:, 1].astype(int), 0, height - 1)
        outside = coverage[rows, columns] < _ON_PERSON
        skin[outside, :2] += _STEP * (middle - skin[outside])[:, :2]
    return moved
