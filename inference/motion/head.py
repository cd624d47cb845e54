# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Head poses <-> the head channels: how the head stands against the neutral frame."""

import numpy as np
from numpy.typing import NDArray

from ...bridge.channels import HEAD
from ..faces.face_frame import Pose, angles_to_rotation, rotation_to_angles

NAMES = tuple(channel.name for channel in HEAD)  # yaw, pitch, roll, x, y, scale


def head_channels(poses: Pose, neutral: Pose, eye_distance_px: float) -> NDArray[np.float32]:
    """The head channels (T, 6), in the order of NAMES, of T poses against the neutral frame's."""
    angles = rotation_to_angles(poses.rotation @ neutral.rotation.T)
    x, y = ((poses.translation - neutral.translation)[:, :2] / eye_distance_px).T
    return np.column_stack([angles, x, -y, poses.scale / neutral.scale]).astype(np.float32)


def head_poses(channels: NDArray, neutral: Pose, eye_distance_px: float) -> Pose:
    """The poses of head channels (T, 6): the inverse of `head_channels`, but for depth, which no picture shows."""
    channels = np.asarray(channels, np.float64)
    shift = np.column_stack([channels[:, 3], -channels[:, 4], np.zeros(len(channels))]) * eye_distance_px
    return Pose(
        neutral.scale * channels[:, 5],
        angles_to_rotation(channels[:, :3]) @ neutral.rotation,
        neutral.translation + shift,
    )
