# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be asked of the worker: one frozen dataclass of plain values per kind of job.

Paths are absolute strings. Frame rates are rational strings ("30000/1001"). Frame ranges include both ends.
"""

from dataclasses import dataclass, field
from typing import get_args

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
    corrections: (landmark of 478, x, y) each, where the fit is put right: lids, lips, irises.
    """

    box: tuple[float, float, float, float]
    points: tuple[tuple[float, float], ...] = ()
    corrections: tuple[tuple[int, float, float], ...] = ()


LOOPS = {'GIF': "loop.gif", 'APNG': "loop.png", 'WEBP': "loop.webp"}  # format -> its file in the job folder


@dataclass(frozen=True)
class Look:
    """How a face takes a style. Weights are 0..1; beyond extrapolates.

    exemplar: name or number; ignored when `random` is set.   second: another exemplar to blend in, by mix_structure and
    mix_color, 0 the first .. 1 the second.   random: seed of a style that no exemplar has, None for none.
    structure, color: one weight, or one for each layer (7 and 11 in the published models).   keep_color: the portrait's
    own color codes take the exemplar's place; color 0 keeps the color by weights instead.   truncation: 0..1, how far
    the portrait may be from the average face.   noise: seed of the fine grain, None for the model's own; both repeat.
    """

    exemplar: str | int = 0
    second: str | int | None = None
    mix_structure: float = 0.5
    mix_color: float = 0.5
    random: int | None = None
    structure: float | tuple[float, ...] = 0.75
    color: float | tuple[float, ...] = 1.0
    keep_color: bool = False
    truncation: float = 0.75
    noise: int | None = None


@dataclass(frozen=True)
class Styling:
    """A style in a look.

    style: folder of a style pack.   encoder: folder of the pack whose encoder reads the face; "": the style's own, or
    one beside it.   matting: keep the background behind the person as it is.   device: 'AUTO' | 'CPU' | 'CUDA'.
    precision: 'AUTO' | 'FLOAT32' | 'BFLOAT16' | 'FLOAT16'.
    """

    style: str
    look: Look = Look()
    encoder: str = ""
    matting: bool = False
    device: str = "AUTO"
    precision: str = "FLOAT32"


@dataclass(frozen=True)
class StyledFace:
    """One face of a picture or of footage, and its styling.

    face: of a picture the number, the largest first; of footage the id, the first seen first.
    placement: of a picture's face, when it is placed by hand.
    """

    styling: Styling
    face: int = 0
    placement: Placement | None = None


@dataclass(frozen=True)
class StylizeRequest:
    """A picture or footage -> the same with faces stylized, as frames in `folder`; a picture is the one frame 1.

    source: picture, film, GIF, folder of numbered pictures, or the first of them: a lone picture where `still`.
    faces: stylized one after the other.   surroundings: 'KEEP' the rest of the picture, 'MATCH' its color, or 'CROP' it
    away (one face).   start, end: seconds of the footage, end 0: to its end.   first: number of the first frame.
    fps: rate of the frames; "" for the footage's own.
    smoothing: of place and codes over time, 'OFF' | 'LOW' | 'HIGH'.   face_side: for a preview, faces are drawn at the
    first resolution that has so many pixels; 0: at the style's own.   is_sheet: instead of a
    picture, its aligned face, the reconstruction and three ways of taking the style (DualStyleGAN, figure 4).
    format, depth: as RenderRequest.   has_sound: whether a film keeps the footage's sound.
    """

    folder: str
    source: str
    faces: tuple[StyledFace, ...]
    still: bool = False
    surroundings: str = "KEEP"
    start: float = 0.0
    end: float = 0.0
    first: int = 1
    fps: str = ""
    smoothing: str = "LOW"
    face_side: int = 0
    is_sheet: bool = False
    format: str = "PNG"
    depth: int = 8
    has_sound: bool = True

    kind = "stylize"


@dataclass(frozen=True)
class PackRequest:
    """The authors' files -> a style pack at `pack`, or an encoder's.

    source: folder with generator.pt and codes, sampler.pt and encoder.pt where there are; or with encoder.pt alone;
    or a pack, which is copied; "" when the files are given one by one.   generator, codes, sampler, encoder: files in
    place of the folder's, such as the weights of the trainings finetune, refine, sampler and psp.
    pictures: folder with the exemplars' pictures, for thumbnails; "": the model draws them.   space: 'Z+' | 'W+', what
    the encoder was trained for.   Others: what the pack says of itself.
    """

    folder: str
    source: str
    pack: str
    generator: str = ""
    codes: str = ""
    sampler: str = ""
    encoder: str = ""
    name: str = ""
    authors: str = ""
    license: str = ""
    paper: str = ""
    is_noncommercial: bool = False
    pictures: str = ""
    space: str = "Z+"

    kind = "pack"


