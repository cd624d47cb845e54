# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A mouth painted in the art's own colors: a dark cavity, tongue and teeth, where no footage lends its own.

Upper teeth hang from the skull, lower teeth and tongue from the jaw; lips move over them. So a smile bares the upper
teeth and a dropped jaw shows tongue and cavity without any rule that says so.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .outer_mesh import smoothstep
from .palette import Palette

_SPRITE_WIDTH = 320  # pixels of a painted row of teeth
_TEETH = (0.0, 0.35, 0.62, 0.84, 1.02, 1.2)  # where a tooth ends, half arches from the middle


@dataclass(frozen=True)
class MouthLayer:
    """A picture in the mouth that moves by itself. picture: (h, w, 4), RGBA 0..1, straight alpha.

    box: left, top, right, bottom in arches, or None where it fills the opening from lip to lip.   is_on_jaw: it moves
    with the jaw, else with the skull.   appears: heights of the opening, arches, between which it comes into view.
    """

    picture: NDArray[np.float32]
    box: tuple[float, float, float, float] | None
    is_on_jaw: bool = False
    appears: tuple[float, float] | None = None


class PaintedMouth:
    """The inside of one card's mouth. Lengths in half mouth widths ("arches"), x right, y down."""

    def __init__(self, palette: Palette) -> None:
        self._palette = palette
        gum = palette.flesh(0.78, 0.46, 0.48)
        self._upper = _teeth(palette.tooth, gum, height=0.42, droop=0.10)
        self._lower = _teeth(0.86 * palette.tooth, gum, height=0.34, droop=0.05)[::-1]

    def paint(
        self, size: tuple[int, int], to_head: NDArray, to_jaw: NDArray, across: NDArray, opening: float
    ) -> NDArray[np.float32]:
        """(h, w, 3), 0..1.

        size: w, h.   to_head, to_jaw: (2, 3), arches to pixels, the origin where closed lips meet, fixed to the skull
        and to the jaw.   across: (h, w), 0 at the upper lip, 1 at the lower.   opening: height of the opening, arches.
        """
        picture = self._cavity(across, opening)
        self._tongue(picture, size, to_jaw, opening)
        share = float(smoothstep(*_TEETH_APPEAR, opening))
        _lay(picture, self._lower, _SPRITE_LOWER, to_jaw, size, share)
        _lay(picture, self._upper, _SPRITE_UPPER, to_head, size, share)
        picture *= _lip_shadow(across, opening)[..., None]
        grain = self._palette.grain
        if grain.size:
            rows, columns = (-(-length // part) for length, part in zip(size[::-1], grain.shape, strict=True))
            picture += 0.7 * np.tile(grain, (rows, columns))[: size[1], : size[0], None] * (0.3 + picture)
        return np.clip(picture, 0, 1)

    def _cavity(self, across: NDArray, opening: float) -> NDArray[np.float32]:
        slit = np.float32(
            1 - smoothstep(0.05, 0.45, opening)
        )  # lips that barely part show themselves, not a black line
        deep = self._palette.flesh(0.20, 0.10, 0.12) + slit * self._palette.flesh(0.26, 0.16, 0.15)
        palate = self._palette.flesh(0.42, 0.26, 0.28)
        light = np.clip(1 - np.abs(across - 0.12) / 0.35, 0, 1) * min(1.0, opening) * 0.5
        return deep + light[..., None] * (palate - deep)

    def layers(self, opening: float) -> list[MouthLayer]:
        """What `paint` mixes, apart, the backmost first; lit as in a mouth that is so far open, arches."""
        across = (np.arange(64, dtype=np.float32)[:, None] + 0.5) / 64 + np.zeros((1, 8), np.float32)
        cavity = np.dstack((self._cavity(across, opening), np.ones_like(across)))
        shadow = np.dstack((*[np.zeros_like(across)] * 3, 1 - _lip_shadow(across, opening)))
        x = np.linspace(-1.1, 1.1, 161, dtype=np.float32)[None]
        y = np.linspace(-1.1, 1.1, 121, dtype=np.float32)[:, None]
        tongue = np.dstack(self._tongue_at(x, y, opening)).astype(np.float32)
        (tx, ty), (width, height) = _TONGUE_MIDDLE, _TONGUE_SIZE
        box = (tx - 1.1 * width, ty - 1.1 * height, tx + 1.1 * width, ty + 1.1 * height)
        teeth = [(left, top, left + 2.0, top + _SPRITE_HEIGHT) for left, top in (_SPRITE_LOWER, _SPRITE_UPPER)]
        return [
            MouthLayer(cavity, None),
            MouthLayer(tongue, box, is_on_jaw=True, appears=_TONGUE_APPEARS),
            MouthLayer(self._lower, teeth[0], is_on_jaw=True, appears=_TEETH_APPEAR),
            MouthLayer(self._upper, teeth[1], appears=_TEETH_APPEAR),
            MouthLayer(shadow, None),
        ]

    def _tongue(self, picture: NDArray, size: tuple[int, int], to_jaw: NDArray, opening: float) -> None:
        place = (_inverse(to_jaw, size) - _TONGUE_MIDDLE) / _TONGUE_SIZE
        lit, shape = self._tongue_at(place[..., 0], place[..., 1], opening)
        picture += (shape * smoothstep(*_TONGUE_APPEARS, opening)).astype(np.float32)[..., None] * (lit - picture)

    def _tongue_at(self, x: NDArray, y: NDArray, opening: float) -> tuple[NDArray, NDArray]:
        """Color (h, w, 3) and share (h, w) at places in half widths and half heights of the tongue from its middle."""
        radius = np.sqrt(x**2 + y**2)
        shape = 1 - smoothstep(0.86, 1.06, radius)
        round_light = np.clip(1 - 0.55 * radius**2 - 0.18 * np.exp(-((x / 0.09) ** 2)), 0, 1)
        color = self._palette.flesh(0.80, 0.52, 0.54)
        lit = color * (0.42 + 0.58 * round_light[..., None]) * np.float32(0.5 + 0.5 * smoothstep(0.2, 1.0, opening))
        return lit, shape


_TONGUE_MIDDLE, _TONGUE_SIZE = np.float32((0.0, 0.30)), np.float32((0.72, 0.52))  # arches, on the jaw; half sizes
_TONGUE_APPEARS, _TEETH_APPEAR = (0.15, 0.5), (0.08, 0.32)  # of opening; through a slit teeth look like stitches
_GUM = 0.30  # arches of gum before the teeth begin
_SPRITE_HEIGHT = 0.75 + _GUM
_SPRITE_UPPER = (-1.0, -0.30 - _GUM)  # where the sprite's corner lies: edges hang a little below where the lips meet
_SPRITE_LOWER = (-0.94, 0.03)


def _teeth(color: NDArray, gum_color: NDArray, height: float, droop: float) -> NDArray[np.float32]:
    """A row of upper teeth with their gum, (168, 320, 4), edges down; the sprite is 2 arches wide."""
    width = _SPRITE_WIDTH
    rows = round(width / 2 * _SPRITE_HEIGHT)
    x = np.abs((np.arange(width) + 0.5) / width * 2 - 1)[None]
    y = ((np.arange(rows) + 0.5) / rows * _SPRITE_HEIGHT - _GUM)[:, None]
    ends = np.array(_TEETH)
    tooth = np.clip(np.searchsorted(ends, x, side="right") - 1, 0, len(ends) - 2)
    start, end = ends[tooth], ends[tooth + 1]
    inside = np.clip((x - start) / (end - start), 0, 1)  # 0..1 across the tooth
    from_side = np.minimum(inside, 1 - inside) * (end - start)
    length = height * np.array((1.0, 0.93, 1.0, 0.9, 0.85))[tooth] - droop * x**2
    length -= 0.05 * np.exp(-from_side / 0.035)  # rounded corners
    root = -0.05 * np.sin(np.pi * inside) + 0.03  # the gum's scallops
    arch = np.clip(1.02 - 0.55 * x**2.2, 0, 1)
    relief = 1 - 0.22 * np.exp(-((from_side / 0.018) ** 2)) - 0.10 * np.exp(-from_side / 0.05)
    edge = 1 - 0.10 * smoothstep(-0.10, 0.0, y - length)
    shade = relief * edge * (0.78 + 0.22 * smoothstep(0.0, 0.16, y - root))
    is_tooth = smoothstep(-0.015, 0.015, y - root)
    gum_shade = (0.80 + 0.20 * smoothstep(-_GUM, 0.0, y)) * (1 - 0.12 * np.exp(-from_side / 0.05))
    colors = [
        arch * (is_tooth * shade * c + (1 - is_tooth) * gum_shade * g) for c, g in zip(color, gum_color, strict=True)
    ]
    alpha = smoothstep(0, 0.03, length - y) * (1 - smoothstep(0.90, 1.0, x))
    return np.dstack((*colors, alpha)).astype(np.float32)


def _lay(
    picture: NDArray, sprite: NDArray, corner: tuple[float, float], matrix: NDArray, size: tuple[int, int], share: float
) -> None:
    linear = matrix[:, :2] * (2 / _SPRITE_WIDTH)
    offset = matrix @ np.array((*corner, 1.0)) + linear @ (0.5, 0.5) - 0.5
    flags = cv2.INTER_AREA if np.linalg.norm(linear[:, 0]) < 0.7 else cv2.INTER_LINEAR
    placed = cv2.warpAffine(np.ascontiguousarray(sprite), np.column_stack((linear, offset)), size, flags=flags)
    picture += np.float32(share) * placed[..., 3:] * (placed[..., :3] - picture)


def _inverse(matrix: NDArray, size: tuple[int, int]) -> NDArray[np.float32]:
    """Arches of each pixel, (h, w, 2)."""
    inverse = np.linalg.inv(matrix[:, :2])
    y, x = np.indices((size[1], size[0]), dtype=np.float32) + np.float32(0.5)
    offset = np.stack((x, y), axis=-1) - matrix[:, 2].astype(np.float32)
    return offset @ inverse.T.astype(np.float32)


def _lip_shadow(across: NDArray, opening: float) -> NDArray[np.float32]:
    """Darker under the upper lip, a little above the lower one; a narrow slit lies in shadow altogether."""
    depth = across * opening
    upper = 0.55 + 0.45 * smoothstep(0.0, 0.16, depth)
    lower = 0.80 + 0.20 * smoothstep(0.0, 0.12, (1 - across) * opening)
    return (upper * lower).astype(np.float32)
