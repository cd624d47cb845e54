# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""How far the art's eyes are really open, where landmarks, trained on people, see a smaller or larger opening.

A toon's lids lie well outside their landmarks; closing those would shut the eye in its middle. The opening is cut out
by color (Rother et al. 2004, GrabCut) around the landmarks' guess, and only its height above and below the corners is
used, only where both eyes agree: on a smooth face the landmarks are the better judge.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from .curves import closed_curve, filled
from .eye_art import apply, cut, eye_frame
from .lids import LEFT, RIGHT, Eye

_WIDTH = 96.0  # pixels: working resolution of an eye
_RANGE = (0.8, 1.9)
_BELIEVED = 0.12  # smaller differences from the landmarks are noise
_ITERATIONS = 3


def lids_of_the_art(image: NDArray, landmarks: NDArray) -> NDArray[np.float64]:
    """Landmarks (478, 3) with lids, and the skin folds that follow them, moved onto the art's own opening.

    image: (H, W, 4), premultiplied, uint8 or uint16.   landmarks: (478, 3), its pixels.
    """
    scales = np.array([_lid_scales(image, landmarks, eye) for eye in (RIGHT, LEFT)])
    agreed = np.where((scales[0] - 1) * (scales[1] - 1) > 0, np.sqrt(scales[0] * scales[1]), 1.0)
    change = np.sign(agreed - 1) * np.maximum(np.abs(agreed - 1) - _BELIEVED, 0) * (1 + _BELIEVED)
    moved = landmarks.astype(np.float64).copy()
    for eye in (RIGHT, LEFT):
        _move(moved, landmarks, eye, *change)
    return moved


def _move(moved: NDArray, landmarks: NDArray, eye: Eye, upper: float, lower: float) -> None:
    across = _across(landmarks, eye)
    corner = landmarks[eye.corners[0], :2]

    def heights(points: NDArray) -> NDArray:
        return ((landmarks[points, :2] - corner) @ across)[:, None] * across

    up, down = upper * heights(eye.upper), lower * heights(eye.lower)
    moved[eye.upper, :2] += up
    moved[eye.lower, :2] += down
    for row, share in zip(eye.upper_rows, (0.7, 0.25), strict=True):
        moved[row, :2] += share * up
    moved[eye.lower_row, :2] += 0.6 * down


def _across(landmarks: NDArray, eye: Eye) -> NDArray:
    """Unit vector in the picture across the eye, from the upper lid to the lower one."""
    along = landmarks[eye.corners[1], :2] - landmarks[eye.corners[0], :2]
    across = np.array((-along[1], along[0])) / max(float(np.linalg.norm(along)), 1e-6)
    downwards = landmarks[eye.lower, :2].mean(axis=0) - landmarks[eye.upper, :2].mean(axis=0)
    return across if across @ downwards > 0 else -across


def _lid_scales(image: NDArray, landmarks: NDArray, eye: Eye) -> tuple[float, float]:
    """Height of the upper and of the lower lid over the line of the corners, against the landmarks'."""
    ring = landmarks[eye.ring, :2].astype(np.float64)
    matrix, size = eye_frame(ring, (_WIDTH, _WIDTH))
    picture = cut(image, matrix, size)[..., :3]
    if picture.dtype != np.uint8:
        picture = (picture // 257).astype(np.uint8)
    guess = filled(apply(matrix, closed_curve(ring, corners=(0, 8))), *size, 0.0) > 0.5
    iris = apply(matrix, landmarks[eye.iris, :2].astype(np.float64))
    opening = _cut_out(picture, guess, iris)
    if opening is None:
        return 1.0, 1.0
    level = apply(matrix, landmarks[list(eye.corners), :2].astype(np.float64))[:, 1].mean()
    columns = apply(matrix, landmarks[eye.upper[1:-1], :2].astype(np.float64))[:, 0].astype(int)
    found, guessed = _extents(opening, columns, level), _extents(guess, columns, level)
    ratio = np.median(found / np.maximum(guessed, 1.0), axis=0)
    return tuple(float(each) for each in np.clip(ratio, *_RANGE))


def _cut_out(picture: NDArray[np.uint8], guess: NDArray[np.bool_], iris: NDArray) -> NDArray[np.bool_] | None:
    inside = cv2.distanceTransform(guess.astype(np.uint8), cv2.DIST_L2, 5)
    outside = cv2.distanceTransform((~guess).astype(np.uint8), cv2.DIST_L2, 5)
    labels = np.full(guess.shape, cv2.GC_BGD, np.uint8)
    labels[outside < 0.17 * _WIDTH] = cv2.GC_PR_BGD
    labels[guess] = cv2.GC_PR_FGD
    labels[inside > 0.07 * _WIDTH] = cv2.GC_FGD
    y, x = np.indices(guess.shape) + 0.5
    radius = np.linalg.norm(iris[1:] - iris[0], axis=1).mean()
    labels[np.hypot(x - iris[0, 0], y - iris[0, 1]) < 0.8 * radius] = cv2.GC_FGD
    if not (labels == cv2.GC_FGD).any():
        return None
    calm = cv2.cvtColor(cv2.bilateralFilter(picture, 5, 25, 3), cv2.COLOR_RGB2Lab)
    cv2.setRNGSeed(0)  # its color clusters start at random; the same picture gives the same opening
    cv2.grabCut(calm, labels, None, np.zeros((1, 65)), np.zeros((1, 65)), _ITERATIONS, cv2.GC_INIT_WITH_MASK)
    opening = ((labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)).astype(np.uint8)
    opening = cv2.morphologyEx(opening, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    return cv2.morphologyEx(opening, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)) > 0


def _extents(opening: NDArray[np.bool_], columns: NDArray, level: float) -> NDArray[np.float64]:
    """(columns, 2): how far the opening reaches above and below the level, pixels."""
    result = []
    for column in columns:
        rows = np.nonzero(opening[:, column])[0]
        result.append((level - rows[0], rows[-1] + 1 - level) if len(rows) else (0.0, 0.0))
    return np.maximum(np.array(result), 0.0)
