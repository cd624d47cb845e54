# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""One frame at the picture's own resolution: the picture is bent, and only what the network invented is painted on it.

The network sees 256 pixels. What it says about *where things go* (the flow) is smooth and enlarges well: with it the
picture itself is bent, and keeps every brush stroke. What it says about *how things look* is taken over only where it
differs from the bent picture: an opened mouth, a closed lid, what a turn uncovers. What it would change at rest is its
own error of reproduction; that moves along with the face and is taken off.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from ...faces.region import Region
from .pyramids import Seam

FEATHER = 0.14  # of the square's side, over which motion and paint fade towards the rest of the picture
INVENTED = (0.004, 0.015)  # difference of colors, 0..1: below, it is noise of the network; above, all of it is painted
REPLACED = (0.01, 0.05)  # likewise: below, the bent picture's fine detail stays; above, it goes
SPREAD = 2.0  # network pixels by which differences are smoothed before they are judged
BEHIND = 0.5  # gray that the network sees behind transparent places


class FullPicture:
    """A source picture and the square of it that a network animates."""

    def __init__(self, image: NDArray, square: Region, size: int) -> None:
        """image: (H, W, 4) uint8 or uint16 RGBA, straight alpha.   size: pixels of the network's side."""
        self.image, self.size = image, size
        self.side = max(2, round(square.side))
        self.left, self.top = (round(center - self.side / 2) for center in square.center)
        self._top_value = np.iinfo(image.dtype).max
        self._is_opaque = bool(image[..., 3].min() == self._top_value)
        self._source = self._premultiplied()
        self._mask = self._edge_mask()
        self._seam = Seam(self._mask, self._source.shape[2])
        self.small = self._shrunk(self._source)
        self._error = np.zeros_like(self.small)

    def at_rest(self, prediction: NDArray[np.float32]) -> None:
        """Tell what the network makes of the source without motion: (size, size, 3), 0..1."""
        self._error = prediction - self.small

    def compose(self, prediction: NDArray[np.float32], motion: NDArray[np.float32]) -> NDArray:
        """The whole picture with the square animated; the image's size and dtype.

        prediction: (size, size, 3), 0..1.   motion: (h, w, 2), how far from its own place each point looks, in the
        network's coordinates (the square is 2 wide, pixel centers at its ends).
        """
        shift = self._shift(motion)
        bent = _looked_up(self._source, shift)
        error = _looked_up(self._error, _resized(shift, self.size) * np.float32(self.size / self.side))
        small = self._shrunk(bent)
        change = prediction - error - small
        size = cv2.GaussianBlur(np.abs(change).max(axis=2), (0, 0), SPREAD)
        paint = _resized(_smoothstep(size, *INVENTED)[..., None] * change, self.side)
        # where the network invents much, the bent picture's fine detail belongs to something else: an open eye's lashes
        blur = _resized(small, self.side) - _seen(bent)
        paint += _resized(_smoothstep(size, *REPLACED), self.side)[..., None] * blur
        bent[..., :3] += paint * _alpha(bent)
        return self._joined(bent)

    def enlarge(self, prediction: NDArray[np.float32]) -> NDArray:
        """The whole picture with the network's own picture in the square, for comparison: 256 pixels, enlarged."""
        pixels = self._source.copy()
        pixels[..., :3] = _resized(prediction, self.side) * _alpha(pixels)
        return self._joined(pixels)

    def _premultiplied(self) -> NDArray[np.float32]:
        """(side, side, 4), 0..1, colors times alpha, or 3 if opaque. Beyond the picture its edge goes on."""
        height, width = self.image.shape[:2]
        rows = np.clip(np.arange(self.top, self.top + self.side), 0, height - 1)
        columns = np.clip(np.arange(self.left, self.left + self.side), 0, width - 1)
        pixels = self.image[rows[:, None], columns].astype(np.float32) / np.float32(self._top_value)
        if self._is_opaque:
            return np.ascontiguousarray(pixels[..., :3])
        pixels[..., :3] *= pixels[..., 3:]
        return pixels

    def _shrunk(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """Premultiplied pixels as the network sees them, (size, size, 3)."""
        return _seen(_resized(pixels, self.size))

    def _edge_mask(self) -> NDArray[np.float32]:
        """(side, side): 1 inside, 0 at the square's edges; edges that lie at or beyond the picture's do not fade."""
        height, width = self.image.shape[:2]
        near = (np.arange(self.side, dtype=np.float32) + 0.5) / (FEATHER * self.side)
        far = near[::-1]
        bounds = ((self.top, height), (self.left, width))
        rows, columns = (
            (near if low > 0 else np.inf, far if low + self.side < high else np.inf) for low, high in bounds
        )
        row, column = (np.clip(np.broadcast_to(np.minimum(*pair), self.side), 0, 1) for pair in (rows, columns))
        return _smoothstep(row[:, None] * column, 0, 1).astype(np.float32)

    def _shift(self, motion: NDArray[np.float32]) -> NDArray[np.float32]:
        """Where each pixel of the square looks, relative to itself: (side, side, 2) pixels, fading to the edges."""
        pixels = (self.size - 1) / 2 * self.side / self.size
        return _resized(motion.astype(np.float32), self.side) * (self._mask[..., None] * np.float32(pixels))

    def _joined(self, square: NDArray[np.float32]) -> NDArray:
        """The picture with an animated square (premultiplied) in it."""
        height, width = self.image.shape[:2]
        rows = slice(max(self.top, 0), min(self.top + self.side, height))
        columns = slice(max(self.left, 0), min(self.left + self.side, width))
        inside = (
            slice(rows.start - self.top, rows.stop - self.top),
            slice(columns.start - self.left, columns.stop - self.left),
        )
        pixels = self._seam.blend(square, self._source)[inside]
        result = self.image.copy()
        if self._is_opaque:
            result[rows, columns, :3] = self._counted(pixels)
            return result
        alpha = np.clip(pixels[..., 3:], 0, 1)
        colors = self._counted(pixels[..., :3] / np.maximum(alpha, 1e-6))
        window = result[rows, columns]
        window[..., :3] = np.where(alpha * self._top_value >= 0.5, colors, window[..., :3])
        window[..., 3:] = self._counted(alpha)
        return result

    def _counted(self, values: NDArray[np.float32]) -> NDArray:
        return np.clip(np.rint(values * self._top_value), 0, self._top_value).astype(self.image.dtype)


def _alpha(pixels: NDArray[np.float32]) -> NDArray[np.float32] | np.float32:
    return pixels[..., 3:] if pixels.shape[2] == 4 else np.float32(1)


def _seen(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Premultiplied pixels as the network sees them, (h, w, 3)."""
    if pixels.shape[2] == 3:
        return pixels
    return pixels[..., :3] + np.float32(BEHIND) * (1 - _alpha(pixels))


def _resized(pixels: NDArray[np.float32], side: int) -> NDArray[np.float32]:
    """(h, w[, C]) -> (side, side[, C]), areas when it shrinks, cubic when it grows."""
    if pixels.shape[:2] == (side, side):
        return pixels
    flags = cv2.INTER_AREA if side < pixels.shape[0] else cv2.INTER_CUBIC
    return cv2.resize(pixels, (side, side), interpolation=flags)


def _looked_up(pixels: NDArray[np.float32], shift: NDArray[np.float32]) -> NDArray[np.float32]:
    """(S, S, C) moved by (S, S, 2) in pixels; beyond the edge it goes on."""
    side = np.arange(shift.shape[0], dtype=np.float32)
    across, down = shift[..., 0] + side, shift[..., 1] + side[:, None]
    return cv2.remap(pixels, across, down, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


def _smoothstep(values: NDArray[np.float32], low: float, high: float) -> NDArray[np.float32]:
    t = np.clip((values - np.float32(low)) / np.float32(high - low), 0, 1)
    return t * t * (3 - 2 * t)
