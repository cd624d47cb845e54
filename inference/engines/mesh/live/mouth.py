# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inside of a live card's mouth: the painted mouth's layers, each moving by itself behind the lips."""

import numpy as np
from numpy.typing import NDArray

from ....faces import topology
from .. import lips
from ..card import Card
from ..mouth import OPENS, OWN_LASTS
from ..mouth_paint import MouthLayer
from .atlas import Atlas, as_bytes
from .keys import Moves
from .part import ALWAYS, CORNERS, QUAD, Part

_LIT_AS_OPEN = 0.8  # arches
_DEPTHS = (3.2, 2.9, 2.6, 2.3, 2.0)  # centimeters behind the lips, layer by layer
_BEYOND = 1.12  # what fills the opening reaches a little behind the lips
_RING = np.array(topology.INNER_LIPS)


def mouth_parts(card: Card, moves: Moves, atlas: Atlas) -> list[Part]:
    """The backmost first."""
    layers = card.mouth.painted.layers(_LIT_AS_OPEN)
    return [_layer(card, moves, atlas, layer, depth) for layer, depth in zip(layers, _DEPTHS, strict=True)]


def own_mouth_fade(card: Card) -> tuple[float, float]:
    """When the picture's own mouth gives way to the painted one, heights of the opening in arches."""
    mouth, shape = card.mouth, card.mesh.shape
    if mouth.own_gap > 0:
        first, last = (share * mouth.own_gap / mouth.arch for share in OWN_LASTS)
    else:
        own = max(float(lips.gap(shape)[4]), 0.0) / mouth.arch
        first, last = (own + 2 * share for share in OPENS)
    return last, first


def _layer(card: Card, moves: Moves, atlas: Atlas, layer: MouthLayer, depth: float) -> Part:
    region = atlas.add(as_bytes(layer.picture))
    behind = depth * float(card.mesh.pose.scale)
    signal, fade = ("MOUTH", layer.appears) if layer.appears else ("", ALWAYS)
    if layer.box is None:
        return _filling(card, moves, region, behind)
    left, top, right, bottom = layer.box
    places = (left, top) + CORNERS * (right - left, bottom - top)
    shape = card.mouth.closed + card.mouth.arch * np.column_stack((places, np.zeros(4)))
    follow = moves.jaw if layer.is_on_jaw else np.zeros_like(moves.jaw)
    return Part(
        card.mesh.pose.to_image(shape),
        QUAD,
        np.repeat(follow[:, None], 4, axis=1),
        lambda: region.uv(CORNERS),
        "INSIDE",
        behind,
        signal=signal,
        fade=fade,
    )


def _filling(card: Card, moves: Moves, region, behind: float) -> Part:
    """From lip to lip, whatever the lips do."""
    corners = topology.triangles()[-18:]
    number = {landmark: index for index, landmark in enumerate(_RING)}
    triangles = np.vectorize(number.__getitem__)(corners)
    along = np.concatenate((np.linspace(0, 1, 11), np.linspace(1, 0, 11)[1:-1]))
    across = np.concatenate(((0.5,), np.zeros(9), (0.5,), np.ones(9)))
    return Part(
        _enlarged(card.landmarks[_RING]),
        triangles,
        _enlarged(moves.landmarks[:, _RING]),
        lambda: region.uv(np.column_stack((along, across))),
        "INSIDE",
        behind,
    )


def _enlarged(points: NDArray) -> NDArray:
    middle = points.mean(axis=-2, keepdims=True)
    return middle + _BEYOND * (points - middle)