@dataclass(frozen=True)
class RenderRequest:
    """(source, motion) -> frames `first`..`last` in `folder`, by an engine.

    fps: rate of the output; the motion is resampled to it when it differs.   depth: 8 or 16 bits per channel of PNG.
    format: 'PNG', 'MP4' or one of LOOPS. The PNG frames stay in the folder in any case; the film is the result's
    `movie`, the loop its `loop`.   side: longer side of the loop in pixels at most, 0 the frames' own.
    max_bytes: of the loop's file, 0 any; rate, colors and size give way.   back_and_forth: the loop returns the way
    it came.   audio: footage or sound file whose sound goes into the MP4, "" for none.
    audio_begin: its second at the motion's first frame, where the motion itself does not say it.
    settings: the engine's own, by name.
    styling: a style for the source before the engine plays it; the channels of the group Style play its look.
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
    audio_begin: float = 0.0
    face: int = 0
    placement: Placement | None = None
    settings: dict[str, float | str | bool] = field(default_factory=dict)
    styling: Styling | None = None

    kind = "render"


@dataclass(frozen=True)
class DragRequest:
    """Open a drag session: it shows a picture of the network, takes Steer messages, and ends with Close or Cancel.

    network: a file that docs/networks.md lists.   latent: file of a latent or an inversion to begin with, "" for the
    one of `seed` at `truncation`.   folder: where kept expressions go.
    script: commands to be done instead, one after the other, each Run to its end; the session is not shown and ends
    with the last.   is_filmed: a script's way from the start to where it ends is written as frames, a step each.
    device: one of DEVICES in catalogue.py.
    """

    folder: str
    network: str
    latent: str = ""
    seed: int = 0
    truncation: float = 0.7
    options: DragOptions = field(default_factory=DragOptions)
    script: tuple[DragCommand, ...] = ()
    is_filmed: bool = False
    device: str = "AUTO"

    kind = "drag"


@dataclass(frozen=True)
class InvertRequest:
    """A picture -> the latent of a network that makes it, and how the network was tuned to it; with live pictures.

    latent: file to write; beside it, under its name and .png, lie the wanted and the found picture side by side.
    framing: 'FACE' aligned as faces in training sets are, 'MIDDLE' the largest middle part.   face: which one, the
    largest first.   steps: of the search.   tuning: most steps of fitting the network, 0 for none.   locality: how
    firmly fitting leaves other pictures of the network as they were, 0 not at all, 0.1 in the paper.
    is_per_row: search in W+ instead of W; nearer, but harder to drag.   encoder: file of the network's encoder, whose
    answer the search begins with; "": the one that lies with the network, if any.   lpips: checkpoint of LPIPS, "" for
    the built-in measure.   device: one of DEVICES in catalogue.py.   Cancelled, the best so far is written. The same
    picture, network and settings are not searched twice.
    """

    folder: str
    source: str
    network: str
    latent: str
    framing: str = 'FACE'
    face: int = 0
    steps: int = 450
    tuning: int = 350
    locality: float = 0.0
    is_per_row: bool = False
    encoder: str = ""
    lpips: str = ""
    device: str = "AUTO"

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


@dataclass(frozen=True)
class LiveRequest:
    """A picture of a face -> what Blender needs to deform it by itself: `card.live` and its textures in `folder`.

    settings: the mesh engine's, which it is to look like.   face, placement: as for a render.
    """

    folder: str
    source: str
    face: int = 0
    placement: Placement | None = None
    settings: dict[str, float | str | bool] = field(default_factory=dict)

    kind = "live"


@dataclass(frozen=True)
class NeutralRequest:
    """A captured motion -> the same with another neutral frame, into `motion`; the footage is not read again.

    source: the captured motion file.   neutral: seconds of the footage at which the actor's face is at rest.
    """

    folder: str
    source: str
    motion: str
    neutral: float

    kind = "neutral"


@dataclass(frozen=True)
class RecordRequest:
    """A camera -> `footage`, an MP4, until it is cancelled or `seconds` are over.

    device: number of a camera, or a film that plays as one.   fps: of the film.   count_in: seconds before it begins.
    is_live: tell what the face does meanwhile, as fast as the machine can.
    """

    folder: str
    footage: str
    device: str = "0"
    fps: str = "30"
    seconds: float = 600.0
    count_in: float = 3.0
    is_live: bool = True

    kind = "record"


JobRequest = (
    DummyRequest
    | CaptureRequest
    | RenderRequest
    | DragRequest
    | InvertRequest
    | TrainRequest
    | StylizeRequest
    | PackRequest
    | LiveRequest
    | NeutralRequest
    | RecordRequest
)
KINDS: dict[str, type[JobRequest]] = {cls.kind: cls for cls in get_args(JobRequest)}
