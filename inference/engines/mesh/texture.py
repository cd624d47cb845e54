# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of a source that can move, ready to be sampled: as sharp as is affordable, and softened against streaks."""

import cv2
import numpy as np
from numpy.typing import NDArray

from .box import Box

# Pixels of texture. A region smaller than this is kept at twice its size, cubic: reading it bilinearly then loses
# hardly any sharpness, at a seventh of the time of cubic sampling.
_SHARP_BELOW = 1_600_000
_EVEN = 0.35  # source pixels (sigma): as soft as bilinear sampling on average, but the same wherever a pixel comes from


class Texture:
    """A part of a picture, at any resolution; beyond the picture's border its mirror goes on."""

    def __init__(self, image: NDArray, box: Box, scale: float = 1.0, border: int = cv2.BORDER_REFLECT) -> None:
        """image: (H, W, C) or (H, W), uint8 or uint16.   scale: of the stored pixels.   border: OpenCV's name."""
        self.scale, self.offset = scale, np.float32((box.left, box.top)) * np.float32(scale) + np.float32(0.5)
        self._border = border
        part = image[box.slices]
        method = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
        size = (max(1, round(box.size[0] * scale)), max(1, round(box.size[1] * scale)))
        self.pixels = np.ascontiguousarray(part) if scale == 1 else cv2.resize(part, size, interpolation=method)

    def sample(self, coordinates: NDArray[np.float32], out: NDArray | None = None) -> NDArray:
        """The colors at `coordinates`, (h, w, 2); into `out` where given."""
        return cv2.remap(self.pixels, coordinates, None, cv2.INTER_LINEAR, dst=out, borderMode=self._border)

    def coordinates(self, points: NDArray) -> NDArray[np.float32]:
        """Source pixels (centers at integers + 0.5), (..., 2), to this texture's (centers at integers)."""
        return points.astype(np.float32) * np.float32(self.scale) - self.offset

    def from_other(self, other: "Texture", coordinates: NDArray[np.float32]) -> NDArray[np.float32]:
        """Coordinates of another texture of the same part of the picture to this one's."""
        ratio = np.float32(self.scale / other.scale)
        return coordinates * ratio + (other.offset * ratio - self.offset)


def sharp_texture(image: NDArray, box: Box) -> Texture:
    """The source at twice its size where that is affordable."""
    if box.size[0] * box.size[1] > _SHARP_BELOW:
        return Texture(image, box)
    texture = Texture(image, box, scale=2.0)
    texture.pixels = cv2.GaussianBlur(texture.pixels, (0, 0), 2 * _EVEN)
    return texture


def soft_texture(image: NDArray, box: Box, unit_px: float) -> Texture:
    """The source without what would become streaks where it is drawn out to several times its length."""
    scale = min(1.0, (_SHARP_BELOW / (box.size[0] * box.size[1])) ** 0.5)
    texture = Texture(image, box, scale)
    texture.pixels = cv2.GaussianBlur(texture.pixels, (0, 0), max(0.6, 0.010 * unit_px * scale))
    return texture
