# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wrinkles and shading of the actor's skin on the card's: the ratio of the skin's brightness now and at rest.

Liu, Shan, Zhang 2001, "Expressive expression mapping with ratio images". Only medium detail is taken: finer is the
camera's noise, coarser the light of the actor's room. Folds darken; they hardly ever brighten.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from ...faces import topology
from ...motion.face_texture import FACE_SIDE, decode_texture, texture_points
from ...motion.take import Take
from .box import Box
from .card_mesh import CardMesh
from .curves import softened
from .outer_mesh import smoothstep
from .raster import Grid, Raster

_PLAIN_AT_REST, _PLAIN_NOW = 0.14, 0.26  # steepest logarithm of brightness per texture pixel that skin shows
_DARK = 12.0  # of 255: below this brightness is noise
_FINE, _COARSE = 0.005, 0.08  # of the face's width: the band that is taken
_RANGE = (-0.28, 0.12)  # of the logarithm of the ratio
_TURN = 26.0  # degrees by which the actor's wrinkles have faded: a turned face shows other shading
_TINT = np.array((0.8, 1.05, 1.15))  # RGB: folds of skin are redder
_BROWS = (
    (topology.RIGHT_BROW_UPPER, topology.RIGHT_BROW_LOWER),
    (topology.LEFT_BROW_UPPER, topology.LEFT_BROW_LOWER),
)
_MARGIN = 4  # grid cells around the oval that its soft edge reaches
_NEUTRAL_FRAMES = 5
_SAMPLED_FRAMES = 240


class ActorSkin:
    """A take's skin against its own neutral."""

    def __init__(self, take: Take) -> None:
        self._take = take
        self._rest = self._neutral_texture()
        self._mask = _skin_mask()
        if self._rest is not None:
            self._mask = self._mask * _plain(self._rest, _PLAIN_AT_REST)
        self._weight = np.maximum(softened(self._mask, _COARSE * FACE_SIDE), 1e-3)

    def ratio(self, number: float, face: NDArray[np.uint8]) -> NDArray[np.float32] | None:
        """Logarithm of the ratio, (FACE_SIDE, FACE_SIDE), of a footage frame with the texture `face`, or None."""
        if self._rest is None:
            return None
        channels = self._take.channels(number)
        turn = np.hypot(channels.get("headYaw", 0.0), channels.get("headPitch", 0.0))
        now = _log(face)
        difference = now - self._rest
        fine = cv2.GaussianBlur(difference, (0, 0), _FINE * FACE_SIDE)
        coarse = softened(difference * self._mask, _COARSE * FACE_SIDE) / self._weight
        faded = np.float32(np.exp(-((turn / _TURN) ** 2)))
        return np.clip(fine - coarse, *_RANGE) * self._mask * _plain(now, _PLAIN_NOW) * faded

    def _neutral_texture(self) -> NDArray[np.float32] | None:
        take = self._take
        frames = np.unique(np.linspace(0, len(take) - 1, min(len(take), _SAMPLED_FRAMES)).astype(int))
        distance = [self._distance(int(frame)) for frame in frames]
        nearest = frames[np.argsort(distance)[:_NEUTRAL_FRAMES]]
        found = [
            _log(decode_texture(take.texture_jpeg(int(frame))).face)
            for frame in nearest
            if take.texture_jpeg(int(frame))
        ]
        return np.mean(found, axis=0) if found else None

    def _distance(self, frame: int) -> float:
        channels = self._take.channels(frame)
        turn = np.hypot(channels.get("headYaw", 0.0), channels.get("headPitch", 0.0))
        return float(np.abs(self._take.shape(frame) - self._take.neutral).mean() + 0.02 * turn)


