# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words the two processes say to each other; wire.py puts each on one line of JSON.

Blender -> worker: Submit, Cancel, Steer, Shutdown.   Worker -> Blender: Ready (first, once), then for each job any
number of Status, Progress, Frame, Warning, at most one Error, and always Done, last. Heartbeat comes every second, job
or not. A job that shows itself says Screen once, then Picture for each picture. A drag session, the job that takes
Steer, answers each with Dragging, Kept, Face or Refused.
"""

from dataclasses import dataclass, field
from typing import Any

from .drag_commands import DragCommand
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
class Steer:
    """Say something to an open drag session. `serial`: the sender's count of these, told back in the answers."""

    job: str
    serial: int
    command: DragCommand
    type = "steer"


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
class Playing:
    """What the face before the camera does now. channels: name -> value."""

    job: str
    channels: dict[str, float]
    type = "playing"


@dataclass(frozen=True)
class Screen:
    """The job's pictures, `width` x `height`, lie in the shared memory of that name (live_pictures.py)."""

    job: str
    name: str
    width: int
    height: int
    type = "screen"


@dataclass(frozen=True)
class Picture:
    """Picture `sequence` is on the job's screen; `is_rough`: a preview, the same in full detail follows."""

    job: str
    sequence: int
    is_rough: bool
    type = "picture"


@dataclass(frozen=True)
class Dragging:
    """How a drag session stands, after each step and each command.

    serial: of the last command obeyed or refused, 0 for none.   state: 'PAUSED' | 'DRAGGING' | 'ARRIVED'.
    step: the shown one of the history; step 0 is the start.   steps: the last one there is.   drags: how many `Back`
    can undo.   distances: from each handle to its target, in pixels.   loss: negative when there was none.
    seconds_per_step: of the last steps, 0.0 when unknown.   seed: of the start, -1 for a latent from a file.
    """

    job: str
    serial: int
    state: str
    step: int
    steps: int
    drags: int
    handles: tuple[tuple[float, float], ...]
    targets: tuple[tuple[float, float], ...]
    distances: tuple[float, ...]
    loss: float
    seconds_per_step: float
    seed: int
    type = "dragging"


@dataclass(frozen=True)
class Kept:
    """An expression was written down; paths of its file, and of latent and picture (PNG) that it starts from.

    A card with that picture, the engine 'latent' and that latent can play it as the channel `drag:<name>`.
    """

    job: str
    serial: int
    name: str
    expression: str
    latent: str
    picture: str
    type = "kept"


@dataclass(frozen=True)
class Face:
    """The 478 landmarks of the shown picture (inference/faces/topology.py), x then y in pixels; none without a face."""

    job: str
    serial: int
    landmarks: tuple[tuple[float, float], ...]
    type = "face"


@dataclass(frozen=True)
class Refused:
    """A command was not obeyed, nothing changed, the session goes on. `error` is a PasticheError as a dict."""

    job: str
    serial: int
    error: dict[str, str]
    type = "refused"


@dataclass(frozen=True)
class Heartbeat:
    """The worker lives. `job` is the running job or ""."""

    job: str
    uptime: float
    type = "heartbeat"


Message = (
    Submit | Cancel | Steer | Shutdown | Ready | Status | Progress | Frame | Warning | Error | Done | Heartbeat
    | Screen | Picture | Dragging | Kept | Face | Refused | Playing
)  # fmt: skip
TYPES: dict[str, type[Message]] = {
    cls.type: cls
    for cls in (
        Submit, Cancel, Steer, Shutdown, Ready, Status, Progress, Frame, Warning, Error, Done, Heartbeat,
        Screen, Picture, Dragging, Kept, Face, Refused, Playing,
    )
}  # fmt: skip
