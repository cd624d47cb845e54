# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Head channels -> how the card's head turns, within what its picture can show.

A picture has one side of a face. Turning it far shows what is not there: smeared cheeks, a doubled eye. So turns are
exact while small and give way softly towards a limit, which is nearer where the picture is itself turned: a face in
three-quarter view has little of its far side to turn into the light. And the lower border cuts the body off: a head
that rose far above it would stretch its neck, so how far it shifts depends on the room below the chin.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...faces.face_frame import Pose, angles_to_rotation, rotation_to_angles

EXACT, EXACT_SHIFT = 0.6, 0.85  # share of a limit up to which turns and shifts are not touched
_MAX_YAW, _MAX_PITCH, MAX_ROLL = 54.0, 42.0, 45.0  # degrees from facing the viewer
_TURNED = (10.0, 32.0)  # degrees of the picture's own yaw: where the far side begins to be missing, and is missing
_UPWARDS, _SIDEWAYS = (1.3, 0.25), (2.0, 0.9)  # limits of a shift: part of the room under the chin, plus eye distances
_FREE, _CUT_ABOVE = 10.0, 0.5  # eye distances down: what channels can ask for, and where there is no more hair to show
_TOWARDS_VIEWER = 0.36  # of the limit, for a picture that is fully turned


def soft_limit(value: float, low: float, high: float, exact: float = EXACT) -> float:
    """`value`, approaching `low` (< 0) and `high` (> 0) without a kink and never passing them.

    exact: the share of either limit up to which the value is not touched.
    """
    limit = high if value > 0 else -low
    knee = exact * limit
    if limit <= 0:
        return 0.0
    excess = abs(value) - knee
    return value if excess <= 0 else float(np.sign(value) * (knee + (limit - knee) * np.tanh(excess / (limit - knee))))


@dataclass(frozen=True)
class Room:
    """below_chin_px: between the chin and the lower border.   is_cut_above: the upper border cuts through the head."""

    below_chin_px: float
    is_cut_above: bool


class HeadMotion:
    """The head of one card."""

    def __init__(self, rest: Pose, eye_distance_px: float, room: Room, turn_limit: float, gain: float) -> None:
        """rest: the card's own pose.   turn_limit, gain: see MeshSettings."""
        self._rest, self._eye_distance, self.gain = rest, eye_distance_px, gain
        below = max(room.below_chin_px, 0.0)
        self.lowest_px = eye_distance_px * (_CUT_ABOVE if room.is_cut_above else _FREE)
        self.highest_px, self.widest_px = (
            part * below + least * eye_distance_px for part, least in (_UPWARDS, _SIDEWAYS)
        )
        yaw, pitch, _ = rotation_to_angles(rest.rotation)
        self.yaw_limits = _yaw_limits(float(yaw), turn_limit)
        self.pitch_limits = _limits(float(pitch), 0.8 * turn_limit, _MAX_PITCH)
        self.is_turned = abs(yaw) > sum(_TURNED) / 2
        self.own_yaw = float(yaw)

    def angles(self, channels: Mapping[str, float]) -> NDArray[np.float64]:
        """Yaw, pitch, roll against rest, degrees, after gain and limits."""
        yaw, pitch, roll = (self.gain * channels.get(name, 0.0) for name in ("headYaw", "headPitch", "headRoll"))
        return np.array(
            (
                soft_limit(yaw, *self.yaw_limits),
                soft_limit(pitch, *self.pitch_limits),
                soft_limit(roll, -MAX_ROLL, MAX_ROLL),
            )
        )

    def pose(self, channels: Mapping[str, float]) -> tuple[Pose, NDArray[np.float64]]:
        """The head turned and scaled in place, and how far it then shifts: (3,), pixels."""
        rotation = angles_to_rotation(self.angles(channels)) @ self._rest.rotation
        scale = self._rest.scale * max(channels.get("headScale", 1.0), 0.05) ** self.gain
        x, y = (self.gain * channels.get(name, 0.0) * self._eye_distance for name in ("headX", "headY"))
        x = soft_limit(x, -self.widest_px, self.widest_px, EXACT_SHIFT)
        y = soft_limit(y, -self.lowest_px, self.highest_px, EXACT_SHIFT)
        return Pose(scale, rotation, self._rest.translation), np.array((x, -y, 0.0))


def _yaw_limits(own: float, limit: float) -> tuple[float, float]:
    low, high = _limits(own, limit, _MAX_YAW)
    turned = np.clip((abs(own) - _TURNED[0]) / (_TURNED[1] - _TURNED[0]), 0, 1)
    towards = limit * (1 - (1 - _TOWARDS_VIEWER) * turned)
    return (max(low, -towards), high) if own > 0 else (low, min(high, towards))


def _limits(own: float, limit: float, furthest: float) -> tuple[float, float]:
    """Around the picture's own angle; a third of the limit is always allowed."""
    return -min(limit, max(furthest + own, limit / 3)), min(limit, max(furthest - own, limit / 3))
