# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The background process: requests come on stdin, messages go out on stdout, one job runs at a time.

Whatever else is printed, by Python or by C, goes to stderr, which is the log. The process ends at once when its stdin
closes, because then Blender has closed or crashed; files are whole or absent at any moment, so nothing has to be saved.
"""

import faulthandler
import logging
import os
import signal
import sys
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import IO

from ..bridge.errors import BusyError, PasticheError, ProtocolError
from ..bridge.live_pictures import forget_all
from ..bridge.messages import PROTOCOL, Cancel, Done, Error, Heartbeat, Message, Ready, Shutdown, Steer, Submit
from ..bridge.wire import decode, encode, read_line
from .devices import devices, engines, pastiche_version, versions
from .jobs import perform

logger = logging.getLogger(__name__)
HEARTBEAT_SECONDS = 1.0
MOST_QUEUED = 1000
MOST_SESSIONS = 4
SESSIONS = frozenset({"drag"})  # kinds of jobs that stay open for an artist: each in its own thread


def main() -> int:
    """Serve until stdin closes."""
    requests, answers = _claim_pipes()
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    faulthandler.enable(sys.stderr)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in Blender's terminal is Blender's affair
    Worker(requests, answers).serve()
    return 0


def _claim_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Keep stdin and stdout for the protocol; 0 reads nothing from now on, 1 is the log."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdin, sys.stdout = open(os.devnull, encoding="utf-8"), sys.stderr
    return requests, answers


@dataclass
class _Session:
    """A job that is told things while it runs."""

    cancelled: threading.Event = field(default_factory=threading.Event)
    commands: SimpleQueue[Steer] = field(default_factory=SimpleQueue)


class Worker:
    """One connection: threads that read, beat, and keep sessions open, and the main thread, which runs other jobs."""

    def __init__(self, requests: IO[bytes], answers: IO[bytes]) -> None:
        self._requests = requests
        self._answers = answers
        self._sending = threading.Lock()
        self._changed = threading.Condition()  # guards what follows
        self._queue: deque[Submit] = deque()
        self._known: set[str] = set()  # every id ever submitted
        self._running = ""
        self._cancelled = threading.Event()  # the running job's
        self._sessions: dict[str, _Session] = {}  # the open ones

    def serve(self) -> None:
        """Say Ready, then run jobs as they come. Does not return: the reading thread ends the process."""
        self.send(Ready(PROTOCOL, pastiche_version(), os.getpid(), devices(), versions(), engines()))
        for work in (self._beat, self._read):
            threading.Thread(target=work, daemon=True).start()
        while True:
            submit = self._next()
            logger.info("%s: %s starts", submit.job, submit.request.kind)
            done = perform(submit.request, submit.job, self.send, self._cancelled.is_set)
            logger.info("%s: %s", submit.job, done.outcome)
            with self._changed:
                self._running = ""
            self.send(done)

    def send(self, message: Message) -> None:
        """Send a message; when nobody listens any more the process ends. Raises ProtocolError for a malformed one."""
        line = encode(message)
        try:
            with self._sending:
                self._answers.write(line)
                self._answers.flush()
        except (OSError, ValueError):
            _end()

    def _next(self) -> Submit:
        with self._changed:
            self._changed.wait_for(lambda: self._queue)
            submit = self._queue.popleft()
            self._running = submit.job
            self._cancelled.clear()
            return submit

    def _beat(self) -> None:
        begin = time.monotonic()
        while True:
            time.sleep(HEARTBEAT_SECONDS)
            self.send(Heartbeat(self._running, round(time.monotonic() - begin, 3)))

    def _read(self) -> None:
        try:
            while (line := read_line(self._requests)) is not None:
                self._answer(line)
        except Exception:
            logger.exception("the requests cannot be read")
        _end()

    def _answer(self, line: bytes) -> None:
        try:
            message = decode(line)
            match message:
                case Submit():
                    self._enqueue(message)
                case Cancel(job=job):
                    self._cancel(job)
                case Steer():
                    self._steer(message)
                case Shutdown():
                    _end()
                case _:
                    raise ProtocolError(f"A {message.type} message is not for the worker.", "Report it with the log.")
        except PasticheError as error:
            logger.warning("%s", error)
            self.send(Error("", error.to_dict()))

    def _enqueue(self, submit: Submit) -> None:
        with self._changed:
            if submit.job in self._known:
                raise ProtocolError(f"The job {submit.job[:40]!r} was submitted before.", "Give each job its own id.")
            self._known.add(submit.job)
            error = self._open_session(submit) if submit.request.kind in SESSIONS else self._queue_up(submit)
        if error:
            self.send(Error(submit.job, error.to_dict()))
            self.send(Done(submit.job, 'FAILED'))

    def _queue_up(self, submit: Submit) -> BusyError | None:
        if len(self._queue) >= MOST_QUEUED:
            return BusyError(f"{MOST_QUEUED} jobs are waiting already.", "Submit it again when some are done.")
        self._queue.append(submit)
        self._changed.notify()
        return None

    def _open_session(self, submit: Submit) -> BusyError | None:
        if len(self._sessions) >= MOST_SESSIONS:
            return BusyError(f"{MOST_SESSIONS} sessions are open already.", "Close one of them.")
        session = self._sessions[submit.job] = _Session()
        threading.Thread(target=self._serve_session, args=(submit, session), daemon=True).start()
        return None

    def _serve_session(self, submit: Submit, session: _Session) -> None:
        logger.info("%s: %s opens", submit.job, submit.request.kind)
        done = perform(submit.request, submit.job, self.send, session.cancelled.is_set, session.commands)
        logger.info("%s: %s", submit.job, done.outcome)
        with self._changed:
            del self._sessions[submit.job]
        self.send(done)

    def _steer(self, steer: Steer) -> None:
        with self._changed:
            session = self._sessions.get(steer.job)
            if session is None and steer.job not in self._known:
                raise ProtocolError(f"There is no session {steer.job[:40]!r}.", "Open it first.")
        if session:  # one that has just ended hears nothing more
            session.commands.put(steer)

    def _cancel(self, job: str) -> None:
        with self._changed:
            waiting = [submit for submit in self._queue if submit.job == job]
            for submit in waiting:
                self._queue.remove(submit)
            if job and job == self._running:
                self._cancelled.set()
            if job in self._sessions:
                self._sessions[job].cancelled.set()
        for submit in waiting:
            self.send(Done(submit.job, 'CANCELLED', {"folder": submit.request.folder}))


def _end() -> None:
    """Leave at once, in the middle of whatever runs; each line of a log is on disk when it is written."""
    forget_all()
    os._exit(0)
