# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A card as a mesh: face, surroundings, and where every vertex is when a performance plays it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...faces import topology
from ...faces.face_frame import Pose
from . import lids, lips
from .outer_mesh import build_outer_mesh
from .raster import Grid
from .skin_rows import SkinRows
from .survey import EVERY
from .transfer import region_ratio

# Of the sampling grid; the figures of benchmarks/mesh_quality.py do not gain from more. In a small face, where a cell
# would be a single pixel, fewer are enough.
_CELLS_PER_EYE_DISTANCE, _CELLS_IN_SMALL_FACES = 60, 36
_OVAL = np.array(topology.FACE_OVAL)
_AROUND_LIPS = SkinRows(topology.OUTER_LIPS, topology.INNER_LIPS, count=2, axes=(1, 1))
_AROUND_EYES = tuple(
    SkinRows(ring, (), count=4, axes=(0, 1)) for ring in (topology.RIGHT_LID_RING, topology.LEFT_LID_RING)
)


@dataclass(frozen=True)
class Performance:
    """What a frame asks of a card, engine's own terms, gains applied.

    neutral, shape: (478, 3), the actor at rest and now, face frame.   lid_ratio: right, left; 0 shut, 1 as at rest.
    gaze: (2, 2), right and left iris, how far it moved to the picture's right and down, in widths of that eye.
    head: the head turned and scaled in place.   yaw: of that turn, degrees.   shift: (3,), pixels.
    """

    neutral: NDArray
    shape: NDArray
    lid_ratio: tuple[float, float]
    gaze: NDArray
    head: Pose
    yaw: float
    shift: NDArray


@dataclass(frozen=True)
class PlayedMesh:
    """A card's mesh in one frame.

    shape: (478, 3), face frame, before the head moves.   landmarks: (478, 3), vertices: (V, 3), source pixels.
    turn: (2, 2), how the head's turn and scale change directions in the picture, against rest.
    """

    shape: NDArray
    landmarks: NDArray
    vertices: NDArray
    turn: NDArray


def face_unit_px(landmarks: NDArray) -> float:
    """The longer side of the box around the face's oval; landmarks: (478, 3), pixels."""
    return float(np.ptp(landmarks[_OVAL, :2], axis=0).max())


class CardMesh:
    """The geometry of one source.

    Vertices: 468 of the face, then those around it, `outer`. `layer`: 0 around, 1 face.
    """

    def __init__(self, landmarks: NDArray, pose: Pose, height: int) -> None:
        """landmarks: (478, 3), pixels of a source so high."""
        self.pose = pose
        self.landmarks = landmarks.astype(np.float64)
        self.shape = pose.to_face(self.landmarks)
        up = -pose.rotation[:2, 1] / np.linalg.norm(pose.rotation[:2, 1])
        self.outer = build_outer_mesh(self.landmarks, up, height)
        self._outer_shape = pose.to_face(self.outer.points)
        around = np.concatenate((_OVAL, topology.N_SKIN + np.arange(len(self.outer.points))))[self.outer.triangles]
        face = topology.triangles()
        self.triangles = np.concatenate((around, face)).astype(np.int32)
        self.layer = np.repeat((0, 1), (len(around), len(face)))
        self.vertices = np.concatenate((self.landmarks[: topology.N_SKIN], self.outer.points))
        self.eye_distance_px = float(np.linalg.norm(self.landmarks[33, :2] - self.landmarks[263, :2]))
        self.unit_px = face_unit_px(landmarks)
        self._ratio_of: tuple[int, NDArray] | None = None

    def grid(self, width: int, height: int) -> Grid:
        """The sampling grid over everything that can move."""
        moves = self.outer.points[(self.outer.turn > 0) | (self.outer.shift > 0), :2]
        margin = 0.3 * self.unit_px
        low, high = np.maximum(moves.min(axis=0) - margin, 0), np.minimum(moves.max(axis=0) + margin, (width, height))
        usual = round(self.eye_distance_px / _CELLS_PER_EYE_DISTANCE)
        step = max(1, usual, min(2, int(self.eye_distance_px / _CELLS_IN_SMALL_FACES)))
        return Grid.over(int(low[0]), int(low[1]), int(np.ceil(high[0])), int(np.ceil(high[1])), step, EVERY)

    def play(self, performance: Performance, may_cross: bool = False) -> PlayedMesh:
        """The card as the performance asks.

        may_cross: lips that are pressed together cross instead, so that displacements can be added up (live_keys.py).
        """
        head, shift = performance.head, performance.shift
        shape = self._shape(performance, may_cross)
        turned = head.to_image(shape)
        expression = turned[_OVAL] - head.to_image(self.shape[_OVAL])
        around = self.outer.follow(head.to_image(self._outer_shape), shift, expression)
        landmarks = turned + shift
        turn = (head.scale * head.rotation @ self.pose.rotation.T / self.pose.scale)[:2, :2]
        return PlayedMesh(shape, landmarks, np.concatenate((landmarks[: topology.N_SKIN], around)), turn)

    def _shape(self, performance: Performance, may_cross: bool) -> NDArray:
        expression = performance.shape - performance.neutral
        shape = self.shape + self._ratio(performance.neutral) * expression
        scale = lips.lower_face_height(self.shape) / lips.lower_face_height(performance.neutral)
        opening = lips.gap(performance.shape) - np.maximum(lips.gap(performance.neutral), 0)
        lips.open_by(shape, lips.wanted_gap(self.shape, opening * scale, may_cross))
        if not may_cross or opening.min() > -0.05:
            _AROUND_LIPS.keep_outside(shape, self.shape)
        for eye, ratio in zip((lids.RIGHT, lids.LEFT), performance.lid_ratio, strict=True):
            lids.place(shape, self.shape, eye, ratio)
        for rows in _AROUND_EYES:
            rows.keep_outside(shape, self.shape)
        for eye, (along, across) in zip((lids.RIGHT, lids.LEFT), performance.gaze, strict=True):
            self._look(shape, eye, along, across)
        return shape

    def _look(self, shape: NDArray, eye: lids.Eye, along: float, across: float) -> None:
        """Irises keep their place between the eye's corners, but for the gaze."""
        outer, inner = (shape[corner] for corner in eye.corners)
        rest_outer, rest_inner = (self.shape[corner] for corner in eye.corners)
        width = np.linalg.norm((rest_outer - rest_inner)[:2])
        carried = (outer + inner - rest_outer - rest_inner) / 2
        shape[eye.iris] = self.shape[eye.iris] + carried + width * np.array((along, across, 0.0))

    def _ratio(self, neutral: NDArray) -> NDArray:
        if self._ratio_of is None or self._ratio_of[0] is not neutral:
            self._ratio_of = (neutral, region_ratio(self.shape, neutral))
        return self._ratio_of[1]
