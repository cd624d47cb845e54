# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mesh around the face: hair, ears, neck and shoulders, which follow the head less and less with distance.

Rings around the oval of the face, then a sparse lattice. Every vertex has a depth (the skull recedes behind the face)
and two weights: how far it turns with the head, and how far it shifts along (shoulders lean with a head that moves far,
and do so much further down than they turn). Weights follow anatomy, not the borders of the picture, which therefore do
not tear; only at the lower border, which cuts through the body, everything stays.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ...faces import topology

_RINGS = (1.12, 1.42)  # of the oval, about its center
_LATTICE = 0.36  # face units
_CLEAR_OF_RINGS = 1.6
LEANS = (0.04, 0.5)  # face units of shift from where to where the body comes along


@dataclass(frozen=True)
class OuterMesh:
    """Static vertices and how they follow. Lengths in source pixels; a face unit is the larger side of the oval's box.

    points: (K, 3), x, y, z.   triangles: (F, 3), indices into face oval (0..35) and then points (36 + k).
    turn, shift: (K,), 0..1, shift for a far move.   oval_share: (K, 36), how much of each oval vertex's own expression
    reaches the vertex.   unit: one face unit, pixels.
    """

    points: NDArray[np.float64]
    triangles: NDArray[np.int32]
    turn: NDArray[np.float64]
    shift: NDArray[np.float64]
    oval_share: NDArray[np.float64]
    unit: float

    def follow(self, turned: NDArray, shift: NDArray, oval_expression: NDArray) -> NDArray:
        """Where the vertices go, (K, 3).

        turned: (K, 3), the vertices had they turned and scaled with the head in place.   shift: (3,), pixels.
        oval_expression: (36, 3), what the oval's vertices moved beyond the head's own motion, pixels.
        """
        leaning = float(smoothstep(*LEANS, np.linalg.norm(shift) / self.unit))  # small moves leave the shoulders alone
        along = self.turn + leaning * (self.shift - self.turn)
        moved = self.points + self.turn[:, None] * (turned - self.points) + along[:, None] * shift
        return moved + self.oval_share @ oval_expression


def build_outer_mesh(landmarks: NDArray, up: NDArray, height: int) -> OuterMesh:
    """landmarks: (478, 3), pixels of a picture so high.   up: (2,), unit vector in it from chin to forehead."""
    oval = landmarks[list(topology.FACE_OVAL)].astype(np.float64)
    right = np.array((-up[1], up[0]))
    axes = np.stack((right, -up))  # face-aligned: x right, y down
    flat = oval[:, :2] @ axes.T
    low, high = flat.min(axis=0), flat.max(axis=0)
    center, unit = (low + high) / 2, (high - low).max()
    rings = [center + scale * (flat - center) for scale in _RINGS]
    lattice = _lattice(flat, low, high, center, unit)
    points = np.concatenate((*rings, lattice))
    triangles = np.concatenate((_ring_triangles(), _lattice_triangles(points, len(lattice))))
    turn, shift = _weights(points, low, high, unit)
    held = _held_by_lower_border(points @ axes, oval, height, unit)
    distance = _distance_outside(flat, points) / unit
    depth = _depth(points, flat, oval[:, 2], np.percentile(landmarks[:, 2], 97) + 0.15 * unit, distance, unit)
    share = _nearness(points, flat) * np.exp(-((distance / 0.12) ** 1.2))[:, None]
    return OuterMesh(np.column_stack((points @ axes, depth)), triangles, held * turn, held * shift, share, unit)


def _lattice(oval: NDArray, low: NDArray, high: NDArray, center: NDArray, unit: float) -> NDArray:
    x = np.arange(center[0] - 2.4 * unit, center[0] + 2.4 * unit, _LATTICE * unit)
    y = np.arange(low[1] - 2.4 * unit, high[1] + 3.0 * unit, _LATTICE * unit)
    points = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    hole = (center + _CLEAR_OF_RINGS * (oval - center)).astype(np.float32)
    return points[[cv2.pointPolygonTest(hole, (float(px), float(py)), False) < 0 for px, py in points]]


