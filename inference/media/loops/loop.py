# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A loop of pictures as one file, as good as it fits under a size.

Without a limit the pictures keep their size and rate. With one, places on a ladder are tried, from hardly any loss to a
small and slow loop: rate and colors go first, size last, because a face is read from its size.
"""

import math
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from pathlib import Path
from typing import IO

import cv2
import numpy as np
from numpy.typing import NDArray

from ....bridge.errors import InputError
from ....bridge.whole_file import storage_error
from .apng import ApngWriter
from .changes import Calm
from .gif import GifWriter
from .palette import Palette
from .webp import WebpWriter

_SAMPLED = 12  # frames that the palette is made from
_LONGEST = 2000  # frames; more is a film
_REMEMBERED = 1 << 28  # bytes of pictures that are kept from one try to the next
_TRIES = 8
_BEST = "best"
_AIM = 0.05  # below the limit, as a logarithm
_FULL_ENOUGH = 0.9  # of the limit: no better try is looked for
_STEP = 0.3  # by how much the logarithm of the size falls from rung to rung, about


@dataclass(frozen=True)
class Rung:
    """fps: at most.   scale: of the asked size.   colors: of the palette, 0 all.   calm: smallest change shown, of 255.

    quality: of WebP.
    """

    fps: float
    scale: float = 1.0
    colors: float = 256
    calm: float = 2
    quality: float = 90


_PALETTED = (
    Rung(30),
    Rung(20, calm=3),
    Rung(15, colors=192, calm=4),
    Rung(12, colors=128, calm=5),
    Rung(12, 0.85, 128, 5),
    Rung(12, 0.7, 96, 6),
    Rung(10, 0.6, 96, 6),
    Rung(10, 0.5, 64, 6),
    Rung(10, 0.4, 64, 6),
    Rung(8, 0.3, 48, 8),
    Rung(8, 0.2, 32, 8),
)
LADDERS: dict[str, tuple[Rung, ...]] = {
    'GIF': (Rung(50), *_PALETTED),
    'APNG': (Rung(50, colors=0, calm=0), *_PALETTED),
    'WEBP': (
        Rung(50, calm=0),
        Rung(30, calm=0, quality=82),
        Rung(24, calm=1, quality=75),
        Rung(18, calm=1, quality=70),
        Rung(15, calm=1, quality=62),
        Rung(15, 0.85, calm=1, quality=58),
        Rung(12, 0.75, calm=1, quality=55),
        Rung(12, 0.6, calm=1, quality=55),
        Rung(10, 0.5, calm=1, quality=50),
        Rung(10, 0.35, calm=1, quality=45),
        Rung(8, 0.2, calm=1, quality=40),
    ),
}


@dataclass(frozen=True)
class Loop:
    """What was written. size: width and height.   fps: shown.   bytes: of the file."""

    size: tuple[int, int]
    fps: float
    frames: int
    bytes: int


Picture = Callable[[], NDArray[np.uint8]]


def write_loop(
    path: Path,
    format: str,
    pictures: Sequence[Picture],
    fps: Fraction,
    side: int = 0,
    max_bytes: int = 0,
    on_try: Callable[[int, int, int], None] = lambda attempt, frame, frames: None,
) -> Loop:
    """Write pictures as a file that plays forever.

    format: a key of LADDERS.   pictures: each gives (H, W, 4) uint8, sRGB, straight alpha.
    side: the longer one's pixels at most, 0 the pictures' own.   max_bytes: of the file, 0 any.
    on_try: called for each frame that was encoded, with the number of the try from 1, and may raise to stop.
    Raises InputError when it would be too large at any place of the ladder, or too long; StorageError.
    """
    if len(pictures) > _LONGEST:
        remedy = "Choose a shorter range, or write a film."
        raise InputError(f"A loop of {len(pictures)} frames is too long; {_LONGEST} are possible.", remedy)
    source = _Pictures(pictures, side)

    def write(file: Path, place: float, attempt: int) -> Loop:
        rung = _rung(LADDERS[format], place)
        return _Try(format, rung, source, fps).write(file, lambda *at: on_try(attempt, *at))

    try:
        with tempfile.TemporaryDirectory(prefix=".loop-", dir=path.parent) as folder:
            loop = _best_fit(Path(folder), write, len(LADDERS[format]) - 1, max_bytes)
            if loop is None:
                what = f"{len(pictures)} frames do not fit into {max_bytes / 1000:.0f} KB."
                raise InputError(what, "Choose a shorter range, or a larger limit.")
            os.replace(Path(folder) / _BEST, path)
    except OSError as error:
        raise storage_error(path, error) from error
    return loop


def _best_fit(folder: Path, write: Callable[[Path, float, int], Loop], last: float, max_bytes: int) -> Loop | None:
    """Try places of the ladder, 0..last; the file of the best that fits is _BEST in `folder`. None: not even the last.

    The logarithm of the size falls about evenly along the ladder, so its zero is searched by regula falsi.
    """
    best: Loop | None = None
    large = fitting = (0.0, 0.0)  # place, logarithm of size to limit
    place = 0.0
    for attempt in range(1, _TRIES + 1):
        loop = write(folder / "try", place, attempt)
        over = math.log(loop.bytes / max_bytes) if max_bytes else -math.inf
        if over <= 0:
            best, fitting = loop, (place, over)
            os.replace(folder / "try", folder / _BEST)
            if place == 0 or over > math.log(_FULL_ENOUGH):
                break
        else:
            large = place, over
            if place == last:
                break
        if best is None:
            place = last if attempt == _TRIES - 1 else min(place + max(over / _STEP, 0.5), last)
        else:
            share = (large[1] + _AIM) / (large[1] - fitting[1])
            place = large[0] + (fitting[0] - large[0]) * min(max(share, 0.1), 0.9)
    return best


def _rung(ladder: Sequence[Rung], place: float) -> Rung:
    """The ladder at a place between its rungs."""
    below = min(int(place), len(ladder) - 2)
    share = place - below
    pairs = [(getattr(ladder[below], field.name), getattr(ladder[below + 1], field.name)) for field in fields(Rung)]
    return Rung(*(low if share == 0 else high if share == 1 else low + (high - low) * share for low, high in pairs))


class _Pictures:
    """The pictures in the asked size; as many as the memory may hold are read once."""

    def __init__(self, pictures: Sequence[Picture], side: int) -> None:
        self._pictures, self._side = pictures, side
        self._kept: dict[int, NDArray[np.uint8]] = {}
        self._bytes = 0
        self.size = self[0].shape[1::-1]

    def __len__(self) -> int:
        return len(self._pictures)

    def __getitem__(self, row: int) -> NDArray[np.uint8]:
        if row in self._kept:
            return self._kept[row]
        image = self._pictures[row]()
        longer = max(image.shape[:2])
        if self._side and longer > self._side:
            height, width = image.shape[:2]
            image = _resized(image, (round(width * self._side / longer), round(height * self._side / longer)))
        if self._bytes + image.nbytes <= _REMEMBERED:
            self._kept[row] = image
            self._bytes += image.nbytes
        return image


class _Try:
    """One way to write a loop."""

    def __init__(self, format: str, rung: Rung, pictures: _Pictures, fps: Fraction) -> None:
        self._format, self._rung, self._pictures = format, rung, pictures
        self._size = tuple(max(1, round(side * rung.scale)) for side in pictures.size)
        self._seconds = len(pictures) / float(fps)
        self._count = max(1, round(self._seconds * min(float(fps), rung.fps)))

    def write(self, path: Path, on_frame: Callable[[int, int], None]) -> Loop:
        """Write the file. on_frame: called with the number of frames done, and of all."""
        palette = None
        if self._format != 'WEBP' and self._rung.colors:
            rows = np.unique(np.linspace(0, self._count - 1, _SAMPLED).astype(int))
            palette = Palette(map(self._picture, rows), round(self._rung.colors), self._format != 'GIF')
        with path.open("wb") as file:
            writer = self._writer(file, palette)
            for done, (image, milliseconds) in enumerate(self._frames(), 1):
                writer.add(palette.indices(image) if palette else image, milliseconds)
                on_frame(done, self._count)
            writer.close()
        return Loop(self._size, self._count / self._seconds, self._count, path.stat().st_size)

    def _writer(self, file: IO[bytes], palette: Palette | None) -> GifWriter | ApngWriter | WebpWriter:
        if self._format == 'WEBP':
            return WebpWriter(file, self._size, round(self._rung.quality))
        if self._format == 'APNG':
            return ApngWriter(file, self._size, self._count, palette)
        return GifWriter(file, self._size, palette)

    def _frames(self) -> Iterator[tuple[NDArray[np.uint8], int]]:
        """Each frame and its milliseconds, which add up to the loop's: a GIF counts in hundredths."""
        calm = Calm(round(self._rung.calm))
        unit = 10 if self._format == 'GIF' else 1
        for row in range(self._count):
            begin, end = (round(1000 / unit * self._seconds * r / self._count) for r in (row, row + 1))
            yield calm(self._picture(row)), max(end - begin, 1) * unit

    def _picture(self, row: int) -> NDArray[np.uint8]:
        """The picture shown at a row of the loop, in its size."""
        image = self._pictures[int(row * len(self._pictures) / self._count)]
        return image if image.shape[1::-1] == self._size else _resized(image, self._size)


def _resized(image: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """An image (H, W, 4) in a smaller size; what is transparent lends no color."""
    if image[..., 3].min() == 255:
        return cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    values = image.astype(np.float32)
    values[..., :3] *= values[..., 3:] / 255
    values = cv2.resize(values, size, interpolation=cv2.INTER_AREA)
    values[..., :3] *= 255 / np.maximum(values[..., 3:], 1)
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
