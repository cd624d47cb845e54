# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The frame in which the actor's face says nothing: what all expression is measured from.

No rule finds it on every clip (an actor may smile from the first picture on), so it can always be overridden. Not for:
the shape itself, which is a mean of a few frames (capture.py).
"""

import numpy as np
from numpy.typing import NDArray

from ..faces import topology
from ..faces.face_frame import Pose, rotation_to_angles
from . import measures

OPENING_SECONDS = 0.3  # actors are asked to start neutral: a fair frame this early beats a better one later
PATIENCE = 1.2  # how much worse it may score than the best of the clip
_LARGEST_GAP = 0.35  # centimeters between the lips
_LEAST_OPENNESS = 0.75  # of the clip's median
_LARGEST_TURN = 22.0  # degrees of yaw plus pitch from the clip's median
OPENNESS = slice(4, 6)  # columns of describe_frames
_BROWS = (*topology.RIGHT_BROW_UPPER, *topology.LEFT_BROW_UPPER)


def describe_frames(shapes: NDArray, poses: Pose, landmarks: NDArray) -> NDArray[np.float32]:
    """What the choice needs to know of each frame, (T, 8), so that shapes need not stay in memory.

    Columns: yaw, pitch, roll (radians), mouth gap (cm), openness of the right and left eye, brow height (cm), gaze of
    both eyes to the picture's right (eye widths).
    """
    angles = np.radians(rotation_to_angles(poses.rotation))
    brow = -shapes[:, list(_BROWS), 1].mean(axis=1)
    look = measures.gaze(landmarks)[..., 0].mean(axis=1)
    gap, openness = measures.mouth_gap(shapes), measures.eye_openness(shapes)
    return np.column_stack([angles, gap, openness, brow, look]).astype(np.float32)


def choose_neutral(frames: NDArray, times: NDArray, is_seen: NDArray[np.bool_]) -> int:
    """The index of the neutral frame.

    frames: (T, 8) from `describe_frames`.   times: (T,) seconds.   is_seen: (T,), False where the face was lost.
    """
    seen = np.flatnonzero(is_seen)
    score = _score(frames[seen], times[seen])
    angles, gap, openness = frames[seen, :2], frames[seen, 3], frames[seen, 4:6]
    turn = np.degrees(np.abs(angles - np.median(angles, axis=0)).sum(axis=1))
    is_fair = (gap < _LARGEST_GAP) & (turn < _LARGEST_TURN)
    is_fair &= (openness > _LEAST_OPENNESS * np.median(openness, axis=0)).all(axis=1)
    is_fair &= times[seen] <= times[seen[0]] + OPENING_SECONDS
    is_fair &= score <= score.min() + PATIENCE
    candidates = np.flatnonzero(is_fair) if is_fair.any() else np.arange(len(seen))
    return int(seen[candidates[score[candidates].argmin()]])


def _score(frames: NDArray, times: NDArray) -> NDArray:
    """How little neutral each frame is."""
    angles, gap, openness, brow, look = frames[:, :3], frames[:, 3], frames[:, 4:6], frames[:, 6], frames[:, 7]
    turned = 3 * np.abs(angles[:, :2]).sum(axis=1) + np.abs(angles[:, 2])
    closed = np.maximum(0, 1 - openness / np.maximum(np.median(openness, axis=0), 1e-6)).sum(axis=1)
    frown = np.abs(brow - np.percentile(brow, 35))  # brows are raised more often than they are lowered
    averted = np.abs(look - np.median(look) / 2)  # an averted neutral would make the card squint all through the clip
    return turned + 2 * np.maximum(gap, 0) + 4 * closed + 1.5 * frown + 4 * averted + _speed(frames, times)


def _speed(frames: NDArray, times: NDArray) -> NDArray:
    if len(times) < 2:
        return np.zeros(len(times))
    change = np.abs(np.gradient(frames[:, [0, 1, 3, 6]], times, axis=0)).sum(axis=1)
    return change / 30  # per frame of usual footage
