# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be read off a face's points directly: how open eyes and mouth are, where the eyes look.

All take landmarks or shapes (..., 478, 2 or 3), in any unit, and leading batch axes. Eyes in the order right, left.
"""

import numpy as np
from numpy.typing import NDArray

from ..faces import topology

_MIDDLE = slice(1, 6)  # five of the seven lid points; those next to the corners hardly move
_EYES = (
    (topology.RIGHT_EYE_CORNERS, topology.RIGHT_UPPER_LID, topology.RIGHT_LOWER_LID, topology.RIGHT_IRIS),
    (topology.LEFT_EYE_CORNERS, topology.LEFT_UPPER_LID, topology.LEFT_LOWER_LID, topology.LEFT_IRIS),
)


def eye_openness(points: NDArray) -> NDArray:
    """Height of each eye's opening in widths of that eye, (..., 2); about 0.3 open, 0.05 closed."""
    return np.stack([_openness(points, *eye[:3]) for eye in _EYES], axis=-1)


def eye_closing(openness: NDArray, neutral: NDArray) -> NDArray:
    """How far each eye is shut, (T, 2), 0 as neutral, 1 shut, negative when wider.

    openness: (T, 2), of a whole clip.   neutral: (2,), openness of the neutral frame.
    The tracker never sees lids meet, so shut is as far as the actor goes, within reason: one who never blinks has eyes
    that can shut all the same.
    """
    shut = np.clip(np.percentile(openness, 1, axis=0), 0.2 * neutral, 0.45 * neutral)
    return (neutral - openness) / np.maximum(neutral - shut, 1e-6)


def mouth_gap(points: NDArray) -> NDArray:
    """Distance between the middles of the inner lips along y, (...), in the points' unit; negative when they cross."""
    upper, lower = (points[..., list(lip), 1].mean(axis=-1) for lip in ((82, 13, 312), (87, 14, 317)))
    return lower - upper


def gaze(points: NDArray) -> NDArray:
    """Where each eye looks in the plane of the points' x and y: (..., 2 eyes, 2) in eye widths.

    The iris center from the middle of the eye's corners: to the picture's right along the line of the corners, then
    down across it. Measured in the image, depth does not disturb it; relative to a neutral frame it is gaze.
    """
    return np.stack([_gaze(points[..., :2], corners, iris[0]) for corners, _, _, iris in _EYES], axis=-2)


def _openness(points: NDArray, corners: tuple, upper: tuple, lower: tuple) -> NDArray:
    gaps = points[..., list(upper[_MIDDLE]), :] - points[..., list(lower[_MIDDLE]), :]
    width = np.linalg.norm(points[..., corners[0], :] - points[..., corners[1], :], axis=-1)
    return np.linalg.norm(gaps, axis=-1).mean(axis=-1) / width


def _gaze(xy: NDArray, corners: tuple, iris: int) -> NDArray:
    left, right = sorted(corners, key=lambda i: topology.canonical_shape()[i, 0])  # as seen
    axis = xy[..., right, :] - xy[..., left, :]
    offset = xy[..., iris, :] - (xy[..., left, :] + xy[..., right, :]) / 2
    squared_width = (axis**2).sum(axis=-1)
    along = (offset * axis).sum(axis=-1)
    across = offset[..., 1] * axis[..., 0] - offset[..., 0] * axis[..., 1]
    return np.stack([along, across], axis=-1) / squared_width[..., None]