class CardSkin:
    """Where a card's skin lies in the take's textures."""

    def __init__(self, mesh: CardMesh, grid: Grid, color: float) -> None:
        """color: of the card, see Palette."""
        self._tint = np.append(1 + color * (_TINT - 1), 0).astype(np.float32)  # alpha is never shaded
        face = topology.triangles()
        raster = Raster(texture_points()[: topology.N_SKIN], face, np.zeros(len(face), np.int32), grid)
        points = grid.points()
        self._places = raster.motion(mesh.vertices[: topology.N_SKIN]) + points - np.float32(0.5)
        self._grid = grid
        self._at_rest = (points - np.float32((grid.left, grid.top))) / np.float32(grid.step) - np.float32(0.5)
        self._inside = _oval_mask(mesh, grid)
        self._factors = np.ones((grid.rows, grid.columns, 4), np.float32)
        self._drawn: Box | None = None  # where they are not 1

    def shading(
        self, ratio: NDArray[np.float32], amount: float, motion: NDArray[np.float32], oval: NDArray
    ) -> NDArray[np.float32]:
        """Factors for the card's pixels, (rows, columns, 4), good until the next call.

        motion: the frame's, see Raster.   oval: (N, 2), where the face's outline is in the frame, source pixels.
        """
        grid = self._grid
        if self._drawn is not None:
            self._factors[self._drawn.slices] = 1
        self._drawn = Box.around((oval - (grid.left, grid.top)) / grid.step, _MARGIN, self._inside.shape)
        if self._drawn is None:
            return self._factors
        here = self._drawn.slices
        at_rest = cv2.remap(ratio, self._places, None, cv2.INTER_LINEAR) * self._inside
        places = cv2.scaleAdd(motion[here], 1 / grid.step, self._at_rest[here])
        moved = cv2.remap(at_rest, places, None, cv2.INTER_LINEAR)
        self._factors[here] = cv2.exp(cv2.merge([moved * tint for tint in np.float32(amount) * self._tint]))
        return self._factors


def _plain(face: NDArray[np.float32], steepest: float) -> NDArray[np.float32]:
    """1 on plain skin, 0 near hair, frames of glasses and their shadows, which never lie where they lay at rest."""
    smooth = cv2.GaussianBlur(face, (0, 0), 1.0)
    steepness = cv2.magnitude(*(cv2.Sobel(smooth, cv2.CV_32F, *axis, ksize=1, scale=0.5) for axis in ((1, 0), (0, 1))))
    near = cv2.dilate(steepness, _disc(0.012 * FACE_SIDE))
    return cv2.blur(1 - smoothstep(0.5 * steepest, steepest, near), (5, 5)).astype(np.float32)


def _log(face: NDArray[np.uint8]) -> NDArray[np.float32]:
    gray = cv2.cvtColor(face, cv2.COLOR_RGB2GRAY)
    return np.log(gray.astype(np.float32) + np.float32(_DARK))


def _skin_mask() -> NDArray[np.float32]:
    """1 on skin that is seen well: without eyes, lips and the edge of the face."""
    points = texture_points()
    mask = np.zeros((FACE_SIDE, FACE_SIDE), np.uint8)
    cv2.fillPoly(mask, [np.rint(points[list(topology.FACE_OVAL)]).astype(np.int32)], 255)
    mask = cv2.erode(mask, _disc(0.075 * FACE_SIDE), borderValue=0)
    brows = tuple((*upper, *reversed(lower)) for upper, lower in _BROWS)  # hair that moves is no shading
    for outline in (topology.RIGHT_LID_RING, topology.LEFT_LID_RING, topology.OUTER_LIPS, *brows):
        hole = np.zeros_like(mask)
        cv2.fillPoly(hole, [np.rint(points[list(outline)]).astype(np.int32)], 255)
        mask[cv2.dilate(hole, _disc((0.035 if outline in brows else 0.012) * FACE_SIDE)) > 0] = 0
    return cv2.GaussianBlur(mask, (0, 0), 0.02 * FACE_SIDE).astype(np.float32) / 255


def _oval_mask(mesh: CardMesh, grid: Grid) -> NDArray[np.float32]:
    mask = np.zeros((grid.rows, grid.columns), np.uint8)
    oval = (mesh.landmarks[list(topology.FACE_OVAL), :2] - (grid.left, grid.top)) / grid.step - 0.5
    cv2.fillPoly(mask, [np.rint(oval).astype(np.int32)], 255)
    return cv2.GaussianBlur(cv2.erode(mask, np.ones((3, 3), np.uint8)), (0, 0), 1.0).astype(np.float32) / 255


def _disc(radius: float) -> NDArray[np.uint8]:
    r = max(1, round(radius))
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * r + 1, 2 * r + 1))
