# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small colored frames without any engine or package: panels, client and job folders live without a face with it."""

import colorsys
import hashlib
import json
import struct
import time
import zlib

from ...bridge.errors import InputError
from ...bridge.requests import DummyRequest
from .frame_range import check_range
from .job import Job

VERSION = "1"
SIZE = (64, 36)  # width, height


def run(request: DummyRequest, job: Job) -> None:
    """Write frames `first`..`last`, a bar that moves over a color that changes."""
    check_range(request.first, request.last)
    job.write_recipe({}, f"dummy {VERSION}")
    job.status("Drawing")
    total = request.last - request.first + 1
    for index in range(request.first, request.last + 1):
        job.check()
        if index == request.fail_at:
            raise InputError(f"Frame {index} fails, as it was asked to.", "Ask for another frame to fail, or none.")
        inputs = hashlib.sha256(json.dumps([VERSION, index, request.settings], sort_keys=True).encode()).hexdigest()
        if not job.reuse(index, inputs):
            time.sleep(max(0.0, request.seconds_per_frame))
            job.frame(index, _picture(index, inputs), inputs)
        job.progress(index - request.first + 1, total, "frames")
    job.finish_frames()
    job.result.update(first=request.first, last=request.last)


def _picture(index: int, inputs: str) -> bytes:
    width, height = SIZE
    hue = (int(inputs[:2], 16) / 256 + index / 100) % 1
    color = bytes(round(255 * value) for value in colorsys.hsv_to_rgb(hue, 0.5, 0.8)) + b"\xff"
    bar = index % width
    row = color * bar + b"\xff\xff\xff\xff" + color * (width - bar - 1)
    return _png(width, height, (b"\0" + row) * height)


def _png(width: int, height: int, rows: bytes) -> bytes:
    """An RGBA PNG (ISO/IEC 15948). rows: each a filter byte and its pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    parts = [struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
             for name, data in chunks]  # fmt: skip
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)
