# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""An eye of a live card: white, iris and the lid's shadow behind the skin; lid skin and lashes before it."""

import numpy as np
from numpy.typing import NDArray

from ....faces import topology
from ..card import Card
from ..eye_art import EyeArt, apply
from ..eyes import APPEARS
from ..lid_skin import GIVES_WAY, LASHES, LidSkin
from ..lids import Eye
from ..outer_mesh import smoothstep
from .atlas import Atlas, as_bytes
from .keys import Moves
from .part import CORNERS, QUAD, Part, enlarged, facing, strip_triangles
from .skin import pairs_of_landmarks

_DEPTHS = (5.0, 3.5, 2.0, -0.5, -0.8)  # centimeters behind the lids: white, iris, shadow, lid skin, lashes
_SHADOW = (-0.02, 0.16)  # eye widths above and below the edge of the lid
_SHADE = 0.4  # of the white's brightness
_LASH_REACH = 1.6  # thicknesses on either side of the edge that the texture covers
_BEYOND = 1.1  # how far the white reaches behind the lids
_RADII = 1.1  # of the iris that its picture shows


def eye_parts(card: Card, moves: Moves, atlas: Atlas, which: int, eye: Eye) -> list[Part]:
    """which: 0 the right eye, 1 the left."""
    art, lid, name = card.eyes[which], card.lids[which], ("RIGHT", "LEFT")[which]
    edge = [eye.corners[0], *eye.upper, eye.corners[1]]
    parts = [_white(card, moves, atlas, eye, art), _iris(card, moves, atlas, eye, art)]
    width = float(np.linalg.norm(np.subtract(*card.landmarks[list(eye.corners), :2])))
    shadow = as_bytes(_shadow(art))
    parts.append(_strip(card, moves, atlas.add(shadow), edge, eye, np.array(_SHADOW) * width, _DEPTHS[2], "INSIDE"))
    if lid.sharpest.box is None:
        return parts
    skin = _lid_skin(card, moves, atlas, eye, lid)
    skin.signal, skin.fade = f"{name}_LID", GIVES_WAY
    reach = _LASH_REACH * lid.thickness * width
    lashes = as_bytes(_lashes(lid, np.iinfo(card.image.dtype).max))
    line = _strip(card, moves, atlas.add(lashes), edge, eye, np.array((-reach, reach)), _DEPTHS[4], "OVER")
    line.signal, line.fade = f"{name}_LID", LASHES
    return [*parts, skin, line]


def own_eye_fade() -> tuple[float, float]:
    """When the painter's own eye gives way to the moving one."""
    return APPEARS[1], APPEARS[0]


