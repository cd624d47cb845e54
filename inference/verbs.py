# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs of the command line: options become requests, requests become jobs, jobs become one result.

Each verb returns plain data for `--json` and tells a person the same in words.
"""

import dataclasses
import json
import shutil
import tempfile
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..bridge.catalogue import MODELS
from ..bridge.errors import InputError, InternalError
from ..bridge.job_folder import JobFolder, Recipe
from ..bridge.messages import Progress, Status
from ..bridge.motion_file import open_motion_file
from ..bridge.requests import (
    CaptureRequest,
    JobRequest,
    Look,
    PackRequest,
    Placement,
    RenderRequest,
    StyledFace,
    Styling,
    StylizeRequest,
    TrainRequest,
)
from ..bridge.whole_file import write_whole
from . import devices as machine
from .inspect_file import inspect_path
from .jobs import perform
from .jobs.job import Cancelled
from .terminal import Terminal
from .torch_needed import importing_torch

CAPTURE = "capture"  # folder, within a drive's own, of the capture it begins with
MOTION = "footage.motion"

Listener = Callable[[], bool]


def capture(options: Namespace, terminal: Terminal, is_cancelled: Listener) -> dict[str, Any]:
    """Footage -> motion file. The job's folder is gone afterwards: the motion file says what it was made from."""
    result = perform_in_passing(lambda folder: _capture_request(options, folder, options.out), terminal, is_cancelled)
    _tell_files(result, terminal)
    return result


def drive(options: Namespace, terminal: Terminal, is_cancelled: Listener) -> dict[str, Any]:
    """(picture, footage or motion) -> frames, by way of a capture where there is footage."""
    request = _render_request(options)
    before = None
    if options.footage:
        folder = options.out / CAPTURE
        before = _capture_request(options, folder, folder / MOTION)
        plan = JobFolder(options.out)
        with plan.held():  # so that `resume` knows the whole of it from the first moment on
            plan.write_recipe(Recipe(request))
    result = _capture_and_render(before, request, terminal, is_cancelled)
    _tell_files(result, terminal)
    return result


def stylize(options: Namespace, terminal: Terminal, is_cancelled: Listener) -> dict[str, Any]:
    """(picture or footage, style) -> the same stylized: a PNG, or frames and perhaps a film."""
    request = _stylize_request(options)
    is_one_file = request.still and options.out.suffix.lower() == ".png"
    if is_one_file:
        request = dataclasses.replace(request, folder=tempfile.mkdtemp(prefix="pastiche-"))
    result = perform_told(request, terminal, is_cancelled)
    if is_one_file:
        if result["outcome"] == 'FINISHED':
            write_whole(options.out, JobFolder(request.folder).frame_path(1).read_bytes())
            result["picture"] = str(options.out)
        if result.get("error", {}).get("code") != InternalError.code:
            shutil.rmtree(request.folder, ignore_errors=True)
            result.pop("folder", None)
            result.pop("frames", None)
    _tell_files(result, terminal)
    return result


def pack(options: Namespace, terminal: Terminal, is_cancelled: Listener) -> dict[str, Any]:
    """The authors' files -> a style pack."""
    folder = Path(tempfile.mkdtemp(prefix="pastiche-"))
    model = MODELS.get(options.model or "")
    request = PackRequest(
        folder=str(folder),
        source=str(options.source or ""),
        pack=str(options.out),
        generator=str(options.generator or ""),
        codes=str(options.codes or ""),
        sampler=str(options.sampler or ""),
        encoder=str(options.encoder or ""),
        name=options.name or (model.label if model else ""),
        authors=options.authors or (model.authors if model else ""),
        license=options.license or (model.license if model else ""),
        paper=options.paper or (model.paper if model else ""),
        is_noncommercial=options.noncommercial or bool(model and model.is_noncommercial),
        pictures=str(options.pictures or ""),
        space=options.space.upper(),
    )
    result = perform_told(request, terminal, is_cancelled)
    if result.get("error", {}).get("code") != InternalError.code:
        shutil.rmtree(folder, ignore_errors=True)
        result.pop("folder", None)
    _tell_files(result, terminal)
    return result


