# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which part of which footage drives a card, and on which frames of the scene: from a file or from a movie strip."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import bpy

from ..bridge.errors import InputError
from . import compat
from .storage import from_stored


@dataclass(frozen=True)
class Footage:
    """Seconds `begin`..`end` (0: to its end) of a file; one row of motion per scene frame, from frame `start`.

    rate: rows per second of footage, "30000/1001".
    """

    path: Path
    start: int
    rate: str
    begin: float = 0.0
    end: float = 0.0

    def seconds_at(self, frame: int) -> float:
        """Seconds of the footage that are seen on a frame of the scene; its first for frames before it."""
        return self.begin + max(0, frame - self.start) / float(Fraction(self.rate))


def scene_rate(scene) -> Fraction:
    """Frames per second of a scene; Blender keeps 29.97 as 30 / 1.001 in single precision."""
    return Fraction(scene.render.fps) / Fraction(scene.render.fps_base).limit_denominator(10_000)


def footage_of_file(path: Path, start: int, scene) -> Footage:
    """All of a file, in real time from frame `start`. Raises InputError when it does not exist."""
    if not path.is_file():
        raise InputError(f"The footage {path} does not exist.", "Choose a film of a face.")
    return Footage(path, start, str(scene_rate(scene)))


def footage_of_strip(strip, scene) -> Footage:
    """The visible part of a movie strip, where the strip stands and as fast as it plays. Raises InputError."""
    path = from_stored(strip.filepath)
    if not path.is_file():
        raise InputError(
            f"The footage {path} of the strip {strip.name} does not exist.", "Find the file, or choose another."
        )
    start, end = compat.strip_range(strip)
    trimmed_start, trimmed_end = compat.strip_offsets(strip)
    pictures, rate = _pictures_and_rate(path)
    skipped, left_out = compat.strip_content_trims(strip)
    pictures -= skipped + left_out
    real_time, timeline = scene_rate(scene), end - start + trimmed_start + trimmed_end
    # A strip plays in real time, or one picture on each frame of the scene: its length tells which.
    lengths = {rate: pictures, real_time: float(pictures * real_time / rate)}
    rows = min(lengths, key=lambda candidate: (abs(lengths[candidate] - timeline), candidate != real_time))
    if abs(lengths[rows] - timeline) > 1.5 + 0.01 * timeline:
        raise InputError(f"The strip {strip.name} is retimed.", "Capture it first, then retime the keys in the NLA.")
    begin = trimmed_start / rows + skipped / rate
    return Footage(path, int(start), str(rows), float(begin), float(begin + (end - start) / rows))


def _pictures_and_rate(path: Path) -> tuple[int, Fraction]:
    clip = bpy.data.movieclips.load(str(path))
    try:
        if not clip.fps:
            raise InputError(f"The footage {path} is damaged or not a film.", "Choose a film of a face.")
        return clip.frame_duration, Fraction(clip.fps).limit_denominator(1001)
    finally:
        bpy.data.movieclips.remove(clip)
