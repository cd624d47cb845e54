# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts, feeds, polls and cancels the worker from Blender's side; standard library, no bpy, nothing waits.

One thread writes to the worker, one reads from it; the caller's thread only exchanges plain messages with them in
`submit` and `poll`. The worker's stderr is the log. Every open job gets its Done, also from a worker that died: then
the client says it in its place. Not for: which Python runs the worker (runtime.py).
"""

import logging
import os
import queue
import subprocess
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from . import worker_end
from .drag_commands import DragCommand
from .errors import PasticheError, ProtocolError, WorkerError
from .inbox import Inbox
from .messages import PROTOCOL, Cancel, Done, Error, Heartbeat, Message, Ready, Steer, Submit
from .requests import JobRequest
from .whole_file import storage_error
from .wire import decode, encode, read_line

logger = logging.getLogger(__name__)
SILENCE_SECONDS = 60.0  # without a heartbeat, which comes every second
PAUSE_SECONDS = 5.0  # between polls: this process was busy or the machine asleep, silence is counted anew
CLOSE_SECONDS = 2.0
MOST_PER_POLL = 200  # messages; the caller has to handle them in the same tick
MOST_WAITING = 1000  # lines to the worker
MOST_LOG_BYTES = 4_000_000


class Client:
    """The worker, as seen from Blender. Made once, started once; after LOST, `close` and `start` again."""

    def __init__(self, python: Sequence[str], root: Path, log: Path, packages: Sequence[str] = ()) -> None:
        """python: command prefix.   root: folder that holds inference/.   log: file the worker's stderr is added to.

        packages: folders of packages, beyond those of the Python itself.
        """
        self.command = [*python, "-I", "-u", str(Path(root) / "inference"), "worker", *packages]
        self.log = Path(log)
        self.state = 'STOPPED'
        self.ready: Ready | None = None
        self._serial = 0  # of Steer messages
        self._open: dict[str, None] = {}  # jobs submitted and not done, in order
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a job was submitted that is not done."""
        return bool(self._open)

    def start(self) -> None:
        """Start the worker; Ready comes through `poll`. Raises WorkerError or StorageError (the log)."""
        if self.state != 'STOPPED':
            raise WorkerError("The background process was already started.", "Close it first.")
        with self._open_log() as log:
            self._log_start = log.tell()
            try:
                process = subprocess.Popen(
                    self.command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    cwd=self.log.parent,
                    creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
                )
            except (OSError, ValueError) as error:
                what = f"{self.command[0]} cannot be started ({getattr(error, 'strerror', '') or error})."
                raise WorkerError(what, "Choose another Python in the preferences.") from error
        self._process, self.state, self.ready = process, 'STARTING', None
        self._inbox = Inbox()
        self._outbox: queue.Queue[bytes | None] = queue.Queue(MOST_WAITING)
        self._heard = self._polled = time.monotonic()
        for work in (self._write, self._read):
            threading.Thread(target=work, args=(process, self._inbox, self._outbox), daemon=True).start()

    def submit(self, request: JobRequest, job_id: str) -> None:
        """Queue a job; it is answered by messages.

        Raises WorkerError when there is no worker, ProtocolError for values that cannot be sent, ValueError for an id
        that is open already.
        """
        if job_id in self._open:
            raise ValueError(f"the job {job_id!r} is open already")
        self._send(Submit(job_id, request))
        self._open[job_id] = None

    def cancel(self, job_id: str) -> None:
        """Ask for a job to be stopped; its Done follows. Unknown and finished jobs are ignored."""
        if job_id in self._open and self.state in ('STARTING', 'READY'):
            self._send(Cancel(job_id))

    def steer(self, job_id: str, command: DragCommand) -> int:
        """Say something to an open drag session; returns the serial number that its answers will carry.

        Raises WorkerError when there is no worker or no such session, ProtocolError for values that cannot be sent.
        """
        if job_id not in self._open:
            raise WorkerError("The drag session has ended.", "Open it again.")
        self._serial += 1
        self._send(Steer(job_id, self._serial, command))
        return self._serial

    def poll(self, limit_seconds: float = 0.003) -> list[Message]:
        """What has arrived since; Heartbeats are kept back, of several Progress, Picture or Dragging the newest comes.

        A worker that died, fell silent or speaks another version comes as Error and Done for each open job, or as one
        Error without a job.
        """
        if self._process is None:
            return []
        deadline = time.perf_counter() + limit_seconds
        now, before, self._polled = time.monotonic(), self._polled, time.monotonic()
        if now - before > PAUSE_SECONDS:
            self._heard = max(self._heard, now)
        messages: list[Message] = []
        while len(messages) < MOST_PER_POLL and time.perf_counter() < deadline:
            arrived = self._inbox.take(20)
            for message in arrived:
                messages += self._receive(message)
            if not arrived:
                break
        if self.state in ('STARTING', 'READY') and now - self._heard > SILENCE_SECONDS:
            messages += self._lose(worker_end.silence(SILENCE_SECONDS, self.log))
        return messages

    def close(self) -> None:
        """End the worker: close its stdin, wait up to two seconds, kill. Open jobs end without a word."""
        if self._process is None:
            return
        try:
            self._outbox.put_nowait(None)
            self._inbox.close()
            self._process.wait(CLOSE_SECONDS)
        except (queue.Full, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()
        self._open.clear()
        self._process, self.state, self.ready = None, 'STOPPED', None

    def _send(self, message: Submit | Cancel | Steer) -> None:
        line = encode(message)
        if self.state not in ('STARTING', 'READY'):
            raise WorkerError("The background process does not run.", "Start it again.")
        try:
            self._outbox.put_nowait(line)
        except queue.Full:
            raise WorkerError("The background process takes no more requests.", "Wait, or start it again.") from None

    def _receive(self, message: Message | None) -> list[Message]:
        """What the caller gets for one thing that arrived; None is the end of the worker's stdout."""
        if self.state == 'LOST':
            return []
        if message is None:
            assert self._process is not None
            return self._lose(
                worker_end.explain(self._process.returncode, self.ready is not None, self.log, self._log_start)
            )
        if isinstance(message, Error) and self.ready is None:  # the first thing heard was not understood
            return self._lose(PasticheError.from_dict(message.error))
        if isinstance(message, Ready):
            if message.protocol != PROTOCOL:
                return self._lose(worker_end.other_version(message.protocol))
            self.ready, self.state = message, 'READY'
        if isinstance(message, Done):
            self._open.pop(message.job, None)
        return [message]

    def _lose(self, error: PasticheError) -> list[Message]:
        """Give the worker up: the last words of every open job, in its place."""
        logger.error("%s", error)
        assert self._process is not None
        self._process.kill()
        self.state = 'LOST'
        self._inbox.close()
        jobs = list(self._open)
        self._open.clear()
        if not jobs:
            return [Error("", error.to_dict())]
        return [message for job in jobs for message in (Error(job, error.to_dict()), Done(job, 'FAILED'))]

    def _open_log(self) -> IO[bytes]:
        try:
            self.log.parent.mkdir(parents=True, exist_ok=True)
            if self.log.exists() and self.log.stat().st_size > MOST_LOG_BYTES:
                os.replace(self.log, self.log.with_suffix(".old.log"))
            log = self.log.open("ab")
            log.seek(0, os.SEEK_END)
            return log
        except OSError as error:
            raise storage_error(self.log, error) from error

    @staticmethod
    def _write(process: subprocess.Popen[bytes], inbox: Inbox, outbox: "queue.Queue[bytes | None]") -> None:
        """Thread: hand over lines until None, then close the worker's stdin."""
        assert process.stdin is not None
        try:
            with process.stdin as stream:
                while (line := outbox.get()) is not None:
                    stream.write(line)
                    stream.flush()
        except OSError:
            pass  # the worker has gone: the reading thread tells

    def _read(self, process: subprocess.Popen[bytes], inbox: Inbox, outbox: "queue.Queue[bytes | None]") -> None:
        """Thread: take in lines until the worker's stdout ends, then wait for its end."""
        assert process.stdout is not None
        with process.stdout as stream:
            while (line := read_line(stream)) is not None:
                message = _understand(line)
                if not isinstance(message, Heartbeat):
                    inbox.put(message)
                self._heard = time.monotonic()
        try:
            process.wait(CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        inbox.put(None)


def _understand(line: bytes) -> Message:
    try:
        return decode(line)
    except ProtocolError as error:
        logger.error("%s", error)
        return Error("", error.to_dict())
