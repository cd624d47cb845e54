# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The jobs under way: submitted here, fed by messages from the worker, and listened to by whoever writes their results.

`poll()` does one small step and never waits: a timer calls it in a window, `wait()` calls it in a loop without one.
Nothing here refers to Blender data except by uid, so undo, deleting and loading files cannot break it.
"""

import itertools
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ..bridge import messages
from ..bridge.errors import BusyError, PasticheError
from ..bridge.requests import JobRequest
from . import worker

logger = logging.getLogger(__name__)
DRAIN_SECONDS = 0.003  # of Blender's main thread, per poll
CLOSED = {'FINISHED', 'CANCELLED', 'FAILED'}
_numbers = itertools.count(1)


@dataclass
class Job:
    """One request under way or just ended, as a panel shows it."""

    id: str
    title: str
    request: JobRequest
    card_uid: str
    on_frames: Callable[["Job"], None] | None = None  # called at most once per poll, while `fresh` holds new frames
    on_done: Callable[["Job"], None] | None = None  # called once; a PasticheError it raises becomes the job's
    is_quiet: bool = False  # no box of its own in the panel: a moving slider asked for it, and would be pushed away
    state: str = 'QUEUED'  # then RUNNING, then one of CLOSED
    text: str = ""
    done: int = 0
    total: int = 0
    unit: str = ""
    rate: float = 0.0
    seconds_left: float = -1.0
    newest: str = ""  # path of the latest frame, for a small picture of it
    on_playing: Callable[["Job"], None] | None = None  # called with new `channels`, at most once per poll
    channels: dict[str, float] = field(default_factory=dict)  # what the face before the camera does now
    fresh: list[messages.Frame] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    error: PasticheError | None = None
    result: dict = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether more may come."""
        return self.state not in CLOSED

    @property
    def kind(self) -> str:
        """The kind of request: 'capture', 'render' or 'dummy'."""
        return self.request.kind

    @property
    def folder(self) -> Path:
        """The job's folder."""
        return Path(self.request.folder)


notice = ""  # what the artist should read although its job, and its file, are gone
_open: dict[str, Job] = {}
_last: dict[str, Job] = {}  # card uid -> its latest job, for the panel
_listeners: dict[str, Callable[[messages.Message], None]] = {}  # id -> who hears every word about it


def submit(request: JobRequest, title: str, card_uid: str = "", on_frames=None, on_done=None, is_quiet=False) -> Job:
    """Hand a request to the worker, which is started when needed. Raises WorkerError when it cannot be."""
    global notice
    notice = ""
    job = Job(f"job{next(_numbers)}", title, request, card_uid, on_frames, on_done, is_quiet)
    worker.client().submit(request, job.id)
    _open[job.id] = _last[card_uid] = job
    return job


def listen(id: str, listener: Callable[[messages.Message], None]) -> None:
    """Hear every message about a job or a session, from the next poll to its Done."""
    _listeners[id] = listener


def refuse_if_busy(card) -> None:
    """Raise BusyError when a card has a job already; making it live is in nobody's way."""
    busy = next((job for job in _open.values() if job.card_uid == card.pastiche.uid and job.kind != 'live'), None)
    if busy:
        raise BusyError(f"{busy.title} is still running for {card.name}.", "Wait for it, or cancel it first.")


def open_job(card_uid: str) -> Job | None:
    """The job under way for a card, or None."""
    return next((job for job in _open.values() if job.card_uid == card_uid), None)


def open_jobs() -> list[Job]:
    """All jobs under way, the oldest first."""
    return list(_open.values())


def last_job(card_uid: str) -> Job | None:
    """The latest job of a card in this session, open or not."""
    return _last.get(card_uid)


def latest_of(keys: tuple[str, ...]) -> Job | None:
    """The latest job of those whose owner's key begins with one of these; for what belongs to no card."""
    found = [job for key, job in _last.items() if key.startswith(keys)]
    return max(found, key=lambda job: int(job.id.removeprefix("job")), default=None)


