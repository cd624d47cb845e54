# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A part of a picture, and laying colors over it."""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

_DEPTHS = {"uint8": cv2.CV_8U, "uint16": cv2.CV_16U}


class Box(NamedTuple):
    """Pixels left..right-1, top..bottom-1."""

    left: int
    top: int
    right: int
    bottom: int

    @staticmethod
    def around(points: NDArray, margin: float, shape: tuple[int, ...]) -> "Box | None":
        """The pixels around points (N, 2), x, y, cut to a picture of `shape` (H, W, ...).

        None when hardly any of them lie in it.
        """
        low, high = np.floor(points.min(axis=0) - margin), np.ceil(points.max(axis=0) + margin)
        left, top = (int(max(0, each)) for each in low)
        right, bottom = int(min(shape[1], high[0])), int(min(shape[0], high[1]))
        return Box(left, top, right, bottom) if right - left > 2 and bottom - top > 2 else None

    @property
    def slices(self) -> tuple[slice, slice]:
        """For indexing an image."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def within(self, other: "Box") -> "Box":
        """The part that lies in the other one; of no size where none does."""
        left, top = max(self.left, other.left), max(self.top, other.top)
        return Box(left, top, max(left, min(self.right, other.right)), max(top, min(self.bottom, other.bottom)))

    def shifted(self, x: int, y: int) -> "Box":
        """The same box elsewhere."""
        return Box(self.left + x, self.top + y, self.right + x, self.bottom + y)

    @property
    def size(self) -> tuple[int, int]:
        """Width, height."""
        return self.right - self.left, self.bottom - self.top


def to_bytes(share: NDArray) -> NDArray[np.uint8]:
    """Shares 0..1 as 0..255."""
    return cv2.convertScaleAbs(share, alpha=255)


def blend(first: NDArray, second: NDArray, share: NDArray[np.uint8], out: NDArray | None = None) -> NDArray:
    """`share` of the first picture over the second; into `out` where given, which may be one of them.

    first, second: (H, W, 4), uint8 or uint16.   share: (H, W), 0..255; exact at both ends.
    """
    if first.dtype == np.uint8:  # integers all along: half the time of cv2.blendLinear
        weight = cv2.merge((share, share, share, share))
        over = cv2.multiply(first, weight, scale=1 / 255)
        return cv2.add(over, cv2.multiply(second, cv2.bitwise_not(weight), scale=1 / 255), dst=out)
    mixed = second + share[..., None] * np.float32(1 / 255) * (first.astype(np.float32) - second)
    out = np.empty_like(first) if out is None else out
    out[:] = np.rint(mixed)
    return out


def lay_over(out: NDArray, box: Box, colors: NDArray, share: NDArray[np.uint8]) -> None:
    """Mix colors into `out`, (H, W, 4), uint8 or uint16, in place; its alpha stays.

    colors: (h, w, 3) or (3,), in the range of `out`.   share: (h, w), 0 nothing .. 255 all.
    """
    here = out[box.slices]
    if out.dtype != np.uint8:
        under = here[..., :3].astype(np.float32)
        mixed = under + (share * np.float32(1 / 255))[..., None] * (colors - under)
        here[..., :3] = np.rint(np.clip(mixed, 0, np.iinfo(out.dtype).max))
        return
    weight = cv2.merge((share, share, share, np.zeros_like(share)))
    if colors.ndim == 1:
        over = cv2.multiply(weight, (*colors.tolist(), 0.0), scale=1 / 255)
    else:
        over = cv2.multiply(cv2.cvtColor(cv2.convertScaleAbs(colors), cv2.COLOR_RGB2RGBA), weight, scale=1 / 255)
    cv2.add(over, cv2.multiply(here, cv2.bitwise_not(weight), scale=1 / 255), dst=here)


def shade(out: NDArray, factors: NDArray, scale: float = 1.0) -> None:
    """Multiply colors and alpha in place; out: (H, W, 4), uint8 or uint16.   factors: (H, W, 4), times `scale`."""
    cv2.multiply(out, factors, dst=out, scale=scale, dtype=_DEPTHS[out.dtype.name])
