# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Frame rates as exact fractions: read from text, written as text, recognized when a container rounded them.

Not for: deciding which rate a job uses. The rates of film and television are those of SMPTE ST 12 and their
x 1000/1001 relatives; 23.976 is nobody's rate, 24000/1001 is.
"""

import math
from fractions import Fraction

from ...bridge.errors import InputError

SLOWEST, FASTEST = Fraction(1, 10), Fraction(1000)
_WHOLE = (8, 10, 12, 15, 16, 18, 20, 24, 25, 30, 48, 50, 60, 72, 90, 96, 100, 120, 240)
STANDARD = tuple(sorted({Fraction(n) for n in _WHOLE} | {Fraction(n * 1000, 1001) for n in _WHOLE if n % 6 == 0}))
_REMEDY = 'Give a rate such as "24", "23.976" or "30000/1001".'


def parse_frame_rate(rate: str | int | float | Fraction, name: str = "frame rate") -> Fraction:
    """Frames per second as an exact fraction.

    A decimal that is a standard rate as it is usually rounded ("23.976", "29.97") becomes that rate; a fraction or a
    whole number stays as written. name: what the rate belongs to, for the error.
    Raises InputError for what is no number, NaN, infinite, zero, negative, or outside SLOWEST..FASTEST.
    """
    text = str(rate).strip()
    try:
        exact = _from_decimal(text) if _is_decimal(text) else Fraction(text)
    except (ValueError, ZeroDivisionError, OverflowError) as error:
        raise InputError(f"The {name} {text[:40]!r} is not a rate.", _REMEDY) from error
    if not SLOWEST <= exact <= FASTEST:
        limits = f"between {float(SLOWEST):g} and {float(FASTEST):g} frames per second"
        raise InputError(f"The {name} {text[:40]!r} is not {limits}.", _REMEDY)
    return exact


def format_frame_rate(rate: Fraction) -> str:
    """The rate as "24" or "30000/1001": what `parse_frame_rate` reads back without loss."""
    return str(Fraction(rate))


def nearest_standard_rate(rate: Fraction, tolerance: float = 2e-4) -> Fraction:
    """The standard rate within `tolerance` (relative) of `rate`, or `rate` itself.

    Containers round: Matroska's milliseconds make 29.97 into 19001/634. 2e-4 is a fifth of what lies between 30 and
    30000/1001.
    """
    nearest = min(STANDARD, key=lambda standard: abs(standard - rate))
    return nearest if abs(nearest - rate) <= tolerance * rate else rate


def _is_decimal(text: str) -> bool:
    return "/" not in text and not text.isdigit()


def _from_decimal(text: str) -> Fraction:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    if value.is_integer():
        return Fraction(int(value))
    digits = len(text.partition(".")[2])
    for standard in STANDARD:
        # As people round it, or as a single-precision float (Blender's fps_base) brings it.
        if round(float(standard), digits) == value or abs(float(standard) - value) < 1e-6 * value:
            return standard
    return Fraction(text).limit_denominator(100_000)