def cancel(job: Job) -> None:
    """Ask the worker to stop a job; its finished frames stay."""
    client = worker.running_client()
    if job.is_open and client:
        job.text = "Cancelling"
        client.cancel(job.id)


def detach_all() -> list[Job]:
    """Stop every job without writing its results anywhere in Blender: another file is about to be loaded."""
    detached = open_jobs()
    for job in detached:
        job.on_frames = job.on_done = None
        cancel(job)
    return detached


def stop_all() -> None:
    """Count every job as cancelled, because the worker is ended: whatever it finished is on disk."""
    for job in open_jobs():
        _finish(job, messages.Done(job.id, 'CANCELLED'))


def poll() -> bool:
    """Take in what the worker said and pass it on; returns whether any job is open."""
    client = worker.running_client()
    if client is not None:
        for message in client.poll(DRAIN_SECONDS):
            _receive(message)
    for job in open_jobs():
        if job.fresh and job.on_frames:
            _call(job, job.on_frames)
            job.fresh = []
        if job.channels and job.on_playing:
            _call(job, job.on_playing)
            job.channels = {}
    return bool(_open)


def wait_for(card_uid: str) -> Job:
    """Poll until a card has no open job, the ones that followed included; returns the last. Ctrl-C cancels."""
    try:
        while open_job(card_uid):
            poll()
            time.sleep(0.02)
    except KeyboardInterrupt:
        for job in open_jobs():
            cancel(job)
        raise
    return _last[card_uid]


def forget_all() -> None:
    """Start afresh: the extension was disabled or enabled again."""
    _open.clear()
    _last.clear()
    _listeners.clear()


def summary(job: Job) -> str:
    """How a job ended, as a sentence for the status bar and the log."""
    done = f"{job.title}: {job.state.lower()}"
    frames, reused = job.result.get("frames"), job.result.get("reused")
    if isinstance(frames, int) and isinstance(reused, int):
        film = f"; the film is {job.result['movie']}" if "movie" in job.result else ""
        return f"{done}, {frames} frames, {frames - reused} of them new{film}"
    return done


def _receive(message: messages.Message) -> None:
    id = getattr(message, "job", "")
    listener = _listeners.pop(id, None) if isinstance(message, messages.Done) else _listeners.get(id)
    if listener:
        try:
            listener(message)
        except Exception:  # never the timer's end
            logger.exception("%s: a %s message could not be shown", id, message.type)
    job = _open.get(id)
    if job is None:
        return
    match message:
        case messages.Status(text=text):
            job.state, job.text = 'RUNNING', text
        case messages.Progress():
            job.state = 'RUNNING'
            job.done, job.total, job.unit = message.done, message.total, message.unit
            job.rate, job.seconds_left = message.rate, message.seconds_left
        case messages.Frame(path=path):
            job.fresh.append(message)
            job.newest = path
        case messages.Playing(channels=channels):
            job.channels = channels
        case messages.Warning(text=text):
            job.warnings.append(text)
        case messages.Error(error=error):
            job.error = PasticheError.from_dict(error)
        case messages.Done():
            _finish(job, message)


def _finish(job: Job, message: messages.Done) -> None:
    job.result = message.result
    if job.fresh and job.on_frames:
        _call(job, job.on_frames)
    del _open[job.id]
    job.state = message.outcome
    if job.on_done:
        _call(job, job.on_done)


def _call(job: Job, listener: Callable[[Job], None]) -> None:
    """Let a listener work; what it raises is the job's error, never the timer's end."""
    try:
        listener(job)
    except PasticheError as error:
        job.error = error
    except Exception as error:
        logger.exception("%s: the result could not be shown", job.title)
        job.error = PasticheError(
            f"{job.title}: the result could not be shown in Blender ({error}).", f"The files are in {job.folder}."
        )
