# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The opening between the lips in one frame: its outline, and the place of each pixel in it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...faces import topology
from ...motion.face_texture import MOUTH_LOWER, MOUTH_UPPER
from .box import Box
from .curves import closed_curve, filled

_INNER = np.array(topology.INNER_LIPS)
_LEFT_CORNER = 10  # of INNER_LIPS; 0 is the right one


@dataclass(frozen=True)
class MouthFrame:
    """box: the pixels around the opening.   mask: (h, w), 1 inside.   width, gap: of the opening, pixels.

    along, across: (h, w), 0..1 inside: from the subject's right corner to the left, from upper to lower lip.
    """

    box: Box
    mask: NDArray[np.float32]
    width: float
    gap: float
    along: NDArray[np.float32]
    across: NDArray[np.float32]


def mouth_frame(landmarks: NDArray, shape: tuple[int, ...]) -> MouthFrame | None:
    """landmarks: (478, 3), pixels of a picture of `shape` (H, W, ...). None where the opening cannot be seen."""
    ring = landmarks[_INNER, :2]
    right, left = landmarks[MOUTH_UPPER[0], :2], landmarks[MOUTH_UPPER[-1], :2]
    width = float(np.linalg.norm(left - right))
    gap = float(np.linalg.norm(landmarks[14, :2] - landmarks[13, :2]))
    box = Box.around(ring, 0.06 * width, shape)
    if box is None or gap < 0.25 or width < 2:
        return None
    outline = closed_curve(ring, corners=(0, _LEFT_CORNER)) - np.float32((box.left, box.top))
    mask = filled(outline, *box.size, 0.016 * width)
    along, across = _places(landmarks, box, right, (left - right) / width)
    return MouthFrame(box, mask, width, gap, along, across)


def _places(landmarks: NDArray, box: Box, origin: NDArray, axis: NDArray) -> tuple[NDArray, NDArray]:
    def level(points: tuple[int, ...]) -> tuple[NDArray, NDArray]:
        offset = landmarks[list(points), :2] - origin
        return offset @ axis, offset @ np.array((-axis[1], axis[0]))

    (upper_x, upper_y), (lower_x, lower_y) = level(MOUTH_UPPER), level(MOUTH_LOWER)
    knots = np.maximum.accumulate((upper_x + lower_x) / 2 + 1e-3 * np.arange(len(upper_x)))
    x = np.arange(box.left, box.right) + 0.5 - origin[0]
    y = np.arange(box.top, box.bottom)[:, None] + 0.5 - origin[1]
    position = axis[0] * x + axis[1] * y
    height = -axis[1] * x + axis[0] * y
    along = np.interp(position, knots, np.linspace(0, 1, len(knots)))
    top, bottom = np.interp(position, knots, upper_y), np.interp(position, knots, lower_y)
    across = (height - top) / np.maximum(np.abs(bottom - top), 0.5) * np.sign(bottom.mean() - top.mean())
    return along.astype(np.float32), across.astype(np.float32)