def _white(card: Card, moves: Moves, atlas: Atlas, eye: Eye, art: EyeArt) -> Part:
    """From lid to lid, a little behind them all around; plain enough to be stretched with them."""
    region, size = atlas.add(as_bytes(art.white)), art.white.shape[1::-1]
    rows = [eye.corners[0], *eye.upper, eye.corners[1], eye.corners[0], *eye.lower, eye.corners[1]]
    points = enlarged(card.landmarks[rows], _BEYOND)
    places = np.clip(apply(art.from_source, points[:, :2]) / size, 0, 1)
    return Part(
        points,
        facing(points, strip_triangles(len(rows) // 2)),
        enlarged(moves.landmarks[:, rows], _BEYOND),
        lambda: region.uv(places),
        "INSIDE",
        _depth(card, _DEPTHS[0]),
    )


def _iris(card: Card, moves: Moves, atlas: Atlas, eye: Eye, art: EyeArt) -> Part:
    height, width = art.iris_share.shape
    low = np.clip(np.floor(art.center - _RADII * art.radius), 0, (width - 2, height - 2)).astype(int)
    high = np.clip(np.ceil(art.center + _RADII * art.radius), low + 2, (width, height)).astype(int)
    part = (slice(low[1], high[1]), slice(low[0], high[0]))
    picture = as_bytes(art.iris[part]).copy()
    picture[..., 3] = as_bytes(art.iris_share[part])
    region = atlas.add(picture)
    points = _on_eye(card, eye, art, low + CORNERS * (high - low))
    carried = np.repeat(moves.landmarks[:, eye.iris[:1]], 4, axis=1)
    return Part(points, QUAD, carried, lambda: region.uv(CORNERS), "INSIDE", _depth(card, _DEPTHS[1]))


def _on_eye(card: Card, eye: Eye, art: EyeArt, places: NDArray) -> NDArray[np.float64]:
    """Points (n, 3) of the picture at layer pixels (n, 2), on the plane of the eye's outline."""
    linear = np.linalg.inv(art.from_source[:, :2])
    xy = apply(np.column_stack((linear, -linear @ art.from_source[:, 2])), places)
    ring = card.landmarks[eye.ring]
    flat = np.column_stack((ring[:, :2], np.ones(len(ring))))
    plane = np.linalg.lstsq(flat, ring[:, 2], rcond=None)[0]
    return np.column_stack((xy, np.column_stack((xy, np.ones(len(xy)))) @ plane))


def _strip(
    card: Card, moves: Moves, region, edge: list[int], eye: Eye, offsets: NDArray, depth: float, slot: str
) -> Part:
    """Along the upper lid, from offsets[0] to offsets[1] pixels below its edge; it follows the lid."""
    down = card.landmarks[eye.lower, :2].mean(axis=0) - card.landmarks[eye.upper, :2].mean(axis=0)
    down = np.append(down / max(float(np.linalg.norm(down)), 1e-6), 0.0)
    line = card.landmarks[edge]
    points = np.concatenate([line + offset * down for offset in offsets])
    count = len(edge)
    along = np.linspace(0, 1, count)
    places = np.concatenate([np.column_stack((along, np.full(count, row))) for row in (0.0, 1.0)])
    pairs = np.tile(pairs_of_landmarks(card.mesh)[edge], (2, 1))
    pairs[:, 2] = -np.repeat(offsets, count)  # measured from where the strip itself lies
    triangles = facing(points, strip_triangles(count))
    follow = np.concatenate((moves.landmarks[:, edge],) * 2, axis=1)
    return Part(points, triangles, follow, lambda: region.uv(places), slot, _depth(card, depth), pairs=pairs)


def _lid_skin(card: Card, moves: Moves, atlas: Atlas, eye: Eye, lid: LidSkin) -> Part:
    """Skin without rim and lashes, over the lids."""
    patch = lid.sharpest
    picture = as_bytes(patch.skin).copy()
    picture[..., 3] = as_bytes(patch.share)
    region = atlas.add(picture)
    near = np.zeros(topology.N_LANDMARKS, bool)
    near[[*eye.ring, *eye.lower_row, *np.concatenate(eye.upper_rows)]] = True
    places = (patch.places(card.landmarks[:, :2]) - (patch.box.left, patch.box.top)) / patch.box.size
    near &= ((places >= 0) & (places <= 1)).all(axis=1)
    face = topology.triangles()[: -topology.N_OPENING_TRIANGLES]
    used, triangles = np.unique(face[near[face].all(axis=1)], return_inverse=True)
    return Part(
        card.landmarks[used],
        triangles.reshape(-1, 3),
        moves.landmarks[:, used],
        lambda: region.uv(places[used]),
        "OVER",
        _depth(card, _DEPTHS[3]),
        pairs=pairs_of_landmarks(card.mesh)[used],
    )


def _shadow(art: EyeArt) -> NDArray[np.float32]:
    """Darkened white instead of black: views that know no half transparency show it as it is."""
    below = np.linspace(*_SHADOW, 48)[:, None] + np.zeros((1, 4))
    alpha = art.shadow / (1 - _SHADE) * (1 - smoothstep(0.02, 0.14, below))
    white = as_bytes(art.white)[..., :3].mean(axis=(0, 1)) / 255
    color = [np.full_like(alpha, _SHADE * value) for value in white]
    return np.dstack((*color, alpha)).astype(np.float32)


def _lashes(lid: LidSkin, peak: int) -> NDArray[np.float32]:
    """The line of lid_skin.LidSkin.draw_lashes, straightened."""
    along = np.linspace(0, 1, 128)[None]
    across = np.abs(np.linspace(-_LASH_REACH, _LASH_REACH, 48))[:, None]  # thicknesses
    taper = np.sqrt(np.clip(np.minimum(along / 0.25, (1 - along) / 0.45), 0, 1))
    core = 1 - smoothstep(-0.25, 0.25, across - 0.5 * (0.35 + 0.65 * taper))
    shade = 1 - smoothstep(0.0, 1.0, across / np.maximum(1.5 * taper, 1e-3))
    alpha = 1 - (1 - lid.alpha * core) * (1 - 0.22 * shade)
    color = [np.full_like(alpha, value / peak) for value in lid.color]
    return np.dstack((*color, alpha)).astype(np.float32)


def _depth(card: Card, centimeters: float) -> float:
    return centimeters * float(card.mesh.pose.scale)
