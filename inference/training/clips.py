# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder of clips as something to draw frames from at random.

A clip is a film, a GIF, or a folder of numbered pictures. Each is decoded once, at the size of the training, into a
file of plain pixels that is mapped, not read: a draw costs microseconds, and memory stays constant whatever the amount.
Clips of one person lie in a folder of their own, or carry its name before a `#` (`id10001#7w0IBEWc9Qw#1.mp4`).
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...bridge.errors import InputError
from ...bridge.whole_file import storage_error, whole_file, write_whole
from ..engines.fomm.face_crop import head_square
from ..faces import topology
from ..faces.face_frame import fit_pose
from ..faces.tracking import FaceTracker
from ..jobs.input_hash import hash_values
from ..media.footage import FILM_SUFFIXES, Footage
from ..media.pictures import SUFFIXES
from .frames import as_network_sees, to_bytes
from .head_tubes import INCREASE, Box, Crop, crop_of_box, find_tubes

LEAST_TUBE = 64  # frames that show one head, as in the published training set
_REMEDY = "Choose a folder of films, GIFs or folders of numbered pictures."

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Source:
    """One clip as it lies in the data folder. person: whose clips belong together."""

    path: Path
    person: str


def find_clips(folder: Path) -> list[Source]:
    """The clips in a folder and in its folders. Raises InputError when there is none."""
    if not folder.exists():
        raise InputError(f"There is no folder {folder}.", _REMEDY)
    found = [Source(folder, _person(folder))] if _is_clip(folder) else []
    for entry in () if found else _entries(folder):
        if _is_clip(entry):
            found.append(Source(entry, _person(entry)))
        elif entry.is_dir():
            found += [Source(inner, entry.name) for inner in _entries(entry) if _is_clip(inner)]
    if not found:
        raise InputError(f"No clip was found in {folder}.", _REMEDY)
    return found


