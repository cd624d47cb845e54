# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures and films -> aligned portraits of one size, to train on: extracted, detected, cut upright.

The folder made holds `pictures/` (give that to a training), `portraits.jsonl` (a line for each source that is done, so
that a run that was cut short goes on) and `sheet.png`. Not for: motion clips (clips.py), rendered people (heads/).
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ...bridge.errors import InputError
from ...bridge.whole_file import storage_error, write_whole
from ..faces import topology
from ..jobs.input_hash import hash_values
from ..media.footage import FILM_SUFFIXES, Footage
from ..media.pictures import SUFFIXES, encode_png, read_picture
from ..portrait import faces_in
from ..styles.aligned_face import aligned_square, cut
from ..styles.stylist import over_gray
from .sheets import draw_sheet

SHOWN, COLUMNS = 24, 6  # portraits on the sheet
SHEET_SIDE = 128
NO_FACE, SMALL = "no face was found", "the faces are too small"
_REMEDY = "Give a picture, a film, or a folder of them."

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class PortraitSet:
    """What is made. side: pixels of a portrait.   every: of films, each so many-th frame.   least: height of a face in
    pixels, 0 for a quarter of `side`.   has_all: every face of a picture, not the largest alone."""

    source: Path
    folder: Path
    side: int = 1024
    every: int = 24
    least: int = 0
    has_all: bool = False


def write_portraits(wanted: PortraitSet, on_progress: Progress) -> dict[str, Any]:
    """Make the portraits that are not made yet; how many there are and what was left out.

    on_progress: (pictures looked at, of how many); may raise to stop. Raises InputError without sources, without any
    face, and for a size that is none; StorageError.
    """
    if not 64 <= wanted.side <= 2048 or wanted.every < 1 or wanted.least < 0:
        raise InputError(f"Portraits of {wanted.side} pixels cannot be made.", "Choose 64 to 2048, such as 1024.")
    names = _names(wanted.source)
    pictures, note = wanted.folder / "pictures", wanted.folder / "portraits.jsonl"
    choices = hash_values(wanted.side, wanted.every, _least(wanted), wanted.has_all)
    known = _known(note, pictures, choices)
    counts = {path: _count(path, wanted.every) for path in names}
    looked, total = 0, sum(counts.values())
    lines = []
    for path, name in names.items():
        line = known.get(_identity(path))
        if line is None:
            looked_before = looked
            line = {"choices": choices, "source": _identity(path), "files": [], "left_out": {}}
            left_out: Counter[str] = Counter()
            for suffix, image in _images(path, wanted.every, left_out):
                on_progress(min(looked, total), total)
                looked += 1
                for portrait_name, portrait in _portraits(image, f"{name}{suffix}", wanted, left_out):
                    target = pictures / f"{portrait_name}.png"
                    with _storing(target):
                        target.parent.mkdir(parents=True, exist_ok=True)
                    write_whole(target, encode_png(portrait))
                    line["files"].append(f"{portrait_name}.png")
            line["left_out"] = dict(left_out)
            with _storing(note):
                wanted.folder.mkdir(parents=True, exist_ok=True)
                with note.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(line) + "\n")
            looked = looked_before
        looked += counts[path]
        on_progress(min(looked, total), total)
        lines.append(line)
    return _result(wanted, lines)


def _result(wanted: PortraitSet, lines: list[dict[str, Any]]) -> dict[str, Any]:
    files = [file for line in lines for file in line["files"]]
    left_out = Counter[str]()
    for line in lines:
        left_out.update(line["left_out"])
    if not files:
        reasons = ", ".join(f"{reason} ({count} x)" for reason, count in left_out.items())
        raise InputError(f"No portrait comes from {wanted.source}: {reasons}.", "Give larger or other pictures.")
    pictures = wanted.folder / "pictures"
    shown = [_small(read_picture(pictures / file)) for file in _spread(files, SHOWN)]
    shown += [np.full_like(shown[0], 250)] * (-len(shown) % COLUMNS)
    rows = [shown[start : start + COLUMNS] for start in range(0, len(shown), COLUMNS)]
    sheet = wanted.folder / "sheet.png"
    write_whole(sheet, encode_png(draw_sheet(("",) * COLUMNS, rows)))
    return {"portraits": len(files), "folder": str(pictures), "sheet": str(sheet), "left_out": dict(left_out)}


