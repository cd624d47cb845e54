# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A portrait as a live card: all its parts in one mesh, its textures, and what the head needs to turn.

The same choices as the engine's (card.py), so that both show the same face. Not for: drawing it, which Blender does
(scene/live_mesh.py), nor the footage's own detail, which only the engine draws.
"""

import json
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ....faces import topology
from ....portrait import Portrait
from .. import lids
from ..background_plate import WORKING_SIDE
from ..card import Card
from ..card_mesh import CardMesh
from ..composite import continued
from ..far_side import TURNS_INTO_VIEW
from ..performance import Interpreter
from ..settings import MeshSettings
from .atlas import Atlas, as_bytes
from .clipping import clipped
from .eyes import eye_parts, own_eye_fade
from .keys import moves_of
from .mouth import mouth_parts, own_mouth_fade
from .part import SIGNALS, SLOTS, Part
from .skin import opening_part, skin_part

VERSION = "1"
_BEYOND_BORDER = 0.35  # eye distances: what a head that moves can bring into view
_BAND, _BANDS = 0.2, 6  # eye distances, number: what a head that moves can take out of it, and how finely it is cut off
_EYES = (lids.RIGHT, lids.LEFT)


@dataclass(frozen=True)
class LiveCard:
    """metadata, tensors: for a file of named tensors (ARCHITECTURE.md says which).

    inside: (h, w, 4), the atlas.   plate: (h, w, 4), the picture without the person, or None.   around: (h, w, 4), how
    much is person (red) and how much of the plate is guessed (green), or None.
    """

    metadata: dict[str, str]
    tensors: dict[str, NDArray]
    inside: NDArray[np.uint8]
    plate: NDArray[np.uint8] | None
    around: NDArray[np.uint8] | None


def make_live_card(portrait: Portrait, settings: MeshSettings) -> LiveCard:
    """Half a second at 1024 pixels."""
    card = Card(portrait, settings)
    size = portrait.image.shape[1::-1]
    moves = moves_of(card.mesh, Interpreter(card.head, settings))
    atlas = Atlas()
    eyes = [eye_parts(card, moves, atlas, which, eye) for which, eye in enumerate(_EYES)]
    openings = ((slice(0, 14), "RIGHT_EYE"), (slice(14, 28), "LEFT_EYE"))
    parts = [
        _on_picture(card, skin_part(card.mesh, card.far_side, moves, size), size),  # first: begins with the landmarks
        *(opening_part(card.mesh, moves, size, which, name, own_eye_fade()) for which, name in openings),
        opening_part(card.mesh, moves, size, slice(28, None), "MOUTH", own_mouth_fade(card)),
        *mouth_parts(card, moves, atlas),
        *(part for of_eye in eyes for part in of_eye),
    ]
    metadata = {
        "pastiche": "live",
        "version": VERSION,
        "size": json.dumps(list(size)),
        "keys": json.dumps(moves.names),
        "portrait": portrait.sha256,
    }
    tensors = {**_joined(parts), "head": _head(card)}
    return LiveCard(metadata, tensors, atlas.picture(), *_surroundings(card))


def _on_picture(card: Card, skin: Part, size: tuple[int, int]) -> Part:
    """The skin as far as the picture goes, and beyond where the border cuts through what moves; in bands along it."""
    reach = _BEYOND_BORDER * card.mesh.eye_distance_px
    if card.coverage is None:
        cut = np.ones(3)
    else:
        person = continued(card.coverage)
        cut = np.array([edge.max() > 0 for edge in (person[:, 0], person[0], person[:, -1])])  # left, top, right
    left, top, right = reach * cut
    bands = _BAND * card.mesh.eye_distance_px * np.arange(_BANDS)
    lines = tuple(np.concatenate((bands, side - bands)) for side in size)
    return clipped(skin, np.array((-left, -top)), np.array((size[0] + right, size[1])), lines, topology.N_LANDMARKS)


def _joined(parts: list[Part]) -> dict[str, NDArray]:
    counts = [len(part.points) for part in parts]
    first = np.cumsum([0, *counts[:-1]])
    each = list(zip(parts, counts, strict=True))
    triangles = [part.triangles + start for part, start in zip(parts, first, strict=True)]
    slots = [np.full(len(part.triangles), SLOTS.index(part.slot), np.uint8) for part in parts]
    follow = [
        np.column_stack(
            (
                np.ones(n) if part.turn is None else part.turn,
                np.zeros(n) if part.lean is None else part.lean,
                np.broadcast_to(part.layer, n),
            )
        )
        for part, n in each
    ]
    pairs = [np.tile((-1.0, 0, 0), (n, 1)) if part.pairs is None else part.pairs for part, n in each]
    signals = [np.tile([float(name == part.signal) for name in SIGNALS], (n, 1)) for part, n in each]
    arrays = {
        "points": [part.points for part in parts],
        "uv": [part.uv() if callable(part.uv) else part.uv for part in parts],
        "follow": follow,
        "pairs": pairs,
        "signals": signals,
        "far": [np.zeros((n, 2)) if part.far is None else part.far for part, n in each],
        "fade": [np.tile(part.fade, (n, 1)) for part, n in each],
    }
    order = np.argsort(np.concatenate(slots), kind="stable")
    return {
        **{name: np.concatenate(pieces).astype(np.float32) for name, pieces in arrays.items()},
        "keys": np.concatenate([part.moves for part in parts], axis=1).astype(np.float32),
        "triangles": np.concatenate(triangles).astype(np.int32)[order],
        "slots": np.concatenate(slots)[order],
    }


def _head(card: Card) -> NDArray[np.float32]:
    """(11, 3), source pixels, x right, y down, z away, and degrees; row by row:

    pivot; down, a unit vector of the face; yaw limits and gain; pitch limits; shift limits sideways, down, up; eye
    distance, face unit; openings of the lids and of the lips at rest; widths of the eyes and half that of the mouth;
    from the middle of the corners to the iris, right eye, left eye; which side is far, and degrees between which it
    comes into view.
    """
    head, mesh, landmarks = card.head, card.mesh, card.landmarks
    down = mesh.pose.rotation[:, 1]
    heights = [float((landmarks[eye.lower[3]] - landmarks[eye.upper[3]]) @ down) for eye in _EYES]
    widths = [float(np.linalg.norm(np.subtract(*landmarks[list(eye.corners)]))) for eye in _EYES]
    irises = [landmarks[eye.iris[0]] - landmarks[list(eye.corners)].mean(axis=0) for eye in _EYES]
    rows = (
        mesh.pose.translation,
        down,
        (*head.yaw_limits, head.gain),
        (*head.pitch_limits, 0.0),
        (head.widest_px, head.lowest_px, head.highest_px),
        (mesh.eye_distance_px, mesh.outer.unit, 0.0),
        (*heights, float((landmarks[14] - landmarks[13]) @ down)),
        (*widths, card.mouth.arch * float(mesh.pose.scale)),
        *irises,
        (card.far_side.side, *TURNS_INTO_VIEW),
    )
    return np.array(rows, np.float32)


def _surroundings(card: Card) -> tuple[NDArray[np.uint8] | None, NDArray[np.uint8] | None]:
    """Plate and shares, no larger than anything in them can be seen; nothing is guessed where nothing can move."""
    if card.coverage is None:
        return None, None
    height, width = card.coverage.shape
    scale = min(1.0, WORKING_SIDE / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    person = cv2.resize(card.coverage, size, interpolation=cv2.INTER_AREA)
    guessed = np.zeros_like(person)
    plate = None
    if card.plate is not None:
        plate = cv2.resize(as_bytes(card.plate.pixels), size, interpolation=cv2.INTER_AREA)
        guessed = cv2.resize(card.plate.share, size, interpolation=cv2.INTER_AREA) * _can_move(card.mesh, size, scale)
    shares = as_bytes(np.dstack((person, guessed, np.zeros_like(person), np.ones_like(person))))
    shares[..., 0] = continued(person)
    return plate, shares


def _can_move(mesh: CardMesh, size: tuple[int, int], scale: float) -> NDArray[np.uint8]:
    """1 where triangles are that the head takes along, (h, w)."""
    mask = np.zeros(size[::-1], np.uint8)
    outer = mesh.outer
    moves = np.concatenate((np.ones(topology.N_SKIN, bool), (outer.turn > 0) | (outer.shift > 0)))
    for triangle in mesh.triangles[moves[mesh.triangles].any(axis=1)]:
        cv2.fillConvexPoly(mask, np.rint(mesh.vertices[triangle, :2] * scale).astype(np.int32), 1)
    return mask
