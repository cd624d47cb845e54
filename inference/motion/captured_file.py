# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing what was captured as a motion file with its take. Layout: ARCHITECTURE.md."""

import json
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...bridge.motion_file import write_motion_file
from ..faces.face_frame import Pose, angles_to_rotation, rotation_to_angles
from ..media.frame_rate import format_frame_rate
from .face_motion import PIECE, FaceMotion
from .take import VERSION

_DTYPES = {"f4": "F32", "f8": "F64", "i8": "I64", "u1": "U8"}
Textures = tuple[NDArray[np.int64], Iterable[bytes]]  # lengths (N,) and the bytes of each frame's


def write_captured(
    path: Path,
    metadata: dict[str, str],
    fps: Fraction,
    rows: NDArray[np.float32],
    found: NDArray[np.uint8],
    motion: FaceMotion,
    take: dict[str, NDArray],
    textures: Textures | None,
) -> None:
    """Write a motion file that holds its own take.

    rows: (M, C) at `fps`.   found: (M,).   take: take_time, take_found, take_shape, take_channels, see ARCHITECTURE.md.
    metadata: what is to be noted besides. Raises StorageError.
    """
    metadata = metadata | {
        "pastiche": "motion",
        "version": VERSION,
        "fps": format_frame_rate(fps),
        "first_frame": "1",
        "channels": json.dumps([*motion.names, "takeFrame", "takeDetail"]),
        "eye_distance_px": repr(motion.eye_distance_px),
        "neutral_frame": str(motion.neutral_frame),
        "neutral_pose": json.dumps(_pose_to_numbers(motion.neutral_pose)),
        "take": "",
    }
    arrays = {"channels": rows, "found": found, "take_neutral": motion.neutral, **take}
    tensors = {name: (_DTYPES[array.dtype.str[1:]], array.shape, _pieces(array)) for name, array in arrays.items()}
    if textures:
        offsets = np.concatenate([[0], np.cumsum(textures[0])]).astype(np.int64)
        tensors["take_texture_offsets"] = ("I64", offsets.shape, _pieces(offsets))
        tensors["take_texture"] = ("U8", (int(offsets[-1]),), textures[1])
    write_motion_file(path, metadata, tensors)


def neutral_pose_of(metadata: dict[str, str]) -> Pose:
    """The neutral frame's pose as a file notes it. Raises KeyError, ValueError."""
    yaw, pitch, roll, scale, x, y, z = np.array(json.loads(metadata["neutral_pose"]), np.float64)
    return Pose(scale, angles_to_rotation(np.array([yaw, pitch, roll])), np.array([x, y, z]))


def _pose_to_numbers(pose: Pose) -> list[float]:
    """Yaw, pitch, roll in degrees, pixels per centimeter, x, y, z in pixels."""
    return [float(number) for number in (*rotation_to_angles(pose.rotation), pose.scale, *pose.translation)]


def _pieces(array: NDArray) -> Iterator[bytes]:
    for first in range(0, len(array), PIECE):
        yield np.ascontiguousarray(array[first : first + PIECE]).tobytes()
