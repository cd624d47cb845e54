# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Smooth outlines through a few landmarks, and masks of what they enclose: lids and lips stay round at any size."""

import cv2
import numpy as np
from numpy.typing import NDArray

_PER_SEGMENT = 6
_SUBPIXEL_BITS = 4


def closed_curve(points: NDArray, corners: tuple[int, ...] = ()) -> NDArray[np.float32]:
    """A closed Catmull-Rom curve through (N, 2) points, (N * 6, 2); at the points `corners` it may bend sharply."""
    before, after, beyond = (np.roll(points, shift, axis=0) for shift in (1, -1, -2))
    tangent = (after - before) / 2
    for corner in corners:
        tangent[corner] = 0
    return _hermite(points, after, tangent, np.roll(tangent, -1, axis=0)).astype(np.float32)


def open_curve(points: NDArray) -> NDArray[np.float32]:
    """The same for an open line, ((N - 1) * 6 + 1, 2)."""
    tangent = np.gradient(points, axis=0)
    curve = _hermite(points[:-1], points[1:], tangent[:-1], tangent[1:])
    return np.concatenate((curve, points[-1:])).astype(np.float32)


def _hermite(first: NDArray, last: NDArray, leaving: NDArray, arriving: NDArray) -> NDArray:
    t = (np.arange(_PER_SEGMENT) / _PER_SEGMENT)[None, :, None]
    first, last, leaving, arriving = (each[:, None] for each in (first, last, leaving, arriving))
    curve = (
        (2 * t**3 - 3 * t**2 + 1) * first
        + (t**3 - 2 * t**2 + t) * leaving
        + (3 * t**2 - 2 * t**3) * last
        + (t**3 - t**2) * arriving
    )
    return curve.reshape(-1, 2)


def filled(outline: NDArray, width: int, height: int, blur: float) -> NDArray[np.float32]:
    """The same as `masked` in 0..1."""
    return masked(outline, width, height, blur).astype(np.float32) * np.float32(1 / 255)


def masked(outline: NDArray, width: int, height: int, blur: float) -> NDArray[np.uint8]:
    """(height, width), 255 inside the outline, soft by `blur` pixels (sigma).

    outline: (N, 2), x, y in pixels of the mask, centers at integers + 0.5.
    """
    mask = np.zeros((height, width), np.uint8)
    corners = np.rint((outline - 0.5) * (1 << _SUBPIXEL_BITS)).astype(np.int32)
    cv2.fillPoly(mask, [corners], 255, cv2.LINE_AA, _SUBPIXEL_BITS)
    return softened(mask, blur)


def softened(mask: NDArray, sigma: float) -> NDArray:
    """About a Gaussian blur, (H, W) uint8 or float32; its cost does not depend on sigma."""
    radius = round(np.sqrt(6 * sigma**2 + 1) - 1)  # of the triangle with that variance
    return cv2.stackBlur(mask, (2 * radius + 1, 2 * radius + 1)) if radius > 0 else mask


def grown(mask: NDArray, radius: float) -> NDArray[np.float32]:
    """The mask, (H, W), counted as inside above a half, made larger by `radius` pixels all around; 0..1."""
    outside = (mask <= 0.5).astype(np.uint8)
    return np.clip(radius + 0.5 - cv2.distanceTransform(outside, cv2.DIST_L2, 5), 0, 1)


def shrunk(mask: NDArray, radius: float) -> NDArray[np.float32]:
    """The mask made smaller."""
    inside = (mask > 0.5).astype(np.uint8)
    return np.clip(cv2.distanceTransform(inside, cv2.DIST_L2, 5) - radius + 0.5, 0, 1)


def stroked(line: NDArray, width: int, height: int, thickness: NDArray, blur: float) -> NDArray[np.uint8]:
    """(height, width), 255 on a line whose thickness changes along it.

    line: (N, 2), as above.   thickness: (N,), pixels, on both sides together.
    """
    along = np.gradient(line.astype(np.float64), axis=0)
    normal = np.column_stack((-along[:, 1], along[:, 0])) / np.maximum(
        np.linalg.norm(along, axis=1, keepdims=True), 1e-6
    )
    half = normal * thickness[:, None] / 2
    return masked(np.concatenate((line + half, (line - half)[::-1])), width, height, blur)
