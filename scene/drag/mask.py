# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mask of a drag as an image of Blender's: white where the picture may move, painted with any brush or a lasso.

All white or all black holds nothing.
"""

import bpy
import numpy as np
from numpy.typing import NDArray

FREE = 0.5  # from this brightness on the picture may move


def make_mask(card):
    """The mask image of a card, made black and of the drag picture's size when missing; returns it."""
    drag = card.pastiche.drag
    if drag.mask is None:
        width, height = drag.picture.size
        image = bpy.data.images.new(f"{card.name} Mask", width, height, alpha=False)
        image.generated_color = (0, 0, 0, 1)
        image.colorspace_settings.name = 'Non-Color'
        drag.mask = image
    drag.use_mask = True
    return drag.mask


def read_free(image, size: tuple[int, int]) -> NDArray:
    """(H, W) bool, bottom row first: where the picture may move. A mask of another size is stretched."""
    width, height = image.size
    if not width or not height:
        return np.ones(size[::-1], bool)
    values = np.empty(width * height * image.channels, np.float32)
    image.pixels.foreach_get(values)
    values = values.reshape(height, width, image.channels)
    free = values[..., : min(3, image.channels)].mean(axis=2) >= FREE
    rows, columns = (np.arange(want) * have // want for want, have in zip(size[::-1], (height, width), strict=True))
    return free[rows][:, columns]


def write_free(image, free: NDArray) -> None:
    """Paint a mask. free: (H, W) bool of the image's size, bottom row first."""
    values = np.ones((*free.shape, image.channels), np.float32)
    values[..., : min(3, image.channels)] = free[..., None]
    image.pixels.foreach_set(values.ravel())
    image.update()
    image.pack()  # a painted, generated image is black again in the saved file


def fill_polygon(corners, size: tuple[int, int]) -> NDArray:
    """(H, W) bool, bottom row first: the pixels whose centers lie inside a polygon, by the even-odd rule.

    corners: (N, 2), x then y, pixels, origin top left.   size: width, height.
    """
    width, height = size
    starts = np.asarray(corners, float)
    ends = np.roll(starts, -1, axis=0)
    crossings = np.zeros((height, width + 1), int)
    for (x0, y0), (x1, y1) in zip(starts, ends, strict=True):
        low, high = sorted((y0, y1))
        rows = np.arange(max(int(np.ceil(low - 0.5)), 0), min(int(np.ceil(high - 0.5)), height))
        if len(rows):
            x = x0 + (rows + 0.5 - y0) * (x1 - x0) / (y1 - y0)
            np.add.at(crossings, (rows, np.clip(np.ceil(x - 0.5), 0, width).astype(int)), 1)
    return (np.cumsum(crossings[:, :width], axis=1) % 2 == 1)[::-1]
