# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A running job as its code sees it: its folder, the way to tell what happens, and whether somebody wants it to stop.

The worker and the command line give it different listeners; everything else is the same. Not for: what a kind of job
does (capture.py, render.py, dummy.py), how it begins and ends (perform in __init__.py).
"""

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from typing import TYPE_CHECKING

from ...bridge.job_folder import JobFolder, Recipe
from ...bridge.manifest import FrameRecord
from ...bridge.messages import Frame, Message, Progress, Status, Steer, Warning
from ...bridge.requests import JobRequest
from ..devices import versions
from .frame_writer import FrameWriter

if TYPE_CHECKING:
    from numpy.typing import NDArray  # numpy comes with the first job that needs it

RATE_SECONDS = 5.0  # the rate is that of the last seconds
MESSAGE_SECONDS = 0.1  # between two messages of progress


class Cancelled(Exception):  # noqa: N818  it is no error
    """Raised by `check` when the job should stop."""


class Job:
    """One job under way.

    folder: its JobFolder.   result: what its Done will say, filled as it becomes known.   seconds: stage -> seconds.
    commands: what an open session is told.
    """

    def __init__(
        self,
        id: str,
        request: JobRequest,
        send: Callable[[Message], None] = lambda message: None,
        is_cancelled: Callable[[], bool] = lambda: False,
        commands: "SimpleQueue[Steer] | None" = None,
    ) -> None:
        self.id = id
        self.request = request
        self.folder = JobFolder(request.folder)
        self.is_cancelled = is_cancelled
        self.commands: SimpleQueue[Steer] = commands or SimpleQueue()
        self.result: dict = {"folder": request.folder}
        self.seconds: dict[str, float] = {}
        self.send = send
        self._writer: FrameWriter | None = None
        self._moments: deque[tuple[float, int]] = deque()  # (when, done) of the last seconds
        self._told = 0.0

    def check(self) -> None:
        """Raise Cancelled when the job should stop; call it at least once per frame."""
        if self.is_cancelled():
            raise Cancelled

    def status(self, text: str) -> None:
        """Say what happens now, as a phrase for the panel."""
        self._moments.clear()
        self.send(Status(self.id, text))

    def warning(self, text: str) -> None:
        """Say what the artist should know, in a sentence; the job goes on."""
        self.send(Warning(self.id, text))

    def progress(self, done: int, total: int, unit: str) -> None:
        """Say how far the job is; total 0 when unknown. Cheap: most calls send nothing."""
        now = time.monotonic()
        self._moments.append((now, done))
        while now - self._moments[0][0] > RATE_SECONDS and len(self._moments) > 2:
            self._moments.popleft()
        if now - self._told < MESSAGE_SECONDS and done != total:
            return
        self._told = now
        begin, first = self._moments[0]
        rate = (done - first) / (now - begin) if now > begin else 0.0
        seconds_left = (total - done) / rate if rate > 0 and total else -1.0
        self.send(Progress(self.id, done, total, unit, round(rate, 3), round(seconds_left, 3)))

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count the seconds of a block under `name`, for the result."""
        begin = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - begin

    def write_recipe(self, inputs: dict[str, str], engine: str = "") -> None:
        """Write down what the job was asked and with what. inputs: request field -> sha256."""
        self.folder.write_recipe(Recipe(self.request, inputs, engine, versions()))

    def may_reuse(self, index: int, inputs: str) -> bool:
        """Whether frame `index` was made from the same `inputs`; cheap, its file is not looked at."""
        return self._frames().knows(index, inputs)

    def reuse(self, index: int, inputs: str) -> bool:
        """Whether frame `index` is on disk and was made from the same `inputs`; it is announced then."""
        return self._frames().reuse(index, inputs)

    def frame(self, index: int, image: "NDArray | bytes", inputs: str) -> None:
        """Hand over a finished frame. It is encoded and written behind the caller's back, and announced when whole.

        image: (H, W, 4) uint8 or uint16, not changed afterwards; or the bytes of a PNG.   inputs: a hash of everything
        it depends on. Raises StorageError, for this frame or one handed over before.
        """
        self._frames().add(index, image, inputs)

    def finish_frames(self) -> None:
        """Wait until every frame handed over is whole and announced. Raises StorageError."""
        if self._writer is not None:
            writer, self._writer = self._writer, None
            writer.close()

    def _frames(self) -> FrameWriter:
        if self._writer is None:
            self.result.update(frames=0, reused=0)
            self._writer = FrameWriter(self.folder, self._announce)
        return self._writer

    def _announce(self, record: FrameRecord, is_reused: bool) -> None:
        self.result["frames"] += 1
        self.result["reused"] += is_reused
        self.send(Frame(self.id, record.index, str(self.folder.path / record.file), is_reused))
