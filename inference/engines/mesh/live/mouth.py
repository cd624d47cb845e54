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
from .part import ALWAYS, Part, enlarged, facing, strip_triangles

_LIT_AS_OPEN = 0.8  # arches
_DEPTHS = (6.0, 5.0, 4.2, 3.4, 1.2)  # centimeters behind the lips, layer by layer
_COLUMNS = 9  # of a row of teeth
_BEYOND = 1.12  # what fills the opening reaches a little behind the lips
_UPPER, _LOWER = (
    (topology.INNER_LIP_CORNERS[0], *row, topology.INNER_LIP_CORNERS[1])
    for row in (topology.INNER_UPPER_LIP, topology.INNER_LOWER_LIP)
)


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
    along = np.linspace(0, 1, _COLUMNS)
    places = np.concatenate([np.column_stack((along, np.full(_COLUMNS, row))) for row in (0.0, 1.0)])
    points = card.mesh.pose.to_image(_on_arch(card, (left, top) + places * (right - left, bottom - top)))
    follow = moves.jaw if layer.is_on_jaw else np.zeros_like(moves.jaw)
    return Part(
        points,
        facing(points, strip_triangles(_COLUMNS)),
        np.repeat(follow[:, None], len(points), axis=1),
        lambda: region.uv(places),
        "INSIDE",
        behind,
        signal=signal,
        fade=fade,
    )


def _on_arch(card: Card, places: NDArray) -> NDArray[np.float64]:
    """Face-frame points (n, 3) at places (n, 2) in arches, bent as the lips are: so they stay in them from the side."""
    shape, mouth = card.mesh.shape, card.mouth
    lips = (shape[list(_UPPER)] + shape[list(_LOWER)]) / 2
    depth = mouth.closed[2] - lips[len(_UPPER) // 2, 2]
    x = mouth.closed[0] + mouth.arch * places[:, 0]
    z = np.interp(x, lips[:, 0], lips[:, 2]) + depth
    return np.column_stack((x, mouth.closed[1] + mouth.arch * places[:, 1], z))


def _filling(card: Card, moves: Moves, region, behind: float) -> Part:
    """From lip to lip, whatever the lips do."""
    along = np.linspace(0, 1, len(_UPPER))
    places = np.concatenate([np.column_stack((along, np.full(len(_UPPER), row))) for row in (0.0, 1.0)])
    rows = [*_UPPER, *_LOWER]
    points = enlarged(card.landmarks[rows], _BEYOND)
    return Part(
        points,
        facing(points, strip_triangles(len(_UPPER))),
        enlarged(moves.landmarks[:, rows], _BEYOND),
        lambda: region.uv(places),
        "INSIDE",
        behind,
    )
