# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts what a network draws back into the photograph that was inverted.

What the network could not reproduce (the residual: grain, stray hair, detail beyond its resolution) stays wherever the
picture has not changed, and fades out where it has, so that an expression grows out of the photograph itself without a
jump, and leaves no ghost.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from ...faces.region import Region
from ...styles.paste_back import placed

FADE = 0.04  # change of color, 0..1, at which a third of the residual is left
SPREAD = 1 / 64  # of the picture's side, over which a change is felt


class Photograph:
    """image: (H, W, 4) uint8 or uint16.   square: the part that the network makes.   rest: (n, n, 3), its picture."""

    def __init__(self, image: NDArray, square: Region, rest: NDArray[np.uint8]) -> None:
        self.image, self.square = image, square
        self.rest = np.float32(rest) / 255
        self.window, self.before, self.mask = placed(self.rest, None, square, image.shape[:2])

    def render(self, pixels: NDArray[np.uint8]) -> NDArray:
        """The photograph with the network's picture (n, n, 3) in it."""
        after = np.float32(pixels) / 255
        change = np.abs(after - self.rest).mean(axis=2)
        kept = np.exp(-cv2.GaussianBlur(change, (0, 0), len(change) * SPREAD) / FADE)
        _, drawn, _ = placed(after, None, self.square, self.image.shape[:2])
        _, residual_share, _ = placed(np.repeat(kept[..., None], 3, axis=2), None, self.square, self.image.shape[:2])
        result, top = self.image.copy(), np.iinfo(self.image.dtype).max
        own = result[self.window][..., :3].astype(np.float32) / top
        face = drawn + residual_share * (own - self.before)
        blended = own + self.mask[..., None] * (face - own)
        result[self.window][..., :3] = np.rint(np.clip(blended, 0, 1) * top)
        return result
