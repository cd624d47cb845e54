# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Eyeballs drawn between the lids: the iris glides and is covered, never squashed with the lids that close over it.

Nothing is drawn where neither gaze nor lids have moved: the painter's own eye is better.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .box import Box, blend, shade, to_bytes
from .curves import closed_curve, masked
from .eye_art import EyeArt, apply, pixel_centers
from .lids import Eye
from .outer_mesh import smoothstep

APPEARS = (0.008, 0.045)  # gaze in eye widths, from where to where the drawn eye replaces the painted one
LID_WEIGHT = 0.35  # of a change of the lids against a change of gaze, for the same
_SMALL = 110.0  # pixels: narrower eyes are drawn at twice their size
_EYEBALL = 0.42  # radius in eye widths: 12 mm to 29 mm


@dataclass(frozen=True)
class Opening:
    """An eye of one frame. outline: (N, 2), source pixels.   iris: (2,), its center.   turn: (2, 2), the head's motion
    in the picture against rest.   lid_ratio, gaze: as in Performance.
    """

    outline: NDArray
    corners: NDArray
    iris: NDArray
    turn: NDArray
    lid_ratio: float
    gaze: NDArray


def opening(landmarks: NDArray, eye: Eye, turn: NDArray, lid_ratio: float, gaze: NDArray) -> Opening:
    """landmarks: (478, 3), where the frame wants them, source pixels."""
    ring = landmarks[eye.ring, :2]
    return Opening(closed_curve(ring, corners=(0, 8)), ring[[0, 8]], landmarks[eye.iris[0], :2], turn, lid_ratio, gaze)


def draw_eye(out: NDArray, art: EyeArt, eye: Opening) -> None:
    """Draw one eyeball into `out`, (H, W, 4), premultiplied, uint8 or uint16."""
    share = float(smoothstep(*APPEARS, max(float(np.hypot(*eye.gaze)), LID_WEIGHT * abs(eye.lid_ratio - 1))))
    width = float(np.linalg.norm(eye.corners[1] - eye.corners[0]))
    box = Box.around(eye.outline, 0.06 * width, out.shape)
    if share <= 0 or box is None:
        return
    fine = 2 if width < _SMALL else 1
    size = (fine * box.size[0], fine * box.size[1])
    to_box = np.array(((fine, 0, -fine * box.left), (0, fine, -fine * box.top)), np.float64)
    outline = apply(to_box, eye.outline)
    share *= _is_open(outline, width * fine)
    if share < 0.004:
        return
    mask = masked(outline, *size, 0.012 * width * fine)
    mask = cv2.multiply(mask, to_bytes(_beside_corner(apply(to_box, eye.corners), size)), scale=share / 255)
    ball = _ball(art, eye, to_box, size)
    shade(ball, _lid_shadow(outline, size, width * fine, art.shadow), 1 / 255)
    if fine == 2:
        ball, mask = (cv2.resize(each, box.size, interpolation=cv2.INTER_AREA) for each in (ball, mask))
    blend(ball, out[box.slices], mask, out[box.slices])


def _beside_corner(corners: NDArray, size: tuple[int, int]) -> NDArray[np.float32]:
    """0 at the inner corner, whose flesh stays as painted, 1 a tenth of the eye on; corners: (2, 2), outer, inner."""
    outwards = corners[0] - corners[1]
    x, y = (np.arange(length) + 0.5 - corner for length, corner in zip(size, corners[1], strict=True))
    right, down = outwards / max(float(outwards @ outwards), 1e-6)
    return smoothstep(0.02, 0.12, (right * x).astype(np.float32) + (down * y).astype(np.float32)[:, None])


def _ball(art: EyeArt, eye: Opening, to_box: NDArray, size: tuple[int, int]) -> NDArray:
    """White and iris, (H, W, 4)."""
    linear = to_box[:, :2] @ eye.turn @ art.to_source  # layer pixels to the box's
    white = _placed(art.white, linear, art.middle, apply(to_box, eye.corners.mean(axis=0)), size)
    linear, center = linear @ _foreshortened(eye.gaze), apply(to_box, eye.iris + _offset(art, eye))
    iris, share = (_placed(layer, linear, art.center, center, size) for layer in (art.iris, art.iris_share))
    return blend(iris, white, to_bytes(share))


def _offset(art: EyeArt, eye: Opening) -> NDArray:
    """From where landmarks say the iris is to where the painter put it, carried along with the head."""
    return eye.turn @ art.iris_error


def _foreshortened(gaze: NDArray) -> NDArray[np.float64]:
    """An iris that looks aside is seen at an angle: narrower along the gaze."""
    length = float(np.hypot(*gaze))
    if length < 1e-6:
        return np.eye(2)
    narrow = np.sqrt(max(0.3, 1 - (length / _EYEBALL) ** 2))
    direction = np.asarray(gaze) / length
    return np.eye(2) + 0.7 * (narrow - 1) * np.outer(direction, direction)


def _placed(layer: NDArray, linear: NDArray, anchor: NDArray, at: NDArray, size: tuple[int, int]) -> NDArray:
    matrix = pixel_centers(np.column_stack((linear, at - linear @ anchor)))
    return cv2.warpAffine(layer, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _is_open(outline: NDArray, width: float) -> float:
    """0 for an opening so thin that only a line of the ball would show."""
    return float(smoothstep(0.012, 0.05, cv2.contourArea(outline.astype(np.float32)) / max(width, 1e-3) ** 2))


def _lid_shadow(outline: NDArray, size: tuple[int, int], width: float, strength: float) -> NDArray[np.uint8]:
    """Factors (H, W, 4), times 255, of the upper lid's shadow, which moves with the lid."""
    reach = 0.07 * width
    lit = masked(outline + np.float32((0, reach)), *size, 0.6 * reach)
    factor = cv2.convertScaleAbs(lit, alpha=strength, beta=255 * (1 - strength))
    return cv2.merge((factor, factor, factor, np.full_like(factor, 255)))
