# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small picture of what a card shows on a frame, for the thumbnail of a pose that is saved."""

from pathlib import Path

import bpy
import numpy as np
from numpy.typing import NDArray

from ..bridge.errors import InputError
from . import images, sequence, storage

SIDE = 144  # pixels


def shown_face(card, frame: int) -> NDArray[np.uint8] | None:
    """(SIDE, SIDE, 4): the upper middle of the frame that the card shows, or None when nothing was rendered there."""
    folder = storage.known_folder(card)
    path = folder / "render" / "frames" / storage.frame_name(frame) if folder else None
    if path is None or not path.is_file() or not sequence.shows(card, path.parent):
        return None
    return _square(_pixels(path))


def _pixels(path: Path) -> NDArray[np.uint8] | None:
    image = bpy.data.images.load(str(path), check_existing=False)  # the card's own is a sequence, and has no size
    try:
        pixels = images.read_pixels(image)
        return pixels if pixels.dtype == np.uint8 else (pixels // 257).astype(np.uint8)
    except InputError:  # damaged: a pose does without a picture
        return None
    finally:
        bpy.data.images.remove(image)


def _square(pixels: NDArray[np.uint8] | None) -> NDArray[np.uint8] | None:
    """The middle of the upper part, each new pixel the mean of those it covers."""
    if pixels is None:
        return None
    height, width = pixels.shape[:2]
    side = min(height, width)
    left = (width - side) // 2
    square = pixels[:side, left : left + side].astype(np.float32)
    edges = np.linspace(0, side, SIDE + 1).astype(int)[:-1]
    counts = np.diff(np.append(edges, side)).clip(1)
    for axis in (0, 1):
        square = np.add.reduceat(square, edges, axis=axis)
        square /= counts[:, None, None] if axis == 0 else counts[:, None]
    return np.rint(square).astype(np.uint8)