def resume(options: Namespace, terminal: Terminal, is_cancelled: Listener) -> dict[str, Any]:
    """Do the job of a folder again; what is finished and unchanged stays."""
    folder = JobFolder(options.folder)
    request = _moved(folder.read_recipe().request, folder.path)
    before = None
    first_half = JobFolder(folder.path / CAPTURE)
    if isinstance(request, RenderRequest) and Path(request.motion) == first_half.path / MOTION:
        before = _moved(first_half.read_recipe().request, first_half.path)
    result = _capture_and_render(before, request, terminal, is_cancelled)
    _tell_files(result, terminal)
    return result


def prepare(options: Namespace, terminal: Terminal, is_cancelled: Listener) -> dict[str, Any]:
    """Pictures or films -> aligned portraits, or going on with a set begun before."""
    with importing_torch("Preparing portraits"):
        from .training.portrait_set import PortraitSet, write_portraits

    def on_progress(done: int, total: int) -> None:
        if is_cancelled():
            raise Cancelled
        terminal.hear(Progress("prepare", done, total, "pictures", rate=0.0, seconds_left=-1.0))

    wanted = PortraitSet(
        options.source, options.out, options.size, options.every, options.least, has_all=options.all_faces
    )
    try:
        made = write_portraits(wanted, on_progress)
    except Cancelled:
        return {"outcome": 'CANCELLED'}
    terminal.clear()
    for reason, count in made["left_out"].items():
        terminal.say(f"left out: {reason} ({count} x)")
    terminal.say(f"{made['portraits']} portraits: {made['folder']}")
    return {"outcome": 'FINISHED', **made}


def train(options: Namespace, terminal: Terminal, is_cancelled: Listener) -> dict[str, Any]:
    """(stage, data) -> weights, or going on with a training begun before."""
    request = TrainRequest(
        folder=str(options.out),
        stage=options.stage,
        data=str(options.data),
        steps=options.steps,
        every=options.every,
        seed=options.seed,
        device=options.device.upper(),
        settings=dict(options.set),
    )
    result = perform_told(request, terminal, is_cancelled)
    _tell_files(result, terminal)
    return result


def heads(options: Namespace, terminal: Terminal, is_cancelled: Listener) -> dict[str, Any]:
    """Rendered people -> a data set."""
    with importing_torch("Rendering heads"):
        from .torch_device import choose_device
        from .training.heads.data_set import Heads, HeadSet, write_set
        from .training.heads.styles import STYLES

    def on_progress(done: int, total: int) -> None:
        if is_cancelled():
            raise Cancelled
        terminal.hear(Progress("heads", done, total, "pictures", rate=0.0, seconds_left=-1.0))

    styles = tuple(options.styles.split(",")) if options.styles else tuple(STYLES)
    choices = HeadSet(
        styles, options.size, options.seed, options.zoom, options.turns, options.frames, options.batch,
        exemplars=options.exemplars,
    )  # fmt: skip
    try:
        made = write_set(
            Heads(choices, choose_device(options.device.upper())),
            options.out,
            options.count,
            options.first,
            on_progress,
        )
    except Cancelled:
        return {"outcome": 'CANCELLED'}
    terminal.clear()
    terminal.say(f"{made['people']} people, {len(styles)} styles: {made['folder']}")
    return {"outcome": 'FINISHED', **made}


def evaluate(options: Namespace, terminal: Terminal, is_cancelled: Listener) -> dict[str, Any]:
    """Two clips -> how like they are, measure by measure."""
    with importing_torch("Evaluating"):
        from .metrics.evaluate import Choices
        from .metrics.evaluate import evaluate as compare

    def on_progress(done: int, total: int) -> None:
        if is_cancelled():
            raise Cancelled
        terminal.hear(Progress("evaluate", done, total, "frames", rate=0.0, seconds_left=-1.0))

    terminal.hear(Status("evaluate", "Comparing"))
    choices = Choices(options.size, not options.no_faces, options.backend, options.identity, options.inception)
    try:
        result = compare(options.made, options.real, choices, on_progress)
    except Cancelled:
        return {"outcome": 'CANCELLED'}
    for note in result["notes"]:
        terminal.say(note)
    if not options.json:
        for name, value in result["mean"].items():
            terminal.tell(f"{name:20} {'-' if value is None else f'{value:.5g}'}")
    return {"outcome": 'FINISHED', **result}


