# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""How large a picture is, before anything decodes it: Blender would fill gigabytes with a 30,000 x 30,000 PNG first."""

import struct
from pathlib import Path

from ..bridge.errors import InputError

MAX_PIXELS = 8192 * 8192


def check_size(name: str, width: int, height: int) -> None:
    """Raise InputError for pictures too large to drive."""
    if width * height > MAX_PIXELS:
        raise InputError(
            f"The picture {name} has {width} x {height} pixels.",
            "Scale it down to at most 8192 x 8192.",
        )


def peek_size(path: Path) -> tuple[int, int] | None:
    """Width and height as a PNG or JPEG header tells them; None for everything else."""
    with path.open("rb") as file:
        start = file.read(24)
        if start[:8] == b"\x89PNG\r\n\x1a\n" and len(start) == 24:
            return struct.unpack(">II", start[16:24])
        if start[:2] == b"\xff\xd8":
            file.seek(2)
            return _jpeg_size(file)
    return None


def _jpeg_size(file) -> tuple[int, int] | None:
    while len(head := file.read(4)) == 4:
        marker, length = struct.unpack(">HH", head)
        if 0xFFC0 <= marker <= 0xFFCF and marker not in (0xFFC4, 0xFFC8, 0xFFCC):  # start of frame
            frame = file.read(5)
            if len(frame) < 5:
                return None
            height, width = struct.unpack(">HH", frame[1:])
            return width, height
        if marker < 0xFF00 or length < 2:
            return None
        file.seek(length - 2, 1)
    return None
