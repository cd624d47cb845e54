# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture or footage -> the same with faces stylized, as frames of a job folder.

A picture that is stylized again and again while sliders move is read, searched and encoded once. Footage goes through
styles/clip.py, which keeps a face still in its square and its codes calm. Not for: how a face is drawn (styles/).
"""

import dataclasses
import functools
import math
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...bridge.errors import InputError
from ...bridge.file_hash import hash_of
from ...bridge.plain_data import to_plain
from ...bridge.requests import StyledFace, StylizeRequest
from ..media.footage import Footage
from ..media.frame_rate import format_frame_rate, parse_frame_rate
from ..media.pictures import read_picture
from ..motion.smoothing import SECONDS
from ..portrait import chosen_face, face_landmarks, faces_in
from ..torch_needed import importing_torch
from .film import write_film
from .frame_range import check_range
from .input_hash import hash_input, hash_values
from .job import Job
from .picture_depth import with_depth

VERSION = "2"  # part of every frame's input hash: raise it whenever a picture changes
MOST_FACES = 16
SURROUNDINGS = ("KEEP", "MATCH", "CROP")


def run(request: StylizeRequest, job: Job) -> None:
    """Stylize every face of the request."""
    _check(request)
    with importing_torch("Stylizing"):
        from ..styles.packs import open_stylist
    with job.stage("read"):
        job.status("Reading the inputs")
        digest = _hash_source(request, job)
        job.write_recipe({"source": digest}, f"stylize {VERSION}")
    with job.stage("open"):
        job.status("Opening the style")
        stylists = [open_stylist(face.styling, job.check) for face in request.faces]
    job.result.update(engine=f"stylize {VERSION}", device=str(stylists[0].device))
    common = _inputs(request, digest)
    (_stylize_picture if request.still else _stylize_footage)(request, job, stylists, common)


def _check(request: StylizeRequest) -> None:
    if not 1 <= len(request.faces) <= MOST_FACES:
        raise InputError(f"{len(request.faces)} faces cannot be stylized.", f"Choose one to {MOST_FACES}.")
    if request.surroundings not in SURROUNDINGS:
        raise InputError(f"There are no surroundings {request.surroundings[:20]!r}.", "Choose KEEP, MATCH or CROP.")
    if request.surroundings == "CROP" and len(request.faces) > 1:
        raise InputError("Only one face can be cropped.", "Choose one face, or keep the surroundings.")
    if request.is_sheet and not (request.still and len(request.faces) == 1):
        raise InputError("A sheet shows one face of one picture.", "Choose a picture, and one face.")
    if request.format not in ("PNG", "MP4") or request.depth not in (8, 16):
        raise InputError("Frames are PNG of 8 or 16 bits, or MP4.", "Choose one of these.")
    if request.smoothing not in SECONDS:
        raise InputError(f"There is no smoothing {request.smoothing[:40]!r}.", f"Choose one of {', '.join(SECONDS)}.")
    if not request.start >= 0 or (request.end and not request.end > request.start) or request.face_side < 0:
        raise InputError(f"The range {request.start} to {request.end} seconds is empty.", "Let it end after it starts.")


def _hash_source(request: StylizeRequest, job: Job) -> str:
    if not request.still:
        return hash_input(request.source, job.check)
    try:
        return hash_of(Path(request.source), job.check)
    except (OSError, ValueError) as error:
        raise InputError(f"There is no picture at {request.source}.", "Check the path.") from error


def _inputs(request: StylizeRequest, digest: str) -> str:
    """The hash of all that the frames depend on, wherever source and packs lie."""
    from ..styles.packs import styling_inputs

    faces = [[styling_inputs(each.styling), each.face, to_plain(each.placement)] for each in request.faces]
    own = {
        name: value
        for name, value in to_plain(dataclasses.replace(request, faces=())).items()
        if name not in ("folder", "source", "faces", "format", "has_sound", "first")
    }
    return hash_values(VERSION, digest, faces, own)


# --- a picture


def _stylize_picture(request: StylizeRequest, job: Job, stylists: list[Any], inputs: str) -> None:
    check_range(request.first, request.first)
    job.result.update(first=request.first, last=request.first)
    if not job.reuse(request.first, inputs):
        with job.stage("stylize"):
            image = _stylized(request, job, stylists)
        job.result["size"] = list(image.shape[1::-1])
        with job.stage("write"):
            job.frame(request.first, with_depth(image, request.depth), inputs)
    with job.stage("write"):
        job.finish_frames()
    job.progress(1, 1, "pictures")


def _stylized(request: StylizeRequest, job: Job, stylists: list[Any]) -> NDArray:
    from ..styles.figure import figure_4
    from ..styles.stylist import face_square

    facts = Path(request.source).stat()
    state = (request.source, facts.st_size, facts.st_mtime_ns)
    source = result = _picture(*state)
    if request.is_sheet:
        job.status("Drawing")
        styled = request.faces[0]
        sheet = figure_4(stylists[0], source, _landmarks(state, styled), styled.styling.look)
        return np.dstack([sheet, np.full(sheet.shape[:2], 255, np.uint8)])
    for styled, stylist in zip(request.faces, stylists, strict=True):
        job.check()
        job.status("Finding the face")
        square = face_square(source, _landmarks(state, styled))
        job.check()
        job.status("Drawing")
        latent = _latent(state, styled, stylist, square)
        side = request.face_side or None
        result = stylist.draw(result, square, latent, styled.styling.look, request.surroundings, side)
    return result


@functools.lru_cache(maxsize=1)
def _picture(path: str, size: int, changed: int) -> NDArray:
    """The picture of a file in this state."""
    return read_picture(path)


@functools.lru_cache(maxsize=1)
def _faces(path: str, size: int, changed: int) -> list[NDArray[np.float32]]:
    return faces_in(_picture(path, size, changed))


def _landmarks(state: tuple[str, int, int], styled: StyledFace) -> NDArray[np.float32]:
    if styled.placement is None:
        return chosen_face(_faces(*state), state[0], styled.face)
    return face_landmarks(_picture(*state), state[0], styled.face, styled.placement)


_latents: dict[tuple, Any] = {}  # of the latest pictures: encoding is half of a preview's time


def _latent(state: tuple[str, int, int], styled: StyledFace, stylist: Any, square: Any) -> Any:
    key = (state, styled.face, styled.placement, id(stylist.encoder), id(stylist.style))
    if key not in _latents:
        latent = stylist.encode(_picture(*state), square)
        while len(_latents) >= MOST_FACES:
            del _latents[next(iter(_latents))]
        _latents[key] = (latent, stylist)  # the stylist stays, or its id could be another's
    return _latents[key][0]


# --- footage


def _stylize_footage(request: StylizeRequest, job: Job, stylists: list[Any], common: str) -> None:
    from ..styles.clip import StyledClip

    footage = Footage.open(request.source)
    fps = parse_frame_rate(request.fps) if request.fps else Fraction(footage.fps)
    end = min(request.end or footage.duration, footage.duration)
    total = max(1, round((end - request.start) * float(fps)))
    check_range(request.first, request.first + total - 1)
    clip: StyledClip | None = None
    last = request.first - 1
    for picture, frames in _paced(footage, request, fps):
        image = None
        for index in frames:
            job.check()
            inputs = hash_values(common, index - request.first)
            if not job.reuse(index, inputs):
                if clip is None:
                    clip = StyledClip.prepare(request, job, footage, stylists)
                    job.status("Drawing")
                if image is None:
                    with job.stage("draw"):
                        image = clip.draw(picture.number, picture.image)
                with job.stage("write"):
                    job.frame(index, with_depth(image, request.depth), inputs)
            last = index
            job.progress(index - request.first + 1, max(total, index - request.first + 1), "frames")
    with job.stage("write"):
        job.finish_frames()
    if last < request.first:
        raise InputError(f"{footage.path.name} has no pictures in the chosen range.", "Choose a range inside it.")
    for text in footage.warnings:
        job.warning(text)
    job.result.update(first=request.first, last=last, fps=format_frame_rate(fps))
    if request.format == "MP4":
        with job.stage("film"):
            audio = request.source if request.has_sound and footage.has_audio else ""
            write_film(job, range(request.first, last + 1), fps, audio, request.start)


@dataclasses.dataclass(frozen=True)
class _Picture:
    number: int  # from 0, of those in the range
    image: NDArray[np.uint8]


def _paced(footage: Footage, request: StylizeRequest, fps: Fraction) -> Iterator[tuple[_Picture, range]]:
    """Every picture of the range with the frames, at a constant rate, on which it is shown: often one."""
    held: _Picture | None = None
    begin, shown, number = None, request.first, 0
    for time, image in footage.frames(request.start, request.end or None):
        begin = time if begin is None else begin
        frame = request.first + math.ceil((time - begin) * float(fps) - 0.500001)
        if held is not None and frame > shown:
            yield held, range(shown, frame)
            shown = frame
        held, number = _Picture(number, image), number + 1
    if held is not None:
        yield held, range(shown, shown + 1)