def inspect(options: Namespace, terminal: Terminal, is_cancelled: Listener) -> dict[str, Any]:
    """What a file holds."""
    found = {"path": str(options.file), **inspect_path(options.file)}
    if not options.json:
        terminal.tell(json.dumps(found, indent=1))
    return found


def devices(options: Namespace, terminal: Terminal, is_cancelled: Listener) -> dict[str, Any]:
    """What there is to compute on and with."""
    found = {"devices": machine.devices(), "engines": machine.engines(), "versions": machine.versions()}
    if not options.json:
        terminal.tell("devices: " + ", ".join(found["devices"]))
        for name, trouble in found["engines"].items():
            terminal.tell(f"engine {name}: {trouble or 'ready'}")
        terminal.tell("versions: " + ", ".join(f"{name} {version}" for name, version in found["versions"].items()))
    return found


def _capture_request(options: Namespace, folder: Path, motion: Path) -> CaptureRequest:
    return CaptureRequest(
        folder=str(folder),
        footage=str(options.footage),
        motion=str(motion),
        fps=options.fps,
        start=options.start,
        end=options.end,
        face=options.face,
        smoothing=options.smoothing.upper(),
        neutral=options.neutral,
        mirror=options.mirror,
        detail=not options.no_detail,
        backend=options.backend,
        lock_head=options.lock_head,
        lock_scale=options.lock_scale,
        gains=dict(options.gain),
    )


def _render_request(options: Namespace) -> RenderRequest:
    first, last = options.frames
    audio = options.audio or (options.footage if options.format == "mp4" and _has_sound(options.footage) else None)
    return RenderRequest(
        folder=str(options.out),
        source=str(options.source),
        motion=str(options.motion or options.out / CAPTURE / MOTION),
        engine=options.engine,
        first=first if first is not None else _first_frame(options.motion),
        last=last or 0,
        fps=options.fps,
        format=options.format.upper(),
        depth=options.depth,
        side=options.side,
        max_bytes=options.max_kb * 1000,
        back_and_forth=options.back_and_forth,
        audio=str(audio or ""),
        face=options.source_face,
        placement=_placement(options),
        settings=dict(options.set),
        styling=_styling(options) if options.style else None,
    )


def _stylize_request(options: Namespace) -> StylizeRequest:
    from .media.pictures import SUFFIXES

    placement = _placement(options)
    faces = options.face or [0]
    if placement and len(faces) > 1:
        raise InputError("A face placed by hand is one face.", "Give --box with one --face, or none.")
    styling = _styling(options)
    is_picture = options.source.suffix.lower() in SUFFIXES and not options.source.is_dir()
    return StylizeRequest(
        folder=str(options.out),
        source=str(options.source),
        faces=tuple(StyledFace(styling, face, placement) for face in faces),
        still=is_picture and not options.sequence,
        is_sheet=options.sheet,
        surroundings=options.surroundings.upper(),
        start=options.start,
        end=options.end,
        smoothing=options.smoothing.upper(),
        format=options.format.upper(),
        depth=options.depth,
    )


def _styling(options: Namespace) -> Styling:
    """The style and the look that were asked for."""
    if len(options.mix) > 2:
        raise InputError("--mix takes one number, or two for structure and color.", "Give S or S,C.")
    look = Look(
        exemplar=options.exemplar,
        second=options.second,
        mix_structure=options.mix[0],
        mix_color=options.mix[-1],
        random=options.random_style,
        structure=_one_or_all(options.structure),
        color=_one_or_all(options.color),
        keep_color=options.keep_color,
        truncation=options.truncation,
        noise=options.seed,
    )
    return Styling(
        style=str(options.style),
        look=look,
        encoder=str(options.encoder or ""),
        matting=options.matting,
        device=options.style_device.upper(),
        precision=options.style_precision.upper(),
    )