class Clips:
    """The frames of a folder of clips, (size, size, 3) uint8 RGB."""

    def __init__(self, folder: Path, size: int, crops_heads: bool, groups_persons: bool) -> None:
        """crops_heads: the footage is raw, every head in it is cut out as a clip.   groups_persons: a draw chooses a
        person first, then one of that person's clips, so that often filmed people do not rule.

        Raises InputError when there is no clip.
        """
        self.size, self._crops_heads, self._groups_persons = size, crops_heads, groups_persons
        self._sources = find_clips(folder)
        self._groups: list[list[NDArray[np.uint8]]] = []
        self.left_out: list[str] = []

    def __len__(self) -> int:
        """Things a draw chooses from: clips, or persons."""
        return len(self._groups)

    def prepare(self, folder: Path, on_progress: Progress) -> None:
        """Decode what is not decoded yet. folder: where the pixels are kept.   on_progress: may raise to stop.

        Clips that cannot be used are named in `left_out`. Raises InputError when none can, StorageError.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise storage_error(folder, error) from error
        groups: dict[str, list[NDArray[np.uint8]]] = {}
        self.left_out = []
        for index, source in enumerate(self._sources):
            on_progress(index, len(self._sources))
            try:
                clips = self._pixels(source, folder, lambda index=index: on_progress(index, len(self._sources)))
            except InputError as error:
                self.left_out.append(f"{source.path.name} is left out: {error.what}")
                continue
            for number, clip in enumerate(clips):
                key = source.person if self._groups_persons else f"{source.path}/{number}"
                groups.setdefault(key, []).append(clip)
        on_progress(len(self._sources), len(self._sources))
        self._groups = list(groups.values())
        if not self._groups:
            raise InputError("None of the clips can be used. " + " ".join(self.left_out[:3]), _REMEDY)

    def pair(self, dice: np.random.Generator) -> NDArray[np.uint8]:
        """Two frames of one clip, the earlier first, perhaps the same: (2, size, size, 3)."""
        group = self._groups[dice.integers(len(self._groups))]
        clip = group[dice.integers(len(group))]
        return np.array(clip[np.sort(dice.integers(len(clip), size=2))])

    def ends(self, index: int) -> NDArray[np.uint8]:
        """Two frames of the index-th clip that are far apart: (2, size, size, 3)."""
        clip = self._groups[index % len(self._groups)][0]
        return np.array(clip[[0, (2 * len(clip)) // 3]])

    def _pixels(self, source: Source, folder: Path, check: Callable[[], None]) -> list[NDArray[np.uint8]]:
        """A source's clips, mapped from disk."""
        note = folder / f"{self._identity(source)}.json"
        if not note.is_file():
            files = list(self._heads(source, note, check) if self._crops_heads else self._whole(source, note, check))
            if not files:
                raise InputError(f"it shows no whole head of {self.size} pixels that stays for {LEAST_TUBE} frames.")
            write_whole(note, json.dumps({"source": str(source.path), "files": [file.name for file in files]}).encode())
        names = json.loads(note.read_bytes())["files"]
        maps = [np.memmap(folder / name, np.uint8, "r") for name in names]
        clips = [pixels.reshape(-1, self.size, self.size, 3) for pixels in maps]
        if min(map(len, clips)) < 2:
            raise InputError("it has a single picture, and motion needs two.")
        return clips

    def _identity(self, source: Source) -> str:
        files = sorted(source.path.iterdir()) if source.path.is_dir() else [source.path]
        facts = [(file.name, file.stat().st_size, file.stat().st_mtime_ns) for file in files]
        return hash_values(str(source.path), facts, self.size, self._crops_heads)[:24]

    def _whole(self, source: Source, note: Path, check: Callable[[], None]) -> Iterator[Path]:
        file = note.with_suffix(".rgb")
        with whole_file(file) as pixels:
            for image in _pictures(source.path, check):
                pixels.write(self._frame(image))
        yield file

    def _heads(self, source: Source, note: Path, check: Callable[[], None]) -> Iterator[Path]:
        footage = Footage.open(source.path)
        tubes = find_tubes(_head_boxes(source.path, check), LEAST_TUBE)
        for number, tube in enumerate(tubes):
            crop = crop_of_box(tube.union, footage.size)
            is_whole = abs(crop.width - crop.height) <= 1  # else the border of the picture has cut it
            if not is_whole or crop.width < self.size:
                continue
            file = note.with_name(f"{note.stem}-{number}.rgb")
            with whole_file(file) as pixels:
                for index, image in enumerate(_pictures(source.path, check)):
                    if tube.first <= index <= tube.last:
                        pixels.write(self._frame(_cut(image, crop)))
            yield file

    def _frame(self, image: NDArray[np.uint8]) -> bytes:
        if image.shape == (self.size, self.size, 3):
            return np.ascontiguousarray(image).tobytes()
        return to_bytes(as_network_sees(image, self.size)).tobytes()


def _head_boxes(path: Path, check: Callable[[], None]) -> Iterator[list[Box]]:
    """Per picture a box around each face, so large that its crop is the square the engine shows its network."""
    tracker = FaceTracker()
    for image in _pictures(path, check):
        squares = [
            head_square(fit_pose(landmarks, topology.canonical_shape()))
            for landmarks in tracker.follow(np.ascontiguousarray(image)).values()
        ]
        reach = [square.side / (2 * (1 + 2 * INCREASE)) for square in squares]
        yield [
            (x - half, y - half, x + half, y + half)
            for (x, y), half in zip((square.center for square in squares), reach, strict=True)
        ]


def _pictures(path: Path, check: Callable[[], None]) -> Iterator[NDArray[np.uint8]]:
    for _, image in Footage.open(path).frames():
        check()
        yield image[..., :3]


def _cut(image: NDArray[np.uint8], crop: Crop) -> NDArray[np.uint8]:
    return image[crop.top : crop.top + crop.height, crop.left : crop.left + crop.width]


def _entries(folder: Path) -> list[Path]:
    return [entry for entry in sorted(folder.iterdir()) if not entry.name.startswith(".")]


def _is_clip(path: Path) -> bool:
    if path.is_dir():
        return sum(entry.suffix.lower() in SUFFIXES for entry in path.iterdir()) > 1
    return path.suffix.lower() in FILM_SUFFIXES


def _person(path: Path) -> str:
    return path.stem.split("#")[0] if "#" in path.name else path.name
