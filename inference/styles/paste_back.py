# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stylized face back into its picture, through a mask that is soft at the edge of its square.

The rest of the picture stays, or takes over the change of color that the style made inside the square (Reinhard et al.
2001, "Color Transfer between Images", here without the decorrelated space), or is cut away. Alpha is the picture's own.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from ..faces.region import Region
from .aligned_face import corners, cut

SURROUNDINGS = ('KEEP', 'MATCH', 'CROP')
FEATHER = 0.12  # of the square's side, over which the mask fades
_REACH = 0.02  # of the square's side, by which a matte is widened and softened
_DOUBT = 0.3  # of a matte: up to this is background, as far below 1 is person
_LEAST_DEVIATION = 2 / 255  # a flat square does not blow up the rest
_MOST_GAIN = 2.0


def paste_back(
    image: NDArray,
    square: Region,
    face: NDArray[np.float32],
    surroundings: str = 'KEEP',
    matte: NDArray[np.float32] | None = None,
) -> NDArray:
    """The picture with the stylized face in it.

    image: (H, W, 4) uint8 or uint16 RGBA.   square: where the face was cut.   face: (S, S, 3) float32, 0..1.
    matte: (any, any), 0 background .. 1 person, of the square: what is not the person stays, too.
    surroundings: 'KEEP' the rest, 'MATCH' its color to the face's, or 'CROP' it: then (S, S, 4) is returned, with the
    picture's alpha. Otherwise like the image, its alpha unchanged; pixels outside the square are exact under 'KEEP'.
    """
    if surroundings == 'CROP':
        return _with_alpha(face, _cut_alpha(image, square, face.shape[0]), image.dtype)
    top = np.iinfo(image.dtype).max
    result = image.copy()
    if surroundings == 'MATCH':
        gain, offset = color_change(cut(eight_bits(image[..., :3]), square, face.shape[0]), face)
        table = np.arange(top + 1)[:, None] * gain + offset * top
        table = np.clip(np.rint(table), 0, top).astype(image.dtype)
        for channel in range(3):
            result[..., channel] = table[image[..., channel], channel]
    window, pixels, mask = placed(face, matte, square, image.shape[:2])
    if mask.size:
        before = result[window][..., :3].astype(np.float32)
        blended = before + (pixels * top - before) * mask[:, :, None]
        result[window][..., :3] = np.clip(np.rint(blended), 0, top)
    return result


def color_change(before: NDArray[np.uint8], after: NDArray[np.float32]) -> tuple[NDArray, NDArray]:
    """What a style did to the colors of a square: `before * gain + offset`, (3,) each, in units of 0..1.

    before: (S, S, 3) uint8.   after: (S, S, 3) float32, 0..1. Means and deviations of each channel agree afterwards.
    """
    before = before.reshape(-1, 3) / np.float32(255)
    after = after.reshape(-1, 3)
    deviations = (np.maximum(pixels.std(axis=0), _LEAST_DEVIATION) for pixels in (before, after))
    own, wanted = deviations
    gain = np.clip(wanted / own, 1 / _MOST_GAIN, _MOST_GAIN)
    return gain, after.mean(axis=0) - gain * before.mean(axis=0)


def soft_mask(size: int, feather: float = FEATHER) -> NDArray[np.float32]:
    """1 in the middle of a square, falling smoothly to 0 at its edges, corners rounded: (size, size)."""
    inward = 1 - np.abs((np.arange(size, dtype=np.float32) + 0.5) * (2 / size) - 1)  # 0 at the edges, 1 in the middle
    missing = np.maximum(1 - inward / (2 * feather), 0)
    ramp = np.clip(1 - np.hypot(missing[:, None], missing[None, :]), 0, 1)
    return ramp * ramp * (3 - 2 * ramp)


def _around(matte: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    """A matte widened and softened, (size, size): hair of the style may reach beyond the person's own."""
    matte = cv2.resize(matte, (size, size), interpolation=cv2.INTER_LINEAR)
    matte = np.clip((matte - _DOUBT) / (1 - 2 * _DOUBT), 0, 1)
    reach = max(1, round(_REACH * size))
    widened = cv2.dilate(matte, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1)))
    return cv2.GaussianBlur(widened, (0, 0), reach)


def placed(
    face: NDArray[np.float32], matte: NDArray[np.float32] | None, square: Region, shape: tuple[int, int]
) -> tuple[tuple[slice, slice], NDArray[np.float32], NDArray[np.float32]]:
    """The face and its mask in the picture's pixels: the window they cover, (h, w, 3) and (h, w)."""
    window = _window(square, shape)
    rows, columns = window
    height, width = rows.stop - rows.start, columns.stop - columns.start
    if height <= 0 or width <= 0:
        return window, np.empty((0, 0, 3), np.float32), np.empty((0, 0), np.float32)
    shrink = face.shape[0] / square.side
    if shrink > 1.5:  # sampling would skip pixels
        side = max(1, round(square.side))
        face = cv2.resize(face, (side, side), interpolation=cv2.INTER_AREA)
    size = face.shape[0]
    mask = soft_mask(size) if matte is None else soft_mask(size) * _around(matte, size)
    matrix, inverse = _to_face(square, size, (columns.start, rows.start)), cv2.WARP_INVERSE_MAP
    pixels = cv2.warpAffine(
        face, matrix, (width, height), flags=cv2.INTER_CUBIC | inverse, borderMode=cv2.BORDER_REPLICATE
    )
    mask = cv2.warpAffine(mask, matrix, (width, height), flags=cv2.INTER_LINEAR | inverse)
    return window, np.clip(pixels, 0, 1), mask


def _window(square: Region, shape: tuple[int, int]) -> tuple[slice, slice]:
    """Rows and columns of the picture that the square touches."""
    quad = corners(square)
    size = np.array(shape[::-1])
    left, top = np.clip(np.floor(quad.min(axis=0)).astype(int), 0, size)
    right, bottom = np.clip(np.ceil(quad.max(axis=0)).astype(int), 0, size)
    return slice(int(top), int(bottom)), slice(int(left), int(right))


def _to_face(square: Region, size: int, origin: tuple[int, int]) -> NDArray[np.float64]:
    """(2, 3): OpenCV's pixel centers of a window of the picture to those of a face of `size` pixels."""
    scale = size / square.side
    cos, sin = np.cos(square.angle) * scale, np.sin(square.angle) * scale
    x, y = origin[0] + 0.5 - square.center[0], origin[1] + 0.5 - square.center[1]
    middle = size / 2 - 0.5
    return np.array([[cos, sin, cos * x + sin * y + middle], [-sin, cos, cos * y - sin * x + middle]])


def _cut_alpha(image: NDArray, square: Region, size: int) -> NDArray[np.float32]:
    """The alpha under a square, (size, size), 0..1."""
    alpha = image[..., 3]
    if alpha.min() == np.iinfo(image.dtype).max:
        return np.ones((size, size), np.float32)
    return cut(np.repeat(eight_bits(alpha)[..., None], 3, axis=2), square, size)[..., 0] / np.float32(255)


def eight_bits(pixels: NDArray) -> NDArray[np.uint8]:
    """Pixels of uint8 or uint16 as uint8, rounded."""
    return pixels if pixels.dtype == np.uint8 else np.uint8((pixels.astype(np.uint32) + 128) // 257)


def _with_alpha(face: NDArray[np.float32], alpha: NDArray[np.float32], dtype: np.dtype) -> NDArray:
    top = np.iinfo(dtype).max
    pixels = np.concatenate([face, alpha[:, :, None]], axis=2)
    return np.clip(np.rint(pixels * top), 0, top).astype(dtype)