def _ring_triangles() -> NDArray[np.int32]:
    """Two triangles per quad between each ring and the next; the oval itself is the innermost ring."""
    n = len(topology.FACE_OVAL)
    here, after = np.arange(n), (np.arange(n) + 1) % n
    quads = [
        np.stack((ring * n + here, ring * n + after, (ring + 1) * n + after, (ring + 1) * n + here), 1)
        for ring in range(len(_RINGS))
    ]
    corners = np.concatenate(quads)
    return np.concatenate((corners[:, [0, 1, 2]], corners[:, [0, 2, 3]])).astype(np.int32)


def _lattice_triangles(points: NDArray, n_lattice: int) -> NDArray[np.int32]:
    """Delaunay triangles of the outermost ring and the lattice, but for those inside the ring."""
    n = len(topology.FACE_OVAL)
    outside = points[-n_lattice - n :].astype(np.float32)
    low, high = outside.min(axis=0) - 10, outside.max(axis=0) + 10
    subdivision = cv2.Subdiv2D((int(low[0]), int(low[1]), int(high[0] - low[0]) + 2, int(high[1] - low[1]) + 2))
    number = {}
    for index, (x, y) in enumerate(outside.tolist()):
        subdivision.insert((x, y))
        number[x, y] = index
    ring = outside[:n]
    triangles = []
    for ax, ay, bx, by, cx, cy in subdivision.getTriangleList().tolist():
        corners = [number.get(corner) for corner in ((ax, ay), (bx, by), (cx, cy))]
        middle = ((ax + bx + cx) / 3, (ay + by + cy) / 3)
        if None not in corners and cv2.pointPolygonTest(ring, middle, False) < 0:
            triangles.append(corners)
    return np.array(triangles, np.int32) + n * len(_RINGS)  # the oval, then all rings but the last come before


def _weights(points: NDArray, low: NDArray, high: NDArray, unit: float) -> tuple[NDArray, NDArray]:
    x = np.abs(points[:, 0] - (low[0] + high[0]) / 2) / unit
    above, below = (low[1] - points[:, 1]) / unit, (points[:, 1] - high[1]) / unit
    sideways = 1 - smoothstep(0.95, 1.9, x)
    over = 1 - smoothstep(1.3, 2.2, above)
    turn = sideways * over * (1 - smoothstep(-0.12, 0.75, below))
    shift = (1 - smoothstep(1.05, 2.3, x)) * over * (1 - smoothstep(0.0, 2.2, below))
    return turn, shift


def _held_by_lower_border(xy: NDArray, oval: NDArray, height: int, unit: float) -> NDArray:
    """0 at the lower border of the picture and beyond, 1 well above; as gradual as the room under the chin allows."""
    room = np.clip(height - oval[:, 1].max(), 0.08 * unit, 1.2 * unit)
    return smoothstep(0.0, 0.95 * room, height - xy[:, 1])


def _distance_outside(oval: NDArray, points: NDArray) -> NDArray:
    hull = cv2.convexHull(oval.astype(np.float32))
    return np.array([max(0.0, -cv2.pointPolygonTest(hull, (float(x), float(y)), True)) for x, y in points])


def _nearness(points: NDArray, oval: NDArray) -> NDArray:
    """(K, 36): inverse distance weights, power 3, that sum to 1."""
    distance = np.linalg.norm(points[:, None] - oval[None], axis=2)
    weights = 1 / np.maximum(distance, 1e-3) ** 3
    return weights / weights.sum(axis=1, keepdims=True)


def _depth(points: NDArray, oval: NDArray, oval_z: NDArray, skull_z: float, distance: NDArray, unit: float) -> NDArray:
    near = _nearness(points, oval) @ oval_z
    return near + (skull_z - near) * (1 - np.exp(-distance / 0.25))


def smoothstep(low: float, high: float, x: NDArray) -> NDArray:
    """0 up to `low`, 1 from `high` on, smooth between."""
    t = np.clip((x - low) * (1.0 / (high - low)), 0, 1)
    return t * t * (3 - 2 * t)
