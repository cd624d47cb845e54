# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one pass over the pictures: the chosen face's landmarks and textures of every frame, kept on disk.

Memory is constant in the length of the footage: per frame only a time and two numbers stay. Not for: what the landmarks
mean (performance.py).
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...bridge.errors import FaceNotFoundError, InputError
from ..faces import topology
from ..faces.landmarks import FaceBackend
from ..faces.tracking import FaceTracker
from .face_texture import encode_texture, make_texture
from .lost_frames import SEEN, fill_lost_frames

_ROW = topology.N_LANDMARKS * 3
_BY_EYE = "Start the range where the face is large, lit and not covered, or choose other footage."


@dataclass
class TrackedFootage:
    """times: (N,) seconds.   found: (N,), see lost_frames.py.   landmarks: (N, 478, 3), pixels, mapped from disk.

    faces: id of each face in the footage -> frames it was seen in.   textures: None when they were not wanted.
    """

    times: NDArray[np.float64]
    found: NDArray[np.uint8]
    landmarks: NDArray[np.float32]
    faces: dict[int, int]
    textures: "TextureStore | None"

    def __enter__(self) -> "TrackedFootage":
        return self

    def __exit__(self, *exception: object) -> None:
        if self.textures:
            self.textures.close()

    @property
    def is_seen(self) -> NDArray[np.bool_]:
        """(N,) where the face was seen."""
        return self.found == SEEN


class TextureStore:
    """JPEGs of the frames in which the face was seen, one after the other in a file."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w+b")
        self._ends = [0]

    def add(self, jpeg: bytes) -> None:
        """Append the texture of the next seen frame."""
        self._file.write(jpeg)
        self._ends.append(self._ends[-1] + len(jpeg))

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def of_frames(self, is_seen: NDArray[np.bool_]) -> tuple[NDArray[np.int64], Iterator[bytes]]:
        """Length (N,) and bytes of each frame's texture; a lost frame has that of the nearest seen one."""
        seen = np.flatnonzero(is_seen)
        nearest = np.round(np.interp(np.arange(len(is_seen)), seen, np.arange(len(seen)))).astype(int)
        return np.diff(self._ends)[nearest], map(self._read, nearest)

    def _read(self, k: int) -> bytes:
        self._file.seek(self._ends[k])
        return self._file.read(self._ends[k + 1] - self._ends[k])


def track_footage(
    pictures: Iterator[tuple[float, NDArray[np.uint8]]],
    name: str,
    folder: Path,
    face: int,
    is_mirrored: bool,
    has_textures: bool,
    backend: FaceBackend | None,
    on_frame: Callable[[int], None],
) -> TrackedFootage:
    """Follow one face through footage.

    pictures: (time, image), as Footage.frames.   name: of the footage, for errors.   folder: for the two large files.
    face: its id, see FaceTracker.   on_frame: told the number of frames done; may raise to stop.
    Raises InputError when there are no pictures, FaceNotFoundError when the face is in none of them.
    """
    tracker = FaceTracker(backend)
    textures = TextureStore(folder / "textures") if has_textures else None
    times: list[float] = []
    seen: list[bool] = []
    faces: Counter[int] = Counter()
    nothing = np.zeros(_ROW, np.float32)
    with (folder / "landmarks").open("wb") as file:
        for time, image in pictures:
            image = np.ascontiguousarray(image[:, ::-1, :3] if is_mirrored else image[:, :, :3])
            followed = tracker.follow(image)
            faces.update(followed.keys())
            landmarks = followed.get(face)
            times.append(time)
            seen.append(landmarks is not None)
            file.write((nothing if landmarks is None else landmarks).tobytes())
            if landmarks is not None and textures:
                textures.add(encode_texture(make_texture(image, landmarks)))
            on_frame(len(times))
    _check(name, face, times, seen, faces)
    shape = (len(times), topology.N_LANDMARKS, 3)
    mapped = np.memmap(folder / "landmarks", np.float32, "r+", shape=shape)
    found = fill_lost_frames(mapped, np.array(times), np.array(seen))
    return TrackedFootage(np.array(times), found, mapped, dict(sorted(faces.items())), textures)


def _check(name: str, face: int, times: list[float], seen: list[bool], faces: Counter[int]) -> None:
    if not times:
        raise InputError(f"{name} has no pictures in the chosen range.", "Choose a range inside the footage.")
    if not faces:
        raise FaceNotFoundError(f"No face was found in any of the {len(times)} pictures of {name}.", _BY_EYE)
    if not any(seen):
        known = ", ".join(str(number) for number in sorted(faces))
        raise FaceNotFoundError(f"There is no face {face} in {name}; it shows {known}.", "Choose one of these faces.")
