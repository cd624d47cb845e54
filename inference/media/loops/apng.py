# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""APNG, frame by frame (W3C, PNG Specification, Third Edition: acTL, fcTL, fdAT). Alpha has all its levels.

The picture data of each frame is that of an ordinary PNG in another envelope. A frame is what has changed: its smallest
box, laid over what is there where every changed pixel is opaque, in its place where not.
"""

import io
import struct
import zlib
from typing import IO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .changes import changed_box
from .palette import Palette

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_IN_PLACE, _OVER = 0, 1


class ApngWriter:
    """Writes RGBA frames into an open file, by way of a palette or exactly as they are."""

    def __init__(self, file: IO[bytes], size: tuple[int, int], count: int, palette: Palette | None) -> None:
        """size: width and height.   count: of the frames to come."""
        self._file, self._palette = file, palette
        self._canvas: NDArray[np.uint8] | None = None
        self._sequence = 0
        file.write(_SIGNATURE + _chunk(b"IHDR", struct.pack(">IIBBBBB", *size, 8, 3 if palette else 6, 0, 0, 0)))
        file.write(_chunk(b"acTL", struct.pack(">II", count, 0)))
        if palette:
            file.write(_chunk(b"PLTE", palette.colors[:, :3].tobytes()))
            file.write(_chunk(b"tRNS", palette.colors[:, 3].tobytes()))

    def add(self, image: NDArray[np.uint8], milliseconds: int) -> None:
        """One more frame, shown for so long: (H, W) of the palette, or (H, W, 4) without one."""
        part, (left, top), blend = self._changes(image)
        height, width = part.shape[:2]
        control = struct.pack(">IIIIHHBB", width, height, left, top, milliseconds, 1000, 0, blend)
        self._file.write(_chunk(b"fcTL", self._number() + control))
        data = _picture_data(part)
        if self._canvas is None:
            self._file.write(_chunk(b"IDAT", data))
        else:
            self._file.write(_chunk(b"fdAT", self._number() + data))
        self._canvas = image

    def close(self) -> None:
        """End the file."""
        self._file.write(_chunk(b"IEND", b""))

    def _changes(self, image: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], tuple[int, int], int]:
        if self._canvas is None:
            return image, (0, 0), _IN_PLACE
        left, top, right, bottom = changed_box(self._canvas, image)
        part, under = image[top:bottom, left:right], self._canvas[top:bottom, left:right]
        same = part == under
        if same.ndim == 3:
            same = same.all(axis=2)
        if not (same | (self._alpha(part) == 255)).all():
            return part, (left, top), _IN_PLACE
        clear = np.uint8(self._palette.clear) if self._palette else np.zeros(4, np.uint8)
        return np.where(same if part.ndim == 2 else same[..., None], clear, part), (left, top), _OVER

    def _alpha(self, part: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return self._palette.colors[part, 3] if self._palette else part[..., 3]

    def _number(self) -> bytes:
        self._sequence += 1
        return struct.pack(">I", self._sequence - 1)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _picture_data(part: NDArray[np.uint8]) -> bytes:
    """The contents of the IDAT chunks of a picture as PNG."""
    if part.ndim == 2:  # filters only harm indices
        rows = np.pad(part, ((0, 0), (1, 0)))
        return zlib.compress(rows.tobytes(), 9)
    file = io.BytesIO()
    Image.fromarray(part).save(file, "PNG", compress_level=6)
    png, place, data = file.getvalue(), len(_SIGNATURE), b""
    while place < len(png):
        (length,) = struct.unpack_from(">I", png, place)
        if png[place + 4 : place + 8] == b"IDAT":
            data += png[place + 8 : place + 8 + length]
        place += 12 + length
    return data
