# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The square that a network sees: the head with its hair, upright, as in the pictures the model was trained on.

The training crops are a detector's box, made square and grown by a tenth on each side, fixed for a clip. Here the
head's pose takes the detector's place: it does not jump, and does not grow when the mouth opens. In footage where the
head wanders too far for one square, the square follows slowly, so that quick movement stays movement.
"""

import numpy as np
from numpy.typing import NDArray

from ...faces.face_frame import Pose
from ...faces.region import Region

SIDE = 28.5  # centimeters of the canonical face, which is 17.7 high: forehead to chin fill 62 % of the square
CENTER = np.array((0.0, 0.8, 4.0))  # face frame, centimeters: inside the head, so that turning does not move it much
WANDERING = 0.25  # of the side: a head that stays within this of its middle place has a fixed square
SECONDS = 1.0  # standard deviation of the slow following


def head_square(pose: Pose) -> Region:
    """The square around one head."""
    centers, side = _squares(pose)
    return Region((float(centers[0]), float(centers[1])), float(side))


def head_squares(poses: Pose, times: NDArray[np.float64]) -> list[Region]:
    """The squares of a clip's N frames; times: (N,) seconds. All the same unless the head wanders far."""
    centers, sides = _squares(poses)
    side = float(np.median(sides))
    middle = (centers.min(axis=0) + centers.max(axis=0)) / 2
    if np.abs(centers - middle).max() <= WANDERING * side:
        return [Region((float(middle[0]), float(middle[1])), side)] * len(times)
    path = _followed(np.column_stack([centers, sides]), times)
    return [Region((float(x), float(y)), float(side)) for x, y, side in path]


def _squares(poses: Pose) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Centers (..., 2) and sides (...)."""
    return poses.to_image(CENTER[None])[..., 0, :2], SIDE * np.asarray(poses.scale)


def _followed(values: NDArray[np.float64], times: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N, C) smoothed over time by a Gaussian of SECONDS, the ends held."""
    sigma = SECONDS / max(float(np.median(np.diff(times))), 1e-3)
    reach = int(3 * sigma)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    held = np.pad(values, ((reach, reach), (0, 0)), mode="edge")
    return np.column_stack([np.convolve(column, weights / weights.sum(), mode="valid") for column in held.T])