def _placement(options: Namespace) -> Placement | None:
    """The face placed by hand, if it is."""
    if options.points and not options.box:
        raise InputError("Points alone do not place a face.", "Give --box as well.")
    points = tuple(zip(options.points[::2], options.points[1::2], strict=True)) if options.points else ()
    return Placement(options.box, points) if options.box else None


def _one_or_all(weights: tuple[float, ...]) -> float | tuple[float, ...]:
    return weights[0] if len(weights) == 1 else weights


def _has_sound(footage: Path | None) -> bool:
    from .media.footage import Footage

    return bool(footage) and Footage.open(footage).has_audio


def _first_frame(motion: Path | None) -> int:
    """The first frame of a motion file; 1 where the motion is yet to be captured."""
    if motion is None:
        return 1
    with open_motion_file(motion) as file:
        text = file.metadata.get("first_frame", "1")
    return int(text) if text.isdecimal() and len(text) < 8 else 1


def _capture_and_render(
    before: JobRequest | None, request: JobRequest, terminal: Terminal, is_cancelled: Listener
) -> dict[str, Any]:
    if before is None:
        return perform_told(request, terminal, is_cancelled)
    captured = perform_told(before, terminal, is_cancelled)
    if captured["outcome"] != 'FINISHED':
        return captured
    result = perform_told(request, terminal, is_cancelled)
    seconds = result.get("seconds", {})
    seconds["capture"] = captured["seconds"]["total"]
    seconds["total"] = round(seconds.get("total", 0.0) + seconds["capture"], 4)
    return result | {"motion": captured.get("motion"), "capture": captured, "seconds": seconds}


def perform_told(request: JobRequest, terminal: Terminal, is_cancelled: Listener) -> dict[str, Any]:
    """Do one job, telling a person how it goes; its result with outcome, warnings and error."""
    terminal.warnings, terminal.error = [], None
    done = perform(request, request.kind, terminal.hear, is_cancelled)
    terminal.clear()
    result = {"outcome": done.outcome, **done.result, "warnings": terminal.warnings}
    return result | {"error": terminal.error} if terminal.error else result


def perform_in_passing(
    make_request: Callable[[Path], JobRequest], terminal: Terminal, is_cancelled: Listener
) -> dict[str, Any]:
    """`perform_told` for a job whose result lies elsewhere: its folder is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="pastiche-"))
    result = perform_told(make_request(folder), terminal, is_cancelled)
    if result.get("error", {}).get("code") != InternalError.code:  # that one names the log in it
        shutil.rmtree(folder, ignore_errors=True)
        result.pop("folder", None)
    return result


def _moved(request: JobRequest, folder: Path) -> JobRequest:
    """The request of a job folder that may have been moved, with its paths into the folder following."""
    old = Path(request.folder)
    changes = {}
    for name in ("motion", "footage", "source", "audio", "data"):
        path = getattr(request, name, "")
        if path and Path(path).is_relative_to(old):
            changes[name] = str(folder / Path(path).relative_to(old))
    return dataclasses.replace(request, folder=str(folder), **changes)


def _tell_files(result: dict[str, Any], terminal: Terminal) -> None:
    """Where the result is, for a person."""
    if result["outcome"] == 'CANCELLED':
        terminal.say("Cancelled.")
    total = result.get("seconds", {}).get("total", 0.0)
    if "frames" in result and "first" in result:
        reused = f", {result['reused']} of them unchanged" if result.get("reused") else ""
        terminal.say(f"{result['frames']} frames{reused}, {total:.1f} s: {result['folder']}")
    for name in ("motion", "movie", "loop", "weights", "plot", "sheet", "picture", "pack"):
        if result.get(name) and result["outcome"] == 'FINISHED':
            terminal.say(f"{name}: {result[name]}")
    if result.get("loop_bytes") and result["outcome"] == 'FINISHED':
        width, height = result["loop_size"]
        terminal.say(f"{width} x {height}, {result['loop_fps']:g} per second, {result['loop_bytes'] / 1000:.0f} KB")
