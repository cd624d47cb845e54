# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of footage before it is read, whatever kind of file it is."""

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

Damage = Counter[str]  # phrase -> how often; filled while footage is read


@dataclass(frozen=True)
class Facts:
    """What a reader of footage can say at once.

    size: width, height as shown (rotated, square pixels).   fps: the rate a person would name, a standard one where the
    footage is close to it.   average_fps: pictures by seconds.   duration: seconds from the first picture to the end of
    the last.   frame_count, duration: as the file states them; a damaged file may hold less.
    has_alpha: whether images have four channels.
    """

    size: tuple[int, int]
    fps: Fraction
    average_fps: Fraction
    duration: float
    frame_count: int
    has_alpha: bool
    has_audio: bool
