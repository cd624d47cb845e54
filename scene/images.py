# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an artist sees in an image, as plain pixels: saved or not, painted, packed, generated or float.

Read straight from Blender's buffer and never through the datablock's file: `image.copy()` and `image.save()` lose
unsaved pixels or need newer Blenders, `save_render` applies the scene's view transform.
"""

from pathlib import Path

import bpy
import numpy as np
from numpy.typing import NDArray

from ..bridge.errors import InputError
from .picture_size import check_size, peek_size


def load_image(path: Path):
    """The image datablock of a picture file, a new one unless the file is open already; raises InputError."""
    if not path.is_file():
        raise InputError(f"The picture {path} does not exist.", "Choose a picture file.")
    check_size(path.name, *(peek_size(path) or (0, 0)))
    known = set(bpy.data.images)
    image = bpy.data.images.load(str(path), check_existing=True)
    if not image.size[0]:
        if image not in known:
            bpy.data.images.remove(image)
        raise InputError(f"{path} is damaged or not a picture.", "Choose a picture file that Blender can open.")
    return image


def read_pixels(image) -> NDArray:
    """The pixels of an image datablock, as shown without view transform.

    Returns (H, W, 4), RGBA, sRGB-encoded, straight alpha, row 0 at the top; uint8, or uint16 for float images.
    Raises InputError when there are none to read.
    """
    width, height = image.size
    check_size(image.name, width, height)
    if image.source == 'TILED' and len(image.tiles) > 1:
        raise InputError(f"The image {image.name} consists of UDIM tiles.", "Choose an image of one piece.")
    channels = image.channels
    if not width or len(image.pixels) != width * height * channels:
        raise InputError(f"The image {image.name} has no pixels to read.", _remedy(image))
    values = np.empty(width * height * channels, np.float32)
    image.pixels.foreach_get(values)
    values = _four_channels(values.reshape(height, width, channels)[::-1])  # Blender's first row is the bottom one
    if image.alpha_mode == 'NONE':
        values[..., 3] = 1.0
    return _encode_float(values) if image.is_float else _encode_bytes(values)


def _remedy(image) -> str:
    if image.type in {'RENDER_RESULT', 'COMPOSITING'}:
        return "Save the render as a file and choose that."
    return "Reload it, or choose another image: its file may be missing."


def _four_channels(values: NDArray) -> NDArray:
    count = values.shape[2]
    if count == 4:
        return values
    color = values[..., :3] if count == 3 else np.repeat(values[..., :1], 3, axis=2)
    alpha = values[..., 1:2] if count == 2 else np.ones_like(values[..., :1])
    return np.concatenate([color, alpha], axis=2)


def _encode_bytes(values: NDArray) -> NDArray:
    """0..1 -> uint8, in place on the way: 2048 x 2048 pixels are 64 MB of floats."""
    values *= 255
    values += 0.5
    return values.astype(np.uint8)


def _encode_float(values: NDArray) -> NDArray:
    """Scene-linear premultiplied floats -> sRGB-encoded (IEC 61966-2-1) straight uint16."""
    alpha = np.clip(np.nan_to_num(values[..., 3:]), 0, 1)
    color = np.nan_to_num(values[..., :3] / np.maximum(alpha, 1e-6))
    color = np.clip(color, 0, 1)
    color = np.where(color <= 0.0031308, 12.92 * color, 1.055 * color ** (1 / 2.4) - 0.055)
    return np.rint(np.concatenate([color, alpha], axis=2) * 65535).astype(np.uint16)
