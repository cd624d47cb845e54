# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What lies behind the person, guessed once per source: seen where the head has moved away.

Convincing within about half a head's width of the edge, which is as far as a head moves (completion.py); not for:
seeing the whole background.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .box import blend, to_bytes
from .completion import completed

_BAND = 256  # rows
WORKING_SIDE = 640  # pixels: forms finer than this many per head region are not seen in a region being revealed


@dataclass(frozen=True)
class Plate:
    """pixels: (H, W, 4), the picture with the person painted out.   share: (H, W), 0 the picture's own .. 1 painted."""

    pixels: NDArray
    share: NDArray[np.float32]


def background_plate(image: NDArray, coverage: NDArray[np.float32], unit_px: float) -> Plate | None:
    """The picture with the person painted out.

    image: (H, W, 4), uint8 or uint16.   coverage: (H, W), 0 background .. 1 person.
    unit_px: height of the face, which sets how wide the edge between the two is.
    None when there is no background at all.
    """
    height, width = coverage.shape
    scale = min(1.0, WORKING_SIDE / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    unit = unit_px * scale
    hole = _hole(cv2.resize(coverage, size, interpolation=cv2.INTER_AREA), unit)
    if hole.all():
        return None
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA).reshape(size[1], size[0], -1)
    filled = completed(small.astype(np.float32), hole, max(1.5, 0.05 * unit))
    filled = np.rint(np.clip(filled, 0, np.iinfo(image.dtype).max)).astype(image.dtype)
    filled = cv2.resize(filled, (width, height), interpolation=cv2.INTER_CUBIC)
    share = cv2.resize(_soft_edge(hole, unit), (width, height), interpolation=cv2.INTER_LINEAR)
    pixels = image.copy()
    for top in range(0, height, _BAND):  # a large picture is not needed in floating point all at once
        band = slice(top, top + _BAND)
        pixels[band] = blend(filled[band], image[band], to_bytes(share[band]))
    return Plate(pixels, share)


def _hole(coverage: NDArray[np.float32], unit: float) -> NDArray[np.uint8]:
    """1 where the background cannot be seen, the blurred rim of hair and matte included."""
    radius = max(1, round(0.03 * unit))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    return cv2.dilate((coverage > 0.06).astype(np.uint8), disc)


def _soft_edge(hole: NDArray[np.uint8], unit: float) -> NDArray[np.float32]:
    """0 in the seen background, 1 a short way into the hole."""
    return np.clip(cv2.distanceTransform(hole, cv2.DIST_L2, 3) / max(1.0, 0.015 * unit), 0, 1)