def _names(source: Path) -> dict[Path, str]:
    """Sources and what their portraits are called: as the source, or with its ending where another has that name."""
    kinds = SUFFIXES | FILM_SUFFIXES
    if source.is_dir():
        paths = sorted(path for path in source.rglob("*") if path.suffix.lower() in kinds and path.is_file())
    else:
        paths = [source] if source.is_file() else []
    if not paths:
        raise InputError(f"There are no pictures or films in {source}.", _REMEDY)
    root = source if source.is_dir() else source.parent
    stems = Counter(path.relative_to(root).with_suffix("") for path in paths)
    return {
        path: (stem if stems[stem] == 1 else path.relative_to(root)).as_posix()
        for path in paths
        for stem in [path.relative_to(root).with_suffix("")]
    }


def _images(path: Path, every: int, left_out: Counter[str]) -> Iterator[tuple[str, NDArray]]:
    """(what is added to the name, (H, W, 4)) of a picture or of frames of a film; unreadable ones are left out."""
    try:
        if path.suffix.lower() not in FILM_SUFFIXES:
            yield "", read_picture(path)
            return
        for number, (_time, image) in enumerate(Footage.open(path).frames()):
            if number % every == 0:
                alpha = np.full((*image.shape[:2], 4 - image.shape[2]), 255, np.uint8)
                yield f"_{number:06d}", np.concatenate((image, alpha), 2)
    except InputError as error:
        left_out[f"{path.name}: {error.what}"] += 1


def _portraits(
    image: NDArray, name: str, wanted: PortraitSet, left_out: Counter[str]
) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """Names and portraits (side, side, 3) of the faces of a picture (H, W, 4)."""
    faces = faces_in(image)
    large = [face for face in faces if np.ptp(face[list(topology.FACE_OVAL), :2], axis=0).max() >= _least(wanted)]
    if not large:
        left_out[SMALL if faces else NO_FACE] += 1
    pixels = over_gray(image)
    for number, face in enumerate(large if wanted.has_all else large[:1]):
        yield f"{name}_{number}" if number else name, cut(pixels, aligned_square(face), wanted.side)


def _count(path: Path, every: int) -> int:
    """About how many pictures of a source are looked at."""
    with suppress(InputError):
        if path.suffix.lower() in FILM_SUFFIXES:
            return max(1, -(-Footage.open(path).frame_count // every))
    return 1


def _known(note: Path, pictures: Path, choices: str) -> dict[str, dict[str, Any]]:
    """By source, the lines of what is done with these choices and still there."""
    known = {}
    with suppress(OSError):
        for text in note.read_text("utf-8").splitlines():
            with suppress(ValueError, KeyError, TypeError):
                line = json.loads(text)
                if line["choices"] == choices and all((pictures / file).is_file() for file in line["files"]):
                    known[line["source"]] = line
    return known


def _identity(path: Path) -> str:
    facts = path.stat()
    return hash_values(str(path), facts.st_size, facts.st_mtime_ns)


def _least(wanted: PortraitSet) -> int:
    return wanted.least or wanted.side // 4


def _spread(files: Sequence[str], most: int) -> list[str]:
    """Up to `most` of them, from all over."""
    return [files[place * len(files) // most] for place in range(most)] if len(files) > most else list(files)


def _small(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return cv2.resize(picture[..., :3], (SHEET_SIDE, SHEET_SIDE), interpolation=cv2.INTER_AREA)


@contextmanager
def _storing(path: Path) -> Iterator[None]:
    """Troubles of the disk as StorageErrors that name the file."""
    try:
        yield
    except OSError as error:
        raise storage_error(path, error) from error
