# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The driving footage: one door to films, GIFs, image sequences and single pictures.

Not for: the source image of a card (pictures.py), sound (audio.py).

    footage = Footage.open("clip.mp4")
    for time, image in footage.frames():
        ...
"""

import math
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ...bridge.errors import InputError
from .facts import Damage, Facts
from .film import Film
from .image_sequence import ImageSequence, find_sequence
from .pictures import SUFFIXES

FILM_SUFFIXES = frozenset(".mp4 .m4v .mov .mkv .webm .avi .mpg .mpeg .gif .apng".split())
"""What films in a folder of clips are called; a film given by itself may be called anything."""


class Footage:
    """Footage that can be read, as often as needed, without ever being in memory as a whole.

    size, fps, average_fps, duration, frame_count, has_alpha, has_audio: see `Facts`.
    """

    def __init__(self, path: Path, source: Film | ImageSequence) -> None:
        self.path = path
        self._source = source
        self._damage = Damage()
        facts: Facts = source.facts
        self.size, self.fps, self.average_fps = facts.size, facts.fps, facts.average_fps
        self.duration, self.frame_count = facts.duration, facts.frame_count
        self.has_alpha, self.has_audio = facts.has_alpha, facts.has_audio

    @staticmethod
    def open(path: str | Path, sequence_fps: Fraction = Fraction(24)) -> "Footage":
        """Footage from a film, a GIF or APNG, a folder of numbered pictures, their first file, or one picture.

        sequence_fps: rate of numbered pictures, which carry none.
        Raises InputError when it is missing, empty, truncated, too large, no footage, or refers to other files.
        """
        path = Path(path)
        try:
            if path.is_dir() or (path.suffix.lower() in SUFFIXES and not _is_animated(path)):
                return Footage(path, ImageSequence(find_sequence(path), sequence_fps))
            return Footage(path, Film(path))
        except OSError as error:
            reason = error.strerror or error
            raise InputError(f"{path} cannot be opened ({reason}).", "Check the path and your rights.") from error

    def frames(self, start: float = 0.0, end: float | None = None) -> Iterator[tuple[float, NDArray[np.uint8]]]:
        """Yields (time, image) for every picture with start <= time < end, in order, one at a time.

        time: seconds since the first picture, as the file says, always increasing; end None: to the end.
        image: (H, W, 3) RGB, or (H, W, 4) RGBA with straight alpha where `has_alpha`; uint8, sRGB-like, top row first,
        upright, of `size`. Stop iterating to cancel. Damage in the middle does not end the iteration: see `warnings`.
        Raises InputError when the file is gone by now, ValueError for a NaN or negative range.
        """
        end = math.inf if end is None else end
        if not (start >= 0 and end >= 0):
            raise ValueError(f"footage has no range from {start} to {end} seconds")
        self._damage.clear()
        return self._source.frames(start - _TOLERANCE, end - _TOLERANCE, self._damage)

    @property
    def damaged_count(self) -> int:
        """How many troubles the latest iteration met so far."""
        return sum(self._damage.values())

    @property
    def warnings(self) -> list[str]:
        """What the latest iteration met so far, as sentences for people; empty for sound footage."""
        return [f"{self.path.name}: {count} x {phrase}." for phrase, count in self._damage.items()]


_TOLERANCE = 1e-6  # seconds: 1/30 as a decimal still means the picture at 1/30


def _is_animated(path: Path) -> bool:
    """Whether a picture file is a film after all (APNG)."""
    try:
        with Image.open(path, formats=("PNG", "WEBP")) as image:
            is_animated = getattr(image, "is_animated", False)
            image_format = image.format
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False  # read_picture says what is wrong with it
    if is_animated and image_format == "WEBP":
        raise InputError(f"{path} is an animated WebP, which is not read.", "Convert it to GIF, APNG or MP4.")
    return is_animated
