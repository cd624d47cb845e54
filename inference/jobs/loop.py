# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The frames of a finished render as a GIF, APNG or WebP that plays forever. The frames stay."""

import functools
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...bridge.errors import InputError
from ...bridge.requests import LOOPS, RenderRequest
from ..media.pictures import read_picture
from .job import Job

SIDES = (16, 8192)  # pixels
LEAST_BYTES = 4096


def check_loop(request: RenderRequest) -> None:
    """Raise InputError for a size that no loop can have."""
    if request.side and not SIDES[0] <= request.side <= SIDES[1]:
        raise InputError(f"A loop cannot be {request.side} pixels large.", f"Choose {SIDES[0]} to {SIDES[1]}, or 0.")
    if request.max_bytes and request.max_bytes < LEAST_BYTES:
        raise InputError(f"A loop cannot be held in {request.max_bytes} bytes.", f"Allow at least {LEAST_BYTES}, or 0.")


def write_loop_of_frames(request: RenderRequest, job: Job, fps: Fraction, frames: range) -> None:
    """Write `loop.gif`, `loop.png` or `loop.webp` into the job folder. Raises as `write_loop` does."""
    from ..media.loops import write_loop

    numbers = list(frames) + (list(frames)[-2:0:-1] if request.back_and_forth else [])
    pictures = [functools.partial(_picture, job.folder.frame_path(index)) for index in numbers]

    def on_try(attempt: int, done: int, total: int) -> None:
        job.check()
        if done == 1:
            job.status(f"Writing the {request.format}" + (f", try {attempt}" if attempt > 1 else ""))
        job.progress(done, total, "frames")

    path = job.folder.path / LOOPS[request.format]
    loop = write_loop(path, request.format, pictures, fps, request.side, request.max_bytes, on_try)
    job.result.update(loop=str(path), loop_size=list(loop.size), loop_fps=round(loop.fps, 2), loop_bytes=loop.bytes)


def _picture(path: Path) -> NDArray[np.uint8]:
    image = read_picture(path)
    return image if image.dtype == np.uint8 else ((image.astype(np.uint32) + 128) // 257).astype(np.uint8)
