# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""(source, motion) -> frames: an engine plays a portrait, and only frames whose inputs changed are computed.

What a frame depends on is hashed per frame (`_Inputs`); resuming, rendering again and a changed key all rest on it. Not
for: how an engine draws (engines/), how frames reach the disk (frame_writer.py), films (film.py).
"""

import functools
import hashlib
from fractions import Fraction
from pathlib import Path

from ...bridge.channels import STYLE
from ...bridge.errors import InputError
from ...bridge.requests import LOOPS, LiveRequest, Placement, RenderRequest
from ..engines.engine import Engine, open_engine
from ..media.frame_rate import format_frame_rate, parse_frame_rate
from ..motion.resample import resample_motion
from ..motion.take import Motion, MotionFrame
from ..portrait import Portrait, read_faceless, read_portrait
from ..torch_needed import importing_torch
from .film import write_film
from .frame_range import check_range
from .input_hash import hash_input, hash_take, hash_values
from .job import Job
from .loop import check_loop, write_loop_of_frames
from .picture_depth import with_depth

STYLE_NAMES = frozenset(channel.name for channel in STYLE)


def run(request: RenderRequest, job: Job) -> None:
    """Render frames `first`..`last`, and the film when one is asked for."""
    _check_choices(request)
    engine = _open_engine(request, job)
    job.result.update(engine=f"{engine.name} {engine.version}", device=getattr(engine, "device", "cpu"))
    with job.stage("read"):
        job.status("Reading the inputs")
        hashes = _input_hashes(request, job)
        job.write_recipe(hashes, f"{engine.name} {engine.version}")
        motion = _motion(request)
        first, last = request.first, request.last or motion.last
        check_range(first, last)
        job.check()
    with job.stage("portrait"):
        job.status("Finding the face")
        portrait = portrait_of(request, getattr(engine, "needs_face", True))
        job.check()
    job.result.update(first=first, last=last, fps=format_frame_rate(motion.fps), size=list(portrait.image.shape[1::-1]))
    _render_frames(request, job, engine, portrait, motion, range(first, last + 1))
    if request.format == 'MP4':
        with job.stage("film"):
            begin = _sound_begin(request, motion, first, hashes.get("audio", ""))
            write_film(job, range(first, last + 1), motion.fps, request.audio, begin)
    elif request.format in LOOPS:
        with job.stage("loop"):
            write_loop_of_frames(request, job, motion.fps, range(first, last + 1))


def _open_engine(request: RenderRequest, job: Job) -> Engine:
    """The engine of the request, and a style under it where one is asked for."""
    engine = open_engine(request.engine, request.settings)
    if request.styling is None:
        return engine
    if not getattr(engine, "needs_face", True):
        what = f"The engine {engine.name} draws the picture itself: it takes no style."
        raise InputError(what, "Take the style off, or choose another engine.")
    with importing_torch("A style"):
        from ..engines.styled import StyledEngine
        from ..styles.packs import open_stylist
    job.status("Opening the style")
    return StyledEngine(engine, open_stylist(request.styling, job.check), request.styling.look)


def _check_choices(request: RenderRequest) -> None:
    if request.format not in ('PNG', 'MP4', *LOOPS):
        raise InputError(f"Frames cannot be written as {request.format[:20]!r}.", "Choose PNG, MP4, GIF, APNG or WEBP.")
    check_loop(request)
    if request.depth not in (8, 16):
        raise InputError(f"A PNG cannot have {request.depth} bits per channel.", "Choose 8 or 16.")


def _input_hashes(request: RenderRequest, job: Job) -> dict[str, str]:
    paths = {"source": request.source, "motion": request.motion, "audio": request.audio}
    return {name: hash_input(path, job.check) for name, path in paths.items() if path}


def _motion(request: RenderRequest) -> Motion:
    motion = Motion.open(request.motion)
    return resample_motion(motion, parse_frame_rate(request.fps)) if request.fps else motion


def _sound_begin(request: RenderRequest, motion: Motion, first: int, audio_sha256: str) -> float:
    """The second of the sound at frame `first`.

    The sound of the captured footage is in step with the motion; any other begins as the request says.
    """
    begin = float(Fraction(first - motion.first) / motion.fps) + request.audio_begin
    if audio_sha256 and audio_sha256 == motion.metadata.get("footage_sha256") and motion.take is not None:
        begin += float(motion.take.times[0])  # seconds of the footage at the motion's first frame
    return begin


def portrait_of(request: RenderRequest | LiveRequest, needs_face: bool = True) -> Portrait:
    """The portrait that a request names; the last one is remembered. Raises InputError, FaceNotFoundError."""
    try:
        facts = Path(request.source).stat()
    except (OSError, ValueError) as error:
        raise InputError(f"There is no picture at {request.source}.", "Check the path.") from error
    if not needs_face:
        return read_faceless(request.source)
    return _read_portrait(request.source, request.face, request.placement, facts.st_size, facts.st_mtime_ns)


@functools.lru_cache(maxsize=1)
def _read_portrait(path: str, face: int, placement: Placement | None, size: int, changed: int) -> Portrait:
    """The portrait of a file in this state: a card that is rendered again is not searched for a face again."""
    return read_portrait(path, face, placement)


def _render_frames(
    request: RenderRequest, job: Job, engine: Engine, portrait: Portrait, motion: Motion, frames: range
) -> None:
    inputs = _Inputs(request, engine, portrait)
    waiting = _Waiting(request, job, engine, portrait, motion)
    for done, index in enumerate(frames, 1):
        job.check()
        frame = motion.frame(index)
        digest = inputs.of(frame)
        if job.may_reuse(index, digest):
            waiting.render()  # frames are announced in order
            if job.reuse(index, digest):
                job.progress(done, len(frames), "frames")
                continue
        waiting.add(frame, digest)
        if waiting.is_full:
            waiting.render()
            job.progress(done, len(frames), "frames")
    waiting.render()
    with job.stage("write"):
        job.finish_frames()
    job.progress(len(frames), len(frames), "frames")


class _Waiting:
    """Frames on their way to the engine, which takes as many at a time as it likes."""

    def __init__(self, request: RenderRequest, job: Job, engine: Engine, portrait: Portrait, motion: Motion) -> None:
        self._job, self._engine, self._portrait, self._motion = job, engine, portrait, motion
        self._depth = request.depth
        self._frames: list[tuple[MotionFrame, str]] = []
        self._is_prepared = False
        self._told: set[str] = set()

    @property
    def is_full(self) -> bool:
        """Whether the engine would like no more at once."""
        return len(self._frames) >= getattr(self._engine, "batch", 1)

    def add(self, frame: MotionFrame, digest: str) -> None:
        """Let a frame wait, with the hash of all it depends on."""
        self._frames.append((frame, digest))

    def render(self) -> None:
        """Make what waits."""
        if not self._frames:
            return
        if not self._is_prepared:
            self._prepare()
        frames = [frame for frame, _ in self._frames]
        with self._job.stage("render"):
            is_one = len(frames) == 1
            images = [self._engine.render(frames[0])] if is_one else self._engine.render_many(frames)
        with self._job.stage("write"):
            for image, (frame, digest) in zip(images, self._frames, strict=True):
                self._job.frame(frame.number, with_depth(image, self._depth), digest)
        self._frames.clear()
        self._pass_on_warnings()

    def _prepare(self) -> None:
        self._job.status("Preparing the portrait")
        with self._job.stage("prepare"):
            self._engine.set_source(self._portrait)
            if hasattr(self._engine, "prepare"):  # it reads the footage itself
                self._job.status("Reading the footage")
                self._engine.prepare(self._motion.take, self._on_picture)
        self._is_prepared = True
        self._job.status("Rendering")

    def _on_picture(self, done: int, total: int) -> None:
        self._job.check()
        self._job.progress(done, total, "pictures")

    def _pass_on_warnings(self) -> None:
        for text in self._engine.warnings:
            if text not in self._told:
                self._told.add(text)
                self._job.warning(text)


class _Inputs:
    """What frames of one job depend on, as one hash per frame."""

    def __init__(self, request: RenderRequest, engine: Engine, portrait: Portrait) -> None:
        found = hashlib.sha256(portrait.landmarks.tobytes())
        found.update(b"" if portrait.matte is None else portrait.matte.tobytes())
        picture = [portrait.sha256, found.hexdigest(), request.depth]
        self._common = hash_values(
            picture, engine.name, engine.version, getattr(engine, "inputs", request.settings),
            hash_take(request.motion), _style_inputs(request),
        )  # fmt: skip
        self._unplayed = frozenset() if request.styling else STYLE_NAMES

    def of(self, frame: MotionFrame) -> str:
        """The hash of all that `frame` depends on."""
        played = {name: value for name, value in frame.channels.items() if name not in self._unplayed}
        return hash_values(self._common, played)


def _style_inputs(request: RenderRequest) -> list:
    if request.styling is None:
        return []
    from ..styles.packs import styling_inputs

    return styling_inputs(request.styling)
