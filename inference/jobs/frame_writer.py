# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Encodes and writes frames while the engine computes the next one, and announces them in order.

A frame counts from its line in the manifest on, which is written as soon as its file is whole and its predecessors are.
Two frames at most are in flight, so that a killed process loses no more than those and the one being computed.
"""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from ...bridge.job_folder import JobFolder
from ...bridge.manifest import FrameRecord

if TYPE_CHECKING:
    from numpy.typing import NDArray

N_THREADS = 2  # that encode: a PNG takes longer than a frame of the mesh engine


class FrameWriter:
    """The frames of one job on their way to disk."""

    def __init__(self, folder: JobFolder, announce: Callable[[FrameRecord, bool], None]) -> None:
        """announce: called with (record, is_reused) for each frame, in the order they came, by any thread."""
        self._folder = folder
        self._announce = announce
        self._finished = folder.valid_frames()
        self._pool = ThreadPoolExecutor(N_THREADS, thread_name_prefix="frame")
        self._changed = threading.Condition()  # guards what follows
        self._in_flight: deque[tuple[Future[FrameRecord], bool]] = deque()
        self._failure: Exception | None = None

    def knows(self, index: int, inputs: str) -> bool:
        """Whether the manifest says that the frame was made from `inputs`."""
        record = self._finished.get(index)
        return record is not None and record.inputs == inputs

    def reuse(self, index: int, inputs: str) -> bool:
        """Whether the frame on disk was made from `inputs` and is intact; then it is announced."""
        record = self._finished.get(index)
        if record is None or not self.knows(index, inputs) or not self._folder.is_intact(record):
            return False
        done: Future[FrameRecord] = Future()
        done.set_result(record)
        self._launch(lambda: done, is_reused=True)
        return True

    def add(self, index: int, image: "NDArray | bytes", inputs: str) -> None:
        """Write a frame. Waits while too many are in flight; raises what became of those before."""
        self._launch(lambda: self._pool.submit(self._write, index, image, inputs), is_reused=False)

    def close(self) -> None:
        """Wait for what is in flight: every frame that can be written is, then the first failure is raised."""
        with self._changed:
            self._changed.wait_for(lambda: not self._in_flight)
        self._pool.shutdown()
        if self._failure is not None:
            raise self._failure

    def _launch(self, start: Callable[[], Future[FrameRecord]], is_reused: bool) -> None:
        with self._changed:
            self._changed.wait_for(lambda: len(self._in_flight) < N_THREADS or self._failure is not None)
            if self._failure is not None:
                raise self._failure
            future = start()
            self._in_flight.append((future, is_reused))
        future.add_done_callback(lambda _: self._settle())

    def _write(self, index: int, image: "NDArray | bytes", inputs: str) -> FrameRecord:
        if not isinstance(image, bytes):
            from ..media.pictures import encode_png  # the dummy needs neither OpenCV nor PyAV

            image = encode_png(image)
        return self._folder.write_frame(index, image, inputs)

    def _settle(self) -> None:
        """Record and announce what is whole, the oldest first, as soon as it is."""
        with self._changed:
            while self._in_flight and self._in_flight[0][0].done():
                future, is_reused = self._in_flight[0]
                try:
                    record = future.result()
                    if not is_reused:
                        self._folder.manifest.append(record)
                    self._announce(record, is_reused)
                except Exception as error:
                    self._failure = self._failure or error
                self._in_flight.popleft()
            self._changed.notify_all()
