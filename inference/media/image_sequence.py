# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbered picture files as footage, and a single picture as footage of one frame.

The number is the time: (number - first number) / fps. A missing number is no error: the picture before it stays longer,
as in any footage of variable rate, and the gap is reported.
"""

import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ...bridge.errors import InputError
from .facts import Damage, Facts
from .pictures import SUFFIXES, read_picture

_NUMBERED = re.compile(r"(.*?)(\d{1,12})", re.DOTALL)
_LONGEST_GAP = 10_000  # numbers; more is a wrong file in the folder


class ImageSequence:
    """A series of pictures. Its first picture gives the size; each call of `frames` reads the files anew."""

    def __init__(self, files: dict[int, Path], fps: Fraction) -> None:
        """files: number -> picture, at least one.

        Raises InputError when the first cannot be read, or when the numbers have an absurd gap.
        """
        self._files, self._fps = dict(sorted(files.items())), fps
        numbers = list(self._files)
        for before, after in zip(numbers, numbers[1:], strict=False):
            if after - before > _LONGEST_GAP:
                what = f"The numbers jump from {self._files[before].name} to {self._files[after].name}."
                raise InputError(what, "Put the series alone into a folder, or number it without the gap.")
        self._first = numbers[0]
        height, width = read_picture(self._files[self._first]).shape[:2]
        span = numbers[-1] - self._first + 1
        duration = float(span / fps)
        self.facts = Facts((width, height), fps, fps * len(numbers) / span, duration, len(numbers), True, False)

    def frames(self, start: float, end: float, damage: Damage) -> Iterator[tuple[float, NDArray[np.uint8]]]:
        """As `Film.frames`; images are RGBA. A picture that cannot be read is left out, one of another size scaled."""
        expected = self._first
        for number, file in self._files.items():
            time = float((number - self._first) / self._fps)
            if number > expected:
                damage[f"missing number before {file.name}"] += number - expected
            expected = number + 1
            if start <= time < end:
                try:
                    yield time, self._image(file, damage)
                except InputError as error:
                    damage[f"picture that cannot be read ({error.what})"] += 1

    def _image(self, file: Path, damage: Damage) -> NDArray[np.uint8]:
        image = read_picture(file)
        if image.dtype == np.uint16:
            image = cv2.convertScaleAbs(image, alpha=1 / 257)
        if image.shape[1::-1] != self.facts.size:
            damage["picture of another size"] += 1
            image = cv2.resize(image, self.facts.size, interpolation=cv2.INTER_AREA)
        return image


def find_sequence(path: Path) -> dict[int, Path]:
    """The numbered pictures that `path` stands for: of a folder, or from a first file on; a lone picture is number 0.

    Raises InputError when a folder holds no series, or more than one.
    """
    if not path.is_dir():
        prefix, number = _parts(path)
        series = _series_in(path.parent).get((prefix, path.suffix.lower()), {}) if number is not None else {}
        later = {n: file for n, file in series.items() if number is None or n >= number}
        return later if len(later) > 1 and later.get(number) == path else {0: path}
    found = _series_in(path)
    if len(found) == 1:
        return next(iter(found.values()))
    what = f"There are no numbered pictures in {path}." if not found else f"There are {len(found)} series in {path}."
    raise InputError(what, "Choose the first file of the series." if found else "Name them as in frame_0001.png.")


def _series_in(folder: Path) -> dict[tuple[str, str], dict[int, Path]]:
    """(name before the number, suffix) -> number -> file."""
    found: dict[tuple[str, str], dict[int, Path]] = {}
    for file in sorted(folder.iterdir()):
        prefix, number = _parts(file)
        if number is not None and file.suffix.lower() in SUFFIXES and file.is_file():
            series = found.setdefault((prefix, file.suffix.lower()), {})
            if number in series:
                raise InputError(f"{series[number].name} and {file.name} have one number.", "Remove one of them.")
            series[number] = file
    return found


def _parts(file: Path) -> tuple[str, int | None]:
    match = _NUMBERED.fullmatch(file.stem)
    return (match[1], int(match[2])) if match else (file.stem, None)
