# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A turned square in a picture: where a network looks for a face, and the way there and back."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

EYE_CORNERS = (33, 263)  # a region's x axis runs along the line from the right eye to the left
MARGIN = 1.5  # side of the region as a multiple of the face's, as the landmark network was trained


@dataclass(frozen=True)
class Region:
    """A square: center (x, y) and side in pixels of the image, angle in radians, clockwise as seen.

    Coordinates are continuous: the first pixel's center is at (0.5, 0.5).
    """

    center: tuple[float, float]
    side: float
    angle: float = 0.0

    def to_image(self, points: NDArray) -> NDArray:
        """Points (..., 2 or 3) in units of the side, origin in the region's corner, to image pixels; z scaled alike."""
        points = np.asarray(points, np.float64)
        result = points * self.side
        cos, sin = np.cos(self.angle) * self.side, np.sin(self.angle) * self.side
        x, y = points[..., 0] - 0.5, points[..., 1] - 0.5
        result[..., 0] = cos * x - sin * y + self.center[0]
        result[..., 1] = sin * x + cos * y + self.center[1]
        return result

    def cut(self, image: NDArray[np.uint8], size: int, is_padded: bool = True) -> NDArray[np.uint8]:
        """The region as (size, size, channels), area-averaged if it shrinks; past the border: edge pixels, or black."""
        border = cv2.BORDER_REPLICATE if is_padded else cv2.BORDER_CONSTANT
        image, offset, shrink = self._shrunk_surroundings(image, size)
        step = self.side / size / shrink
        cos, sin = np.cos(self.angle) * step, np.sin(self.angle) * step
        x = (self.center[0] - offset[0]) / shrink - (cos - sin) * size / 2
        y = (self.center[1] - offset[1]) / shrink - (sin + cos) * size / 2
        # Corner coordinates to OpenCV's pixel centers: half a pixel on either side.
        matrix = np.array([[cos, -sin, x + (cos - sin) / 2 - 0.5], [sin, cos, y + (sin + cos) / 2 - 0.5]])
        return cv2.warpAffine(
            image, matrix, (size, size), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=border
        )

    def _shrunk_surroundings(self, image: NDArray, size: int) -> tuple[NDArray, tuple[int, int], int]:
        """The part of the image around the region, shrunk by a whole factor so that sampling it does not alias."""
        shrink = int(self.side / size / 1.5)
        if shrink < 2:
            return image, (0, 0), 1
        reach = self.side * 0.75
        height, width = image.shape[:2]
        left, top = (max(0, int(c - reach)) for c in self.center)
        right = min(width, int(self.center[0] + reach) + 1)
        bottom = min(height, int(self.center[1] + reach) + 1)
        columns, rows = (right - left) // shrink, (bottom - top) // shrink
        if columns < 1 or rows < 1:
            return image, (0, 0), 1
        part = image[top : top + rows * shrink, left : left + columns * shrink]
        return cv2.resize(part, (columns, rows), interpolation=cv2.INTER_AREA), (left, top), shrink

    def changed(self, shift: tuple[float, float] = (0.0, 0.0), scale: float = 1.0, turn: float = 0.0) -> "Region":
        """A region moved by a fraction of its side, scaled and turned (radians)."""
        center = (self.center[0] + shift[0] * self.side, self.center[1] + shift[1] * self.side)
        return replace(self, center=center, side=self.side * scale, angle=self.angle + turn)


def region_of_landmarks(landmarks: NDArray, margin: float = MARGIN) -> Region:
    """The square around landmarks (N >= 468, 2 or 3), image pixels, turned so that the eyes are level."""
    right_eye, left_eye = landmarks[EYE_CORNERS[0], :2], landmarks[EYE_CORNERS[1], :2]
    angle = float(np.arctan2(left_eye[1] - right_eye[1], left_eye[0] - right_eye[0]))
    return region_of_points(landmarks[:468, :2], angle, margin)


def region_of_points(points: NDArray, angle: float, margin: float) -> Region:
    """The square turned by `angle` around points (N, 2), its side `margin` times the longer side of their box."""
    cos, sin = np.cos(angle), np.sin(angle)
    turned = np.asarray(points, np.float64) @ np.array([[cos, -sin], [sin, cos]])
    low, high = turned.min(axis=0), turned.max(axis=0)
    x, y = (low + high) / 2
    return Region((cos * x - sin * y, sin * x + cos * y), float((high - low).max()) * margin, angle)
