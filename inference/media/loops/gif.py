# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""GIF, frame by frame (CompuServe, "Graphics Interchange Format", version 89a). Its alpha is on or off.

Each frame is written as what has changed: the smallest box, and within it only the pixels that differ. Where something
becomes transparent the frame before is cleared away, because a GIF cannot paint transparency.
"""

import struct
from typing import IO

import numpy as np
from numpy.typing import NDArray
from PIL import GifImagePlugin, Image

from .changes import changed_box
from .palette import Palette

_KEEP, _CLEAR = 1, 2  # what becomes of a frame when the next one comes


class GifWriter:
    """Writes indexed frames into an open file; the last one is written by `close`."""

    def __init__(self, file: IO[bytes], size: tuple[int, int], palette: Palette) -> None:
        """size: width and height."""
        self._file, self._palette = file, palette
        self._canvas = np.full(size[::-1], palette.clear, np.uint8)  # what is seen before the waiting frame
        self._waiting: tuple[NDArray[np.uint8], int] | None = None
        colors = palette.colors[:, :3]
        bits = max(1, int(len(colors) - 1).bit_length())
        table = np.zeros((1 << bits, 3), np.uint8)
        table[: len(colors)] = colors
        file.write(b"GIF89a" + struct.pack("<HHBBB", *size, 0x80 | 0x70 | (bits - 1), palette.clear, 0))
        file.write(table.tobytes() + b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00")

    def add(self, indices: NDArray[np.uint8], milliseconds: int) -> None:
        """One more frame (H, W), shown for so long."""
        if self._waiting is not None:
            before, clear = self._waiting[0], self._palette.clear
            vanishes = bool(((before != clear) & (indices == clear)).any())
            self._write(_CLEAR if vanishes else _KEEP)
        self._waiting = indices, milliseconds

    def close(self) -> None:
        """Write the last frame and end the file."""
        if self._waiting is not None:
            self._write(_KEEP)
        self._file.write(b";")

    def _write(self, disposal: int) -> None:
        indices, milliseconds = self._waiting
        left, top, right, bottom = changed_box(self._canvas, indices)
        if disposal == _CLEAR:  # it clears its own box alone
            left, top, right, bottom = 0, 0, indices.shape[1], indices.shape[0]
        part, under = indices[top:bottom, left:right], self._canvas[top:bottom, left:right]
        part = np.where(part == under, np.uint8(self._palette.clear), part)
        image = Image.fromarray(part)
        image.putpalette(self._palette.colors[:, :3].tobytes())
        self._file.write(struct.pack("<BBBBHBB", 0x21, 0xF9, 4, disposal << 2 | 1, milliseconds // 10, 0, 0))
        self._file.write(b"".join(GifImagePlugin.getdata(image, (left, top))))
        self._canvas = np.full_like(indices, self._palette.clear) if disposal == _CLEAR else indices
        self._waiting = None
