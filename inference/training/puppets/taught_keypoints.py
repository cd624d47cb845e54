# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keypoints with Jacobians as they follow from landmarks, to teach a detector that would else have to find its own.

A keypoint is the mean of some landmarks; its Jacobian the affine map that takes those and their neighbors from the
canonical face to the picture (least squares), so that equal parts of two faces have Jacobians that compare.
"""

import functools

import numpy as np
from numpy.typing import NDArray

from ...faces import topology

# What moves by itself in a face. Sixteen, from the brows down.
_PLACES: tuple[tuple[int, ...], ...] = (
    topology.RIGHT_BROW_UPPER, topology.LEFT_BROW_UPPER, topology.RIGHT_LID_RING, topology.LEFT_LID_RING,
    topology.RIGHT_UPPER_LID, topology.LEFT_UPPER_LID, (4, 5, 1), (50, 205, 187), (280, 425, 411), (61,), (291,),
    (0, 13), (14, 17), (152, 175), (127, 234, 93), (356, 454, 323),
)  # fmt: skip
COUNT = len(_PLACES)
NEIGHBORS = 24  # landmarks that a Jacobian is fitted to


def taught_keypoints(landmarks: NDArray, side: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Landmarks (N, 478, 2 or 3) in pixels of pictures of a side -> value (N, K, 2) in -1..1, jacobian (N, K, 2, 2).

    Coordinates as the network's: -1 and 1 are the centers of the first and the last pixel.
    """
    flat = (landmarks[..., :2] - 0.5) / (side - 1) * 2 - 1
    value, jacobian = [], []
    for place, (near, inverse) in zip(_PLACES, _neighborhoods(), strict=True):
        value.append(flat[:, list(place)].mean(1))
        around = flat[:, near]
        jacobian.append(np.swapaxes(inverse @ (around - around.mean(1, keepdims=True)), 1, 2))
    return np.stack(value, 1).astype(np.float32), np.stack(jacobian, 1).astype(np.float32)


@functools.cache
def _neighborhoods() -> list[tuple[NDArray[np.int64], NDArray[np.float64]]]:
    """Per keypoint: landmarks nearest to it on the canonical face, and the pseudoinverse (2, M) of their offsets."""
    face = topology.canonical_shape()[: topology.N_SKIN, :2].astype(np.float64)
    face = face / np.ptp(face, axis=0).mean()  # a face about 1 wide and high, as it is in the network's coordinates
    found = []
    for place in _PLACES:
        near = np.argsort(np.linalg.norm(face - face[list(place)].mean(0), axis=1))[:NEIGHBORS]
        found.append((near, np.linalg.pinv(face[near] - face[near].mean(0))))
    return found
