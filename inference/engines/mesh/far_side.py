# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The far side of a turned face: skin that the picture hides, for when the head turns it into view.

Landmarks fold back behind the cheek's outline there, and a picture bent along them would show the near part of the
cheek again, mirrored, a second eye with it. Unfolded, the hidden skin continues the outline: plain, but not wrong.
"""

import numpy as np
from numpy.typing import NDArray

from ...faces import topology
from ...faces.face_frame import Pose
from .outer_mesh import smoothstep

_OUTER = 0.38  # radians around the head's axis from where on skin can hide behind the cheek's outline
_AXIS_DEPTH = 4.0  # centimeters behind the eyes' outer corners
_INSET = 0.02  # eye distances inside the outline: on it, skin is mixed with what lies behind
TURNS_INTO_VIEW = (1.5, 8.0)  # degrees


class FarSide:
    """The far side of one card.

    side: +1: what lies on the picture's right is far; -1: on its left.   rest, unfolded: (468, 2), source pixels, where
    the skin's vertices are, and are when the far side has come into view.
    """

    def __init__(self, landmarks: NDArray, pose: Pose, eye_distance_px: float) -> None:
        """landmarks: (478, 3), source pixels."""
        self.rest = landmarks[: topology.N_SKIN, :2].astype(np.float64)
        self.side = float(np.sign(pose.rotation[2, 0])) or 1.0  # +1: what lies on the picture's right is far
        axis = pose.rotation[:2, 0] / max(float(np.linalg.norm(pose.rotation[:2, 0])), 1e-6)
        outwards = self.side * (self.rest @ axis)
        along = self.rest @ np.array((-axis[1], axis[0]))
        outline = np.minimum(_outermost_before(outwards, self.side), _outline(outwards, along))
        hidden_by = outline - outwards
        inset = np.where(hidden_by > 1e-6, _INSET * eye_distance_px, 0.0)
        self.unfolded = self.rest + self.side * np.maximum(hidden_by - inset, 0)[:, None] * axis

    def source(self, yaw: float) -> NDArray[np.float64]:
        """Where the skin's vertices are in the source, (468, 2), for a head turned by `yaw` degrees against rest."""
        into_view = float(smoothstep(*TURNS_INTO_VIEW, -self.side * yaw))
        return self.rest + into_view * (self.unfolded - self.rest)


def _outermost_before(outwards: NDArray, side: float) -> NDArray[np.float64]:
    """For each vertex how far out (468,) the skin between it and the middle of the face reaches, at least its own."""
    x, _, z = topology.canonical_shape()[: topology.N_SKIN].T
    around = side * np.arctan2(x, _AXIS_DEPTH - z)
    edges = topology.triangles()[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2)
    edges = np.concatenate((edges, edges[:, ::-1]))
    inwards = edges[(around[edges[:, 1]] < around[edges[:, 0]]) & (around[edges[:, 1]] > _OUTER)]
    reach = outwards.copy()
    for vertex in np.argsort(around):
        if around[vertex] > _OUTER:
            before = inwards[inwards[:, 0] == vertex, 1]
            reach[vertex] = max(reach[vertex], *reach[before]) if len(before) else reach[vertex]
    return reach


def _outline(outwards: NDArray, along: NDArray) -> NDArray[np.float64]:
    """How far out (468,) the face reaches at the height of each vertex."""
    edges = topology.triangles()[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2)
    start, end = along[edges[:, 0]], along[edges[:, 1]]
    level = along[:, None]
    share = (level - start) / np.where(np.abs(end - start) < 1e-9, 1e-9, end - start)
    crossing = outwards[edges[:, 0]] + np.clip(share, 0, 1) * (outwards[edges[:, 1]] - outwards[edges[:, 0]])
    return np.where((share >= 0) & (share <= 1), crossing, -np.inf).max(axis=1)
