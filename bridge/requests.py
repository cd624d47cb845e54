# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be asked of the worker: one frozen dataclass of plain values per kind of job.

Paths are absolute strings. Frame rates are rational strings ("30000/1001"). Frame ranges include both ends.
"""

from dataclasses import dataclass, field

from .drag_commands import DragCommand, DragOptions


@dataclass(frozen=True)
class DummyRequest:
    """Write small colored frames without any engine: for tests of panels, client and job folders.

    fail_at: raise an InputError at this frame, -1 never.   settings: part of the recipe and of each frame's inputs.
    """

    folder: str
    first: int = 1
    last: int = 24
    seconds_per_frame: float = 0.02
    fail_at: int = -1
    settings: dict[str, float | str | bool] = field(default_factory=dict)

    kind = "dummy"


@dataclass(frozen=True)
class CaptureRequest:
    """Footage -> motion file. `start`/`end` in seconds of the footage (end 0: to its end).

    fps: rate of the channel rows written, "" for the footage's own.   face: id of the tracked face, 0 the first found.
    smoothing: 'OFF' | 'LOW' | 'HIGH'.   neutral: seconds of the neutral frame, negative for automatic.
    detail: keep mouth and wrinkle textures of the footage for the mesh engine.
    backend: 'mediapipe' | 'face-alignment'.   lock_head, lock_scale: leave head, or its size alone, at rest.
    gains: factor for a region of the channel rows: 'Eyes', 'Gaze', 'Jaw', 'Mouth', 'Brows', 'Cheeks', 'Head'.
    """

    folder: str
    footage: str
    motion: str
    fps: str = ""
    start: float = 0.0
    end: float = 0.0
    face: int = 0
    smoothing: str = "LOW"
    neutral: float = -1.0
    mirror: bool = False
    detail: bool = True
    backend: str = "mediapipe"
    lock_head: bool = False
    lock_scale: bool = False
    gains: dict[str, float] = field(default_factory=dict)

    kind = "capture"


@dataclass(frozen=True)
class Placement:
    """A face placed by hand, in pixels of the source image, origin top left, x then y.

    box: left, top, right, bottom.   points: right eye, left eye, nose tip, right and left mouth corner, where right and
    left are the subject's own; may be empty: then the box alone starts the fit.
    """

    box: tuple[float, float, float, float]
    points: tuple[tuple[float, float], ...] = ()


LOOPS = {'GIF': "loop.gif", 'APNG': "loop.png", 'WEBP': "loop.webp"}  # format -> its file in the job folder


@dataclass(frozen=True)
class RenderRequest:
    """(source, motion) -> frames `first`..`last` in `folder`, by an engine.

    fps: rate of the output; the motion is resampled to it when it differs.   depth: 8 or 16 bits per channel of PNG.
    format: 'PNG', 'MP4' or one of LOOPS. The PNG frames stay in the folder in any case; the film is the result's
    `movie`, the loop its `loop`.   side: longer side of the loop in pixels at most, 0 the frames' own.
    max_bytes: of the loop's file, 0 any; rate, colors and size give way.   back_and_forth: the loop returns the way
    it came.   audio: footage or sound file whose sound goes into the MP4, "" for none.
    settings: the engine's own, by name.
    """

    folder: str
    source: str
    motion: str
    engine: str = "mesh"
    first: int = 1
    last: int = 0  # 0: to the end of the motion
    fps: str = ""
    format: str = "PNG"
    depth: int = 8
    side: int = 0
    max_bytes: int = 0
    back_and_forth: bool = False
    audio: str = ""
    face: int = 0
    placement: Placement | None = None
    settings: dict[str, float | str | bool] = field(default_factory=dict)

    kind = "render"


@dataclass(frozen=True)
class DragRequest:
    """Open a drag session: it shows a picture of the network, takes Steer messages, and ends with Close or Cancel.

    network: NVIDIA's pickle or a converted file.   latent: file of a latent or an inversion to begin with, "" for the
    one of `seed` at `truncation`.   folder: where kept expressions go.
    script: commands to be done instead, one after the other, each Run to its end; the session is not shown and ends
    with the last.   is_filmed: a script's way from the start to where it ends is written as frames, a step each.
    """

    folder: str
    network: str
    latent: str = ""
    seed: int = 0
    truncation: float = 0.7
    options: DragOptions = field(default_factory=DragOptions)
    script: tuple[DragCommand, ...] = ()
    is_filmed: bool = False

    kind = "drag"


@dataclass(frozen=True)
class InvertRequest:
    """A picture -> the latent of a network that makes it, and how the network was tuned to it; with live pictures.

    latent: file to write.   framing: 'FACE' aligned as faces in training sets are, 'MIDDLE' the largest middle part.
    face: which one, the largest first.   steps: of the search.   tuning: most steps of fitting the network, 0 for none.
    is_per_row: search in W+ instead of W; nearer, but harder to drag.   lpips: checkpoint of LPIPS, "" for the built-in
    measure.   Cancelled, the best so far is written. The same picture, network and settings are not searched twice.
    """

    folder: str
    source: str
    network: str
    latent: str
    framing: str = 'FACE'
    face: int = 0
    steps: int = 450
    tuning: int = 350
    is_per_row: bool = False
    lpips: str = ""

    kind = "invert"


@dataclass(frozen=True)
class TrainRequest:
    """(data, stage) -> trained weights in `folder`, and all that is needed to go on training there.

    stage: what is trained (inference/training/stage.py).   data: file or folder it learns from, as the stage says.
    steps: where to stop, counted from the very beginning; 0: as the stage's recipe says.   every: steps between two
    savings.   device: 'AUTO' | 'CPU' | 'CUDA'.   settings: the stage's own, by name.
    """

    folder: str
    stage: str
    data: str
    steps: int = 0
    every: int = 500
    seed: int = 0
    device: str = "AUTO"
    settings: dict[str, float | str | bool] = field(default_factory=dict)

    kind = "train"


JobRequest = DummyRequest | CaptureRequest | RenderRequest | DragRequest | InvertRequest | TrainRequest
KINDS: dict[str, type[JobRequest]] = {
    cls.kind: cls for cls in (DummyRequest, CaptureRequest, RenderRequest, DragRequest, InvertRequest, TrainRequest)
}
