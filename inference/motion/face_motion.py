# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the landmarks of a whole clip to shapes and channels of every frame, against the actor's neutral frame.

Works in pieces of the clip, so that memory stays constant; only numbers (some hundred bytes per frame) are kept whole.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..faces import topology
from ..faces.face_frame import Pose, eye_distance, fit_pose
from . import measures
from .expression import expression_model
from .gaze import channels_of_gaze, combine_eyes
from .head import NAMES, head_channels
from .neutral import OPENNESS, choose_neutral, describe_frames
from .smoothing import margin_frames, smooth

PIECE = 512  # frames
NEUTRAL_SPREAD = 2  # frames on either side of the neutral one that its shape is the mean of


@dataclass(frozen=True)
class FaceMotion:
    """What an actor does.

    names: the channels of `channels` (N, C): expressions, then head.   neutral_frame: its index.
    neutral: (478, 3), face frame.   neutral_pose, eye_distance_px: of the neutral frame.
    """

    names: tuple[str, ...]
    channels: NDArray[np.float32]
    neutral_frame: int
    neutral: NDArray[np.float32]
    neutral_pose: Pose
    eye_distance_px: float


def read_face_motion(
    landmarks: NDArray[np.float32],
    times: NDArray[np.float64],
    is_seen: NDArray[np.bool_],
    neutral_time: float | None,
) -> FaceMotion:
    """The motion in smoothed landmarks (N, 478, 3), pixels, lost frames filled; may be mapped from disk.

    They are replaced, in place, by the actor's shapes: face frame, centimeters.
    times: (N,) seconds.   neutral_time: seconds of the neutral frame, None: choose one.
    """
    described, gaze = _survey(landmarks)
    if neutral_time is None:
        n = choose_neutral(described, times, is_seen)
    else:
        seen = np.flatnonzero(is_seen)
        n = int(seen[np.abs(times[seen] - neutral_time).argmin()])
    near_rows = slice(max(0, n - NEUTRAL_SPREAD), n + NEUTRAL_SPREAD + 1)
    near = landmarks[near_rows]
    neutral = fit_pose(near, topology.canonical_shape()).to_face(near).mean(axis=0).astype(np.float32)
    neutral_pose = fit_pose(landmarks[n], neutral)
    eye_distance_px = float(eye_distance(landmarks[n]))
    model = expression_model()
    openness = described[:, OPENNESS]
    looks = combine_eyes(gaze, openness)
    closed = measures.eye_closing(openness, openness[near_rows].mean(axis=0))
    look_rows = channels_of_gaze(looks - looks[n], model.names)
    rows = []
    for piece in _pieces(len(landmarks)):
        poses = fit_pose(landmarks[piece], neutral)
        landmarks[piece] = shapes = poses.to_face(landmarks[piece])
        values = model.encode(shapes - neutral, look_rows[piece], closed[piece])
        rows.append(np.column_stack([values, head_channels(poses, neutral_pose, eye_distance_px)]))
    channels = np.concatenate(rows).astype(np.float32)
    return FaceMotion(model.names + NAMES, channels, n, neutral, neutral_pose, eye_distance_px)


def smooth_pieces(landmarks: NDArray, times: NDArray, level: str) -> Iterator[NDArray[np.float32]]:
    """Smoothed landmarks, piece by piece; landmarks (N, 478, 3) may be mapped from disk."""
    margin = margin_frames(times, level)
    for piece in _pieces(len(times)):
        around = slice(max(0, piece.start - margin), piece.stop + margin)
        inside = slice(piece.start - around.start, piece.stop - around.start)
        yield smooth(landmarks[around], times[around], level)[inside]


def store_pieces(pieces: Iterable[NDArray[np.float32]], path: Path) -> NDArray[np.float32]:
    """Put pieces (n, 478, 3) one after the other into a file and map it, writable.

    They are written, not mapped, first: a full disk is then an OSError and not the end of the process.
    """
    with path.open("wb") as file:
        for piece in pieces:
            file.write(np.ascontiguousarray(piece, np.float32).data)
    return np.memmap(path, np.float32, "r+").reshape(-1, topology.N_LANDMARKS, 3)


def _survey(landmarks: NDArray) -> tuple[NDArray, NDArray]:
    """What neutral, gaze and blinks need to know of every frame: (N, 8), (N, 2, 2)."""
    described, gaze = [], []
    for piece in _pieces(len(landmarks)):
        part = np.array(landmarks[piece])
        poses = fit_pose(part, topology.canonical_shape())
        described.append(describe_frames(poses.to_face(part), poses, part))
        gaze.append(measures.gaze(part))
    return np.concatenate(described), np.concatenate(gaze)


def _pieces(count: int) -> Iterator[slice]:
    for first in range(0, count, PIECE):
        yield slice(first, min(first + PIECE, count))
