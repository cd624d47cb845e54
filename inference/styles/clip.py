# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faces of footage, stylized without flicker: calm squares, calm codes, the same grain in every frame.

Frame by frame a face jumps in its square by what the detector is off, its codes tremble with that, and fresh noise
boils. Here the square follows smoothed eyes and mouth, codes are smoothed over the frames on both sides, those of color
much longer, because the color of a person does not change, and noise is fixed. Squares and codes lie in the job's
folder, so memory does not grow with the footage and a job that was cut short goes on. `benchmarks/flicker.py` measures.
"""

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from ...bridge.errors import FaceNotFoundError, InputError
from ...bridge.requests import StylizeRequest
from ...bridge.whole_file import storage_error, write_whole
from ..faces import topology
from ..faces.region import Region
from ..faces.tracking import FaceTracker
from ..media.footage import Footage
from ..motion.lost_frames import SEEN, fill_lost_frames
from ..motion.smoothing import REACH, SECONDS, smooth_values
from .aligned_face import aligned_square
from .packs import encoder_inputs
from .stylist import MIN_FACE, Stylist, over_gray

if TYPE_CHECKING:
    from ..jobs.job import Job

STRUCTURE_LASTS = 0.5  # structure codes are smoothed over so many of the level's seconds: lips and lids are quick
COLOR_LASTS = 5.0  # and color codes over so many
_ROW = 5  # numbers of a square: center x and y, side times cosine and sine of its angle, height of the face in pixels
VERSION = "1"  # of squares and codes


@dataclass
class StyledClip:
    """Footage whose faces are found and encoded, ready to be drawn in any order of frames."""

    request: StylizeRequest
    stylists: list[Stylist]
    times: NDArray[np.float64]  # (N,) seconds
    squares: list[NDArray[np.float32]]  # per face (N, 5), smoothed
    codes: list[NDArray[np.float32]]  # per face (N, L, S), W+, mapped from disk

    @staticmethod
    def prepare(request: StylizeRequest, job: "Job", footage: Footage, stylists: list[Stylist]) -> "StyledClip":
        """Find and encode the faces of the request, or take up what an earlier run found.

        Raises InputError without pictures, FaceNotFoundError where a face is in none of them or too small.
        """
        from ..jobs.input_hash import hash_input, hash_values

        source = [VERSION, hash_input(request.source, job.check), request.start, request.end]
        wanted = [face.face for face in request.faces]
        with job.stage("track"):
            times, found, rows = _tracked(request, job, footage, hash_values(*source, wanted))
        _tell_lost(job, footage, request, found)
        seconds = SECONDS[request.smoothing]
        squares = [calm_rows(each, times, seconds) for each in rows]
        codes = []
        with job.stage("encode"):
            for number, (styled, stylist) in enumerate(zip(request.faces, stylists, strict=True)):
                inputs = hash_values(*source, styled.face, request.smoothing, encoder_inputs(styled.styling))
                path = job.folder.path / f"codes_{number}.bin"
                codes.append(_encoded(path, inputs, request, job, footage, squares[number], stylist))
        return StyledClip(request, stylists, times, squares, codes)

    def draw(self, number: int, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """A picture of the footage, (H, W, 3 or 4), the `number`th, with its faces stylized: RGBA."""
        result = _rgba(image)
        for styled, stylist, squares, codes in zip(
            self.request.faces, self.stylists, self.squares, self.codes, strict=True
        ):
            slots = stylist.style.network.shape.structure_slots
            latent = torch.from_numpy(calm_code(codes, self.times, number, SECONDS[self.request.smoothing], slots))
            result = stylist.draw(
                result, _square(squares[number]), latent[None].to(stylist.device), styled.styling.look,
                self.request.surroundings,
            )  # fmt: skip
        return result


def calm_rows(rows: NDArray[np.float32], times: NDArray, seconds: float) -> NDArray[np.float32]:
    """Rows (N, C) at `times` (N,) without their tremble, with their motion: a gaussian mean, and that of what it left.

    One gaussian of a tenth of a second alone takes a sixth off a head that sways once a second, and the stylized face
    slides on the head; twicing (Tukey 1977) gives it back. seconds: standard deviation, 0: as they are.
    """
    if not seconds:
        return rows
    smooth = smooth_values(rows, times, seconds)
    return smooth + smooth_values(rows - smooth, times, seconds)


def calm_code(
    codes: NDArray[np.float32], times: NDArray, number: int, seconds: float, structure_slots: int
) -> NDArray[np.float32]:
    """The code of one frame, calmed by its neighbors: (L, S).

    codes: (N, L, S).   times: (N,).   seconds: of the level, 0: the frame's own code. Structure slots as in
    `calm_rows`, over STRUCTURE_LASTS of it, color slots by a plain mean over COLOR_LASTS.
    """
    own = np.array(codes[number])
    if not seconds:
        return own
    structure, color = seconds * STRUCTURE_LASTS, seconds * COLOR_LASTS
    wide = structure * np.sqrt(2)  # two gaussians, one after the other
    once, twice = (_mean(codes, times, number, spread, slice(structure_slots)) for spread in (structure, wide))
    own[:structure_slots] = 2 * once - twice
    own[structure_slots:] = _mean(codes, times, number, color, slice(structure_slots, None))
    return own


def _mean(codes: NDArray[np.float32], times: NDArray, number: int, seconds: float, slots: slice) -> NDArray[np.float32]:
    low, high = np.searchsorted(times, (times[number] - REACH * seconds, times[number] + REACH * seconds))
    weights = np.exp(-0.5 * ((times[low:high] - times[number]) / seconds) ** 2).astype(np.float32)
    return np.tensordot(weights / weights.sum(), codes[low:high, slots], 1)


def _tracked(
    request: StylizeRequest, job: "Job", footage: Footage, inputs: str
) -> tuple[NDArray[np.float64], list[NDArray[np.uint8]], list[NDArray[np.float32]]]:
    """Times (N,), how each face was found (N,), and its raw squares (N, 5) with gaps filled."""
    path, stamp = job.folder.path / "squares.npy", job.folder.path / "squares.json"
    table = _known_table(path, stamp, inputs, len(request.faces))
    if table is None:
        job.status("Following the faces")
        table = _follow(request, job, footage)
        with suppress(OSError):
            stamp.unlink(missing_ok=True)
        try:
            np.save(path, table)
        except OSError as error:
            raise storage_error(path, error) from error
        write_whole(stamp, json.dumps(inputs).encode())
    times = table[:, 0].copy()
    found, rows = [], []
    for number, styled in enumerate(request.faces):
        columns = table[:, 1 + number * _ROW : 1 + (number + 1) * _ROW]
        seen = columns[:, 2:4].any(axis=1)
        _check_face(footage, styled.face, columns[seen])
        filled = columns.astype(np.float32)
        found.append(fill_lost_frames(filled, times, seen))
        rows.append(filled)
    return times, found, rows


def _known_table(path: Path, stamp: Path, inputs: str, faces: int) -> NDArray[np.float64] | None:
    try:
        if json.loads(stamp.read_bytes()) != inputs:
            return None
        table = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    is_sound = table.dtype == np.float64 and table.ndim == 2 and table.shape[1] == 1 + faces * _ROW and len(table)
    return table if is_sound and np.isfinite(table).all() else None


def _follow(request: StylizeRequest, job: "Job", footage: Footage) -> NDArray[np.float64]:
    """One row per picture: time, then the square of each face, zeros where it is not seen."""
    tracker, rows = FaceTracker(), []
    total = _picture_count(request, footage)
    for time, image in footage.frames(request.start, request.end or None):
        job.check()
        faces = tracker.follow(over_gray(_rgba(image)))
        row = [time]
        for styled in request.faces:
            row += _numbers(faces[styled.face]) if styled.face in faces else [0.0] * _ROW
        rows.append(row)
        job.progress(len(rows), max(total, len(rows)), "pictures")
    if not rows:
        raise InputError(f"{footage.path.name} has no pictures in the chosen range.", "Choose a range inside it.")
    return np.array(rows, np.float64)


def _numbers(landmarks: NDArray) -> list[float]:
    square = aligned_square(landmarks)
    height = float(np.ptp(landmarks[list(topology.FACE_OVAL), :2], axis=0).max())
    across, down = square.side * np.cos(square.angle), square.side * np.sin(square.angle)
    return [*square.center, float(across), float(down), height]


def _square(row: NDArray) -> Region:
    x, y, across, down, _ = (float(number) for number in row)
    return Region((x, y), float(np.hypot(across, down)), float(np.arctan2(down, across)))


def _check_face(footage: Footage, face: int, seen: NDArray) -> None:
    if not len(seen):
        remedy = "Choose another face, the first seen is 0, or another range."
        raise FaceNotFoundError(f"The face {face} was found in no picture of {footage.path.name}.", remedy)
    height = float(np.median(seen[:, 4]))
    if height < MIN_FACE:
        what = f"The face {face} of {footage.path.name} is {height:.0f} pixels high; {MIN_FACE} is the least."
        raise FaceNotFoundError(what, "Use larger footage.")


def _tell_lost(job: "Job", footage: Footage, request: StylizeRequest, found: list[NDArray[np.uint8]]) -> None:
    for styled, how in zip(request.faces, found, strict=True):
        lost = int((how != SEEN).sum())
        if lost:
            job.warning(
                f"The face {styled.face} was not seen in {lost} of {len(how)} pictures of {footage.path.name}; "
                "its place there was taken from the pictures around."
            )


def _encoded(
    path: Path,
    inputs: str,
    request: StylizeRequest,
    job: "Job",
    footage: Footage,
    squares: NDArray[np.float32],
    stylist: Stylist,
) -> NDArray[np.float32]:
    """The codes of one face in every picture, (N, L, S), mapped from disk; goes on where an earlier run stopped."""
    shape = stylist.style.network.shape.generator
    row_bytes = 4 * shape.slots * shape.style_dim
    done = _codes_done(path, inputs, row_bytes)
    try:
        if not done:
            path.unlink(missing_ok=True)
            write_whole(path.with_suffix(".json"), json.dumps(inputs).encode())
        if done < len(squares):
            job.status("Reading the faces")
            _encode_from(path, done, row_bytes, request, job, footage, squares, stylist)
        return np.memmap(path, np.float32, "r", shape=(len(squares), shape.slots, shape.style_dim))
    except (OSError, ValueError) as error:
        if isinstance(error, ValueError):
            raise InputError(f"{footage.path.name} changed while it was read.", "Start the job again.") from error
        raise storage_error(path, error) from error


def _encode_from(
    path: Path,
    done: int,
    row_bytes: int,
    request: StylizeRequest,
    job: "Job",
    footage: Footage,
    squares: NDArray[np.float32],
    stylist: Stylist,
) -> None:
    with path.open("r+b" if done else "wb") as file:
        file.truncate(done * row_bytes)
        file.seek(done * row_bytes)
        for number, (_, image) in enumerate(footage.frames(request.start, request.end or None)):
            job.check()
            if done <= number < len(squares):
                code = stylist.encode(_rgba(image), _square(squares[number]))
                file.write(np.ascontiguousarray(code[0].float().cpu().numpy()).tobytes())
                job.progress(number + 1, len(squares), "pictures")


def _codes_done(path: Path, inputs: str, row_bytes: int) -> int:
    try:
        if json.loads(path.with_suffix(".json").read_bytes()) == inputs:
            return path.stat().st_size // row_bytes
    except (OSError, ValueError):
        pass
    return 0


def _picture_count(request: StylizeRequest, footage: Footage) -> int:
    end = min(request.end or footage.duration, footage.duration)
    return max(1, round((end - request.start) * float(footage.average_fps)))


def _rgba(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if image.shape[2] == 4:
        return image
    return np.dstack([image, np.full(image.shape[:2], 255, np.uint8)])
