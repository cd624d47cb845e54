# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Record footage from a camera: a count-in, then a film at a steady rate until the artist stops; a card plays along.

To cancel during the count-in leaves nothing; to cancel while it records ends the film, which is whole.
"""

import threading
import time
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...bridge.errors import InputError
from ...bridge.messages import Playing
from ...bridge.requests import RecordRequest
from ..media.camera import Camera
from ..media.frame_rate import parse_frame_rate
from ..media.movie import MovieWriter
from .job import Job

LONGEST = 3600.0  # seconds
TELL_SECONDS = 1 / 15  # between two messages of what the face does


def run(request: RecordRequest, job: Job) -> None:
    """Count in, record, tell how many pictures the camera left out."""
    fps = parse_frame_rate(request.fps)
    if not 0 < request.seconds <= LONGEST or not 0 <= request.count_in <= 60:
        raise InputError(f"{request.seconds:g} seconds cannot be recorded.", f"Choose up to {LONGEST:g}.")
    job.write_recipe({}, "record 1")
    job.status("Opening the camera")
    with _Player(job, request.is_live) as player, Camera(request.device) as camera:
        _count_in(request.count_in, camera, player, job)
        job.status("Recording")
        with MovieWriter(Path(request.footage), fps, camera.size) as movie:
            missing = _record(request, fps, camera, player, movie, job)
        job.result.update(footage=request.footage, frames=movie.count, dropped=missing, size=list(camera.size))
        job.result.update(fps=request.fps, played=player.count)


def _count_in(seconds: float, camera: Camera, player: "_Player", job: Job) -> None:
    begin, said = time.monotonic(), -1
    for moment, image in camera.pictures():
        job.check()
        player.show(image)
        left = seconds - (moment - begin)
        if left <= 0:
            return
        if int(left) != said:
            said = int(left)
            job.status(f"Look neutral: {said + 1}")
    raise InputError("The camera stopped before the recording began.", "Plug it in again.")


def _record(
    request: RecordRequest, fps: Fraction, camera: Camera, player: "_Player", movie: MovieWriter, job: Job
) -> int:
    """Write each picture on the frame of its moment; a frame without one shows the one before. Returns how many."""
    begin = last = None
    missing, total = 0, int(request.seconds * fps)
    for moment, image in camera.pictures():
        begin = moment if begin is None else begin
        row = round((moment - begin) * fps)
        if row >= total or job.is_cancelled():
            break
        if row < movie.count:  # earlier than its frame: the camera is faster than the film
            continue
        while movie.count < row:
            movie.write(image if last is None else last)
            missing += 1
        movie.write(image)
        last = image
        player.show(image)
        job.progress(movie.count, 0, f"frames, {missing} left out" if missing else "frames")
    if not movie.count:
        job.check()
        raise InputError("The camera gave no picture.", "Plug it in again.")
    return missing


class _Player:
    """Reads the face on the newest picture as fast as this machine can, in a thread, and tells what it does."""

    def __init__(self, job: Job, is_wanted: bool) -> None:
        self.count = 0  # pictures that were read
        self._job, self._is_wanted = job, is_wanted
        self._newest: NDArray[np.uint8] | None = None
        self._changed = threading.Condition()
        self._is_over = False

    def __enter__(self) -> "_Player":
        self._thread = threading.Thread(target=self._read, daemon=True)
        if self._is_wanted:
            from ..motion.live_face import LiveFace  # with the networks

            self._face = LiveFace()
            self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        with self._changed:
            self._is_over = True
            self._changed.notify_all()
        if self._is_wanted:
            self._thread.join()

    def show(self, image: NDArray[np.uint8]) -> None:
        """Offer a picture; the one that was offered before it is forgotten."""
        with self._changed:
            self._newest = image
            self._changed.notify_all()

    def _read(self) -> None:
        told = 0.0
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._newest is not None or self._is_over)
                image, self._newest = self._newest, None
                if self._is_over:
                    return
            channels = self._face.look(image)
            self.count += 1
            if channels and time.monotonic() - told >= TELL_SECONDS:
                told = time.monotonic()
                self._job.send(Playing(self._job.id, channels))
