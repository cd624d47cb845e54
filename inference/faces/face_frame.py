# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a head stands in its picture: the similarity between image landmarks and the face frame, and its angles.

Face frame: centimeters, x right, y down, z away, of a face that looks at the camera; `X = R^T (L - t) / s`. Everything
takes leading batch axes. Method: Umeyama, "Least-squares estimation of transformation parameters between two point
patterns" (1991), weighted, over landmarks that expressions hardly move.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import topology


@dataclass(frozen=True)
class Pose:
    """Head poses: scale (...) in pixels per centimeter, rotation (..., 3, 3), translation (..., 3) in pixels."""

    scale: NDArray[np.float64]
    rotation: NDArray[np.float64]
    translation: NDArray[np.float64]

    def to_face(self, landmarks: NDArray) -> NDArray:
        """Image landmarks (..., N, 3), pixels, to the face frame, centimeters."""
        scale = np.asarray(self.scale)[..., None, None]
        return (landmarks - self.translation[..., None, :]) @ self.rotation / scale

    def to_image(self, shape: NDArray) -> NDArray:
        """A shape in the face frame (..., N, 3), centimeters, to image landmarks, pixels."""
        scale = np.asarray(self.scale)[..., None, None]
        return scale * (shape @ np.swapaxes(self.rotation, -1, -2)) + self.translation[..., None, :]

    def __getitem__(self, index: object) -> "Pose":
        """The pose of one frame, or of some, of a batch."""
        return Pose(self.scale[index], self.rotation[index], self.translation[index])


def fit_pose(landmarks: NDArray, shape: NDArray, is_known: NDArray[np.bool_] | None = None) -> Pose:
    """The pose that brings `shape` closest to `landmarks`, over the rigid points (topology.RIGID), never mirrored.

    landmarks: (..., 478, 3) or (..., 468, 3), pixels.   shape: (478, 3) or (468, 3), face frame.
    is_known: which of the rigid points count, None: all.
    """
    rigid = list(topology.RIGID)
    weights = np.array(topology.RIGID_WEIGHTS)[:, None]
    if is_known is not None:
        weights = weights * is_known[:, None]
    weights = weights / weights.sum()
    target = np.asarray(landmarks, np.float64)[..., rigid, :]
    source = np.asarray(shape, np.float64)[rigid]
    target_center = (weights * target).sum(axis=-2)
    source_center = (weights * source).sum(axis=-2)
    target = target - target_center[..., None, :]
    source = source - source_center
    u, singular, vt = np.linalg.svd(np.swapaxes(target, -1, -2) @ (weights * source))  # (..., 3, 3)
    sign = np.ones_like(singular)
    sign[..., 2] = np.sign(np.linalg.det(u) * np.linalg.det(vt))  # a reflection is not a head
    rotation = (u * sign[..., None, :]) @ vt
    scale = (singular * sign).sum(axis=-1) / (weights * source**2).sum()
    translation = target_center - scale[..., None] * (rotation @ source_center)
    return Pose(scale, rotation, translation)


def rotation_to_angles(rotation: NDArray) -> NDArray:
    """Rotations (..., 3, 3) to (..., 3) degrees: yaw to the picture's right, pitch up, roll clockwise (the channels').

    `rotation = Z(roll) Y(-yaw) X(-pitch)` with x right, y down, z away; exact for |yaw| < 90.
    """
    pitch = -np.arctan2(rotation[..., 2, 1], rotation[..., 2, 2])
    yaw = np.arcsin(np.clip(rotation[..., 2, 0], -1, 1))
    roll = np.arctan2(rotation[..., 1, 0], rotation[..., 0, 0])
    return np.degrees(np.stack([yaw, pitch, roll], axis=-1))


def angles_to_rotation(angles: NDArray) -> NDArray:
    """Inverse of `rotation_to_angles`: (..., 3) degrees (yaw, pitch, roll) to (..., 3, 3)."""
    yaw, pitch, roll = np.moveaxis(np.radians(np.asarray(angles, np.float64)), -1, 0)
    sin_yaw, cos_yaw, sin_pitch, cos_pitch = np.sin(-yaw), np.cos(yaw), np.sin(-pitch), np.cos(pitch)
    sin_roll, cos_roll = np.sin(roll), np.cos(roll)
    rows = [
        [cos_roll * cos_yaw, cos_roll * sin_yaw * sin_pitch - sin_roll * cos_pitch,
         cos_roll * sin_yaw * cos_pitch + sin_roll * sin_pitch],
        [sin_roll * cos_yaw, sin_roll * sin_yaw * sin_pitch + cos_roll * cos_pitch,
         sin_roll * sin_yaw * cos_pitch - cos_roll * sin_pitch],
        [-sin_yaw, cos_yaw * sin_pitch, cos_yaw * cos_pitch],
    ]  # fmt: skip
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def eye_distance(landmarks: NDArray) -> NDArray:
    """Distance between the outer eye corners in the image plane, (...), in the landmarks' unit."""
    return np.linalg.norm(landmarks[..., 33, :2] - landmarks[..., 263, :2], axis=-1)
