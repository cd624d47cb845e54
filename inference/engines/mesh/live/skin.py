# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The skin of a live card: the face with holes for eyes and mouth, what surrounds it, and which lips and lids pair."""

import numpy as np
from numpy.typing import NDArray

from ....faces import topology
from .. import lids, lips
from ..card_mesh import CardMesh
from ..far_side import FarSide
from .keys import Moves
from .part import Part, facing, no_pairs

_BEHIND = 1.5  # centimeters: the face covers what surrounds it


def skin_part(mesh: CardMesh, far_side: FarSide, moves: Moves, size: tuple[int, int]) -> Part:
    """478 landmarks, then the surroundings; irises and what is in the holes belong to no triangle."""
    outer = mesh.outer
    around = np.concatenate((topology.FACE_OVAL, topology.N_LANDMARKS + np.arange(len(outer.points))))[outer.triangles]
    face = topology.triangles()[: -topology.N_OPENING_TRIANGLES]
    points = np.concatenate((mesh.landmarks, outer.points))
    far = np.zeros((len(points), 2))
    far[: topology.N_SKIN] = (far_side.unfolded - far_side.rest) * (1 / size[0], -1 / size[1])
    ones, zeros = np.ones(topology.N_LANDMARKS), np.zeros(topology.N_LANDMARKS)
    behind = np.full(len(outer.points), _BEHIND * float(mesh.pose.scale))
    return Part(
        points,
        np.concatenate((facing(points, around), face)),
        np.concatenate((moves.landmarks, moves.around), axis=1),
        picture_uv(points, size),
        "SKIN",
        layer=np.concatenate((zeros, behind)),
        turn=np.concatenate((ones, outer.turn)),
        lean=np.concatenate((zeros, outer.shift - outer.turn)),
        far=far,
        pairs=np.concatenate((pairs_of_landmarks(mesh), no_pairs(len(outer.points)))),
    )


def opening_part(
    mesh: CardMesh, moves: Moves, size: tuple[int, int], which: slice, signal: str, fade: tuple[float, float]
) -> Part:
    """What the picture itself shows in an eye or between the lips. which: of the opening triangles, fade: see Part."""
    corners = topology.triangles()[-topology.N_OPENING_TRIANGLES :][which]
    used, triangles = np.unique(corners, return_inverse=True)
    points = mesh.landmarks[used]
    return Part(
        points,
        triangles.reshape(-1, 3),
        moves.landmarks[:, used],
        picture_uv(points, size),
        "SKIN",
        pairs=pairs_of_landmarks(mesh)[used],
        signal=signal,
        fade=fade,
    )


def pairs_of_landmarks(mesh: CardMesh) -> NDArray[np.float64]:
    """(478, 3), see Part: upper lids stay above lower lids; lips share what keeps them apart."""
    pairs = no_pairs(topology.N_LANDMARKS)
    for eye in (lids.RIGHT, lids.LEFT):
        pairs[eye.upper] = np.column_stack((eye.lower, np.ones(7), np.zeros(7)))
    least = np.minimum(lips.gap(mesh.shape), 0) * mesh.pose.scale
    pairs[lips.UPPER] = np.column_stack((lips.LOWER, np.full(9, 0.5), least))
    pairs[lips.LOWER] = np.column_stack((lips.UPPER, np.full(9, -0.5), least))
    return pairs


def picture_uv(points: NDArray, size: tuple[int, int]) -> NDArray[np.float64]:
    """Where points (n, 3) of a picture of (width, height) are on it."""
    return np.column_stack((points[:, 0] / size[0], 1 - points[:, 1] / size[1]))
