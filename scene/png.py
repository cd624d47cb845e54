# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A PNG writer, because Blender's own would ask a datablock to be copied, saved or color managed first.

Portable Network Graphics, third edition (W3C 2025): one IDAT, filter 'Up' on every row, quick compression.
"""

import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..bridge.whole_file import whole_file

COLOR_TYPE_RGBA = 6
FILTER_UP = 2


def write_png(path: Path, pixels: NDArray) -> None:
    """Write (H, W, 4) uint8 or uint16, RGBA, sRGB-encoded, straight alpha, row 0 at the top.

    Raises StorageError when the folder cannot take it.
    """
    height, width, _ = pixels.shape
    bits = 8 * pixels.dtype.itemsize
    rows = pixels.astype(pixels.dtype.newbyteorder(">"), copy=False).reshape(height, -1).view(np.uint8)
    filtered = np.empty((height, rows.shape[1] + 1), np.uint8)
    filtered[:, 0] = FILTER_UP
    filtered[0, 1:] = rows[0]
    np.subtract(rows[1:], rows[:-1], out=filtered[1:, 1:])  # modulo 256
    header = struct.pack(">IIBBBBB", width, height, bits, COLOR_TYPE_RGBA, 0, 0, 0)
    with whole_file(path) as file:
        file.write(b"\x89PNG\r\n\x1a\n")
        for name, data in ((b"IHDR", header), (b"sRGB", b"\0"), (b"IDAT", zlib.compress(filtered, 1)), (b"IEND", b"")):
            file.write(struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)))
