# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The upright square around a face that StyleGAN's networks were trained on, and its pixels (FFHQ, Karras et al. 2019).

The square follows from eyes and mouth alone, so the face of a painting or a toon lands where a photographed one would.
Past the border the pixels are mirrored, blurred and fade to the median color, as in FFHQ. Not for: landmark networks,
which look at another square (faces/region.py has its geometry, shared here).
"""

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..faces import topology
from ..faces.region import Region

SIDE = 1024  # pixels of a cut; four times what encoders read, which average it
_BLUR = 0.02  # of the padding, as a fraction of the square's side
_BORDER = 0.1
_PADDING = 0.3


def aligned_square(landmarks: NDArray) -> Region:
    """The square of a face.   landmarks: (478, 2 or 3), image pixels."""
    eyes = [landmarks[list(ring), :2].mean(axis=0) for ring in (topology.RIGHT_LID_RING, topology.LEFT_LID_RING)]
    return square_of_eyes_and_mouth(*eyes, landmarks[list(topology.OUTER_LIP_CORNERS), :2].mean(axis=0))


def square_of_eyes_and_mouth(right_eye: NDArray, left_eye: NDArray, mouth: NDArray) -> Region:
    """The square of centers of eyes and mouth, (2,) each, x then y, image pixels.

    Right is the subject's, left in an unmirrored picture. Raises ValueError when the three are one point.
    """
    right_eye, left_eye, mouth = (np.asarray(point, np.float64) for point in (right_eye, left_eye, mouth))
    eyes, between = (right_eye + left_eye) / 2, left_eye - right_eye
    down = mouth - eyes
    axis = between + (down[1], -down[0])  # eyes and mouth vote for what is level
    length = np.hypot(*axis)
    if not (np.isfinite(length) and length > 0):
        raise ValueError("eyes and mouth lie on one point")
    half = max(2.0 * np.hypot(*between), 1.8 * np.hypot(*down))
    center = eyes + 0.1 * down
    return Region((float(center[0]), float(center[1])), float(2 * half), float(np.arctan2(axis[1], axis[0])))


def corners(square: Region) -> NDArray[np.float64]:
    """Top left, bottom left, bottom right, top right as the square sees it: (4, 2), x then y, image pixels."""
    return square.to_image(np.array([(0, 0), (0, 1), (1, 1), (1, 0)], np.float64))


def cut(image: NDArray[np.uint8], square: Region, size: int = SIDE) -> NDArray[np.uint8]:
    """The square's pixels, (size, size, 3).   image: (H, W, 3) RGB.

    Taken as FFHQ's were: bilinear, after a whole shrink when the square is more than twice as large as the cut.
    """
    quad, side = corners(square), square.side
    image, quad, side = _shrunk(image, quad, side, size)
    image, quad = _surroundings(image, quad, side)
    image, quad = _padded(image, quad, side)
    data = tuple(quad.ravel())
    return np.asarray(
        Image.fromarray(image).transform((size, size), Image.Transform.QUAD, data, Image.Resampling.BILINEAR)
    )


def _shrunk(image: NDArray, quad: NDArray, side: float, size: int) -> tuple[NDArray, NDArray, float]:
    factor = int(np.floor(side / size * 0.5))
    if factor <= 1:
        return image, quad, side
    height, width = image.shape[:2]
    smaller = (int(np.rint(width / factor)), int(np.rint(height / factor)))
    image = np.asarray(Image.fromarray(image).resize(smaller, Image.Resampling.LANCZOS))
    return image, (quad - 0.5) / factor + 0.5, side / factor  # FFHQ divides pixel indices: up to half a pixel off


def _surroundings(image: NDArray, quad: NDArray, side: float) -> tuple[NDArray, NDArray]:
    """The part of the image around the quad, so that padding and blur have little to do."""
    height, width = image.shape[:2]
    border = max(int(np.rint(side * _BORDER)), 3)
    left, top = np.maximum(_low(quad) - border, 0)
    right, bottom = np.minimum(_high(quad) + border, (width, height))
    if left >= right or top >= bottom:
        return image, quad
    return image[top:bottom, left:right], quad - (left, top)


def _padded(image: NDArray, quad: NDArray, side: float) -> tuple[NDArray, NDArray]:
    """The image with invented surroundings where the quad reaches beyond it."""
    height, width = image.shape[:2]
    border = max(int(np.rint(side * _BORDER)), 3)
    left, top = np.maximum(border - _low(quad), 0)
    right, bottom = np.maximum(_high(quad) - (width, height) + border, 0)
    if max(left, top, right, bottom) <= border - 4:
        return image, quad
    left, top, right, bottom = (max(int(pad), int(np.rint(side * _PADDING))) for pad in (left, top, right, bottom))
    image = np.pad(image.astype(np.float32), ((top, bottom), (left, right), (0, 0)), "reflect")
    height, width = image.shape[:2]
    y, x = np.ogrid[:height, :width]
    depth_x = np.minimum(np.float32(x) / left, np.float32(width - 1 - x) / right)
    depth_y = np.minimum(np.float32(y) / top, np.float32(height - 1 - y) / bottom)
    mask = np.maximum(1.0 - depth_x, 1.0 - depth_y)[:, :, None]
    sigma = side * _BLUR
    kernel = 2 * int(4 * sigma + 0.5) + 1
    blurred = cv2.GaussianBlur(image, (kernel, kernel), sigma, borderType=cv2.BORDER_REFLECT)
    image += (blurred - image) * np.clip(mask * 3.0 + 1.0, 0.0, 1.0)
    image += (np.median(image, axis=(0, 1)) - image) * np.clip(mask, 0.0, 1.0)
    return np.uint8(np.clip(np.rint(image), 0, 255)), quad + (left, top)


def _low(quad: NDArray) -> NDArray[np.intp]:
    """The first pixel that the quad touches, x then y; pixels as FFHQ counts them, by their centers."""
    return np.floor((quad - 0.5).min(axis=0)).astype(int)


def _high(quad: NDArray) -> NDArray[np.intp]:
    """The pixel behind the last one that the quad touches, x then y."""
    return np.ceil((quad - 0.5).max(axis=0)).astype(int)
