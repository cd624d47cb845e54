# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words the two processes say to each other; wire.py puts each on one line of JSON.

Blender -> worker: Submit, Cancel, Shutdown.   Worker -> Blender: Ready (first, once), then for each job any number of
Status, Progress, Frame, Warning, at most one Error, and always Done, last. Heartbeat comes every second, job or not.
"""

from dataclasses import dataclass, field
from typing import Any

from .requests import JobRequest

PROTOCOL = 1
MAX_LINE = 1 << 20  # bytes, newline included


@dataclass(frozen=True)
class Submit:
    """Queue a job. `job` is the sender's id for it, unique in this connection."""

    job: str
    request: JobRequest
    type = "submit"


@dataclass(frozen=True)
class Cancel:
    """Stop a job within one frame, or take it out of the queue; finished frames stay."""

    job: str
    type = "cancel"


@dataclass(frozen=True)
class Shutdown:
    """End the worker. Closing its stdin does the same."""

    type = "shutdown"


@dataclass(frozen=True)
class Ready:
    """The worker can take jobs. `versions`: python, numpy, opencv ...; `devices`: names, the preferred one first."""

    protocol: int
    pastiche: str
    pid: int
    devices: list[str]
    versions: dict[str, str]
    engines: dict[str, str]  # engine name -> "" when usable, else what is missing and the remedy
    type = "ready"


@dataclass(frozen=True)
class Status:
    """What the job is doing now, as a phrase for the panel."""

    job: str
    text: str
    type = "status"


@dataclass(frozen=True)
class Progress:
    """`done` of `total` (0: unknown) `unit`s; `rate` units per second; `seconds_left` negative when unknown."""

    job: str
    done: int
    total: int
    unit: str
    rate: float
    seconds_left: float
    type = "progress"


@dataclass(frozen=True)
class Frame:
    """Frame `index` is whole on disk at `path`; `is_reused` when its inputs had not changed: nothing was computed."""

    job: str
    index: int
    path: str
    is_reused: bool
    type = "frame"


@dataclass(frozen=True)
class Warning:
    """Something the artist should know; the job goes on."""

    job: str
    text: str
    type = "warning"


@dataclass(frozen=True)
class Error:
    """The job failed. `error` is a PasticheError as a dict. `job` is "" when no job is to blame (a bad line)."""

    job: str
    error: dict[str, str]
    type = "error"


@dataclass(frozen=True)
class Done:
    """The job's last word. outcome: 'FINISHED' | 'CANCELLED' | 'FAILED'.

    result: plain data of its kind: frames, reused, first, last, folder, seconds per stage, movie, motion, device ...
    """

    job: str
    outcome: str
    result: dict[str, Any] = field(default_factory=dict)
    type = "done"


@dataclass(frozen=True)
class Heartbeat:
    """The worker lives. `job` is the running job or ""."""

    job: str
    uptime: float
    type = "heartbeat"


Message = Submit | Cancel | Shutdown | Ready | Status | Progress | Frame | Warning | Error | Done | Heartbeat
TYPES: dict[str, type[Message]] = {
    cls.type: cls
    for cls in (Submit, Cancel, Shutdown, Ready, Status, Progress, Frame, Warning, Error, Done, Heartbeat)
}
