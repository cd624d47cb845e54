# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes of Epic's Live Link Face as CSV: ARKit's 52 names with a capital, nine rotations, and a time code per row.

    Timecode,BlendShapeCount,EyeBlinkLeft,...,TongueOut,HeadYaw,HeadPitch,HeadRoll,LeftEyeYaw,...,RightEyeRoll
    14:03:52:28.207,61,0.0123,...

The time code is HH:MM:SS:FF.fraction. How many FF make a second is not written: it is seen where the second changes.
A row whose count is 0 holds nothing: the app had lost the face.

Rotations are in radians, of Apple's face anchor (x out of the left cheek, y up, z out of the face) in Unreal's axes
(ahead = -z, right = x, up = y), as an FRotator: so yaw is positive towards the subject's right, pitch downwards, roll
clockwise in the picture. That is what the eyes do in a recorded take (looking to the own left or up: negative), and how
MeFaMo (github.com/JimWest/MeFaMo, a program that speaks the app's protocol) sends a head. No recorded head was at hand;
held sideways, a phone is said to give other signs: importers let an artist turn each round.
"""

import csv
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from .channels import EXPRESSIONS
from .errors import InputError
from .whole_file import write_whole

HEAD = {"headYaw": "HeadYaw", "headPitch": "HeadPitch", "headRoll": "HeadRoll"}
_SIGNS = {"headYaw": -1.0, "headPitch": -1.0, "headRoll": 1.0}  # of our channels against theirs
_EMPTY = "0"  # the count of a row without values
_EYE_ROTATIONS = tuple(f"{side}Eye{axis}" for side in ("Left", "Right") for axis in ("Yaw", "Pitch", "Roll"))
_ORDER = {"JawForward": 0, "JawRight": 1, "JawLeft": 2, "JawOpen": 3}  # where the app's order is not ARKit's
DEFAULT_RATE = 60
MAX_BYTES = 1 << 28
MAX_ROWS = 2_000_000
_CODE = re.compile(r"(\d{1,2}):(\d{1,2}):(\d{1,2})[:;](\d{1,3}(?:\.\d+)?)")
_DAY = 24 * 3600.0
_REMEDY = "Choose a CSV file that Live Link Face exported."


@dataclass(frozen=True)
class FaceTake:
    """seconds: of each row, from the first, rising.   channels: our name -> one value per row; the head in degrees."""

    seconds: list[float]
    channels: dict[str, list[float]]


def read_face_csv(path: Path) -> FaceTake:
    """The take in a file. Unknown columns and the eyes' rotations are left out. Raises InputError."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"{path.name} is too large for a take.", _REMEDY)
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _read(csv.reader(file))
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror or error}).", "Choose another file.") from error
    except (ValueError, csv.Error) as error:
        raise InputError(f"{path.name} is no take of Live Link Face: {str(error)[:200]}.", _REMEDY) from error


def write_face_csv(path: Path, names: Sequence[str], rows: Iterable[Sequence[float]], rate: float) -> None:
    """Write a take: one row of `names` per frame, from time 0. The eyes turn by their blend shapes; rotations are 0.

    rate: frames per second; the time code counts whole ones. Raises StorageError.
    """
    place = {name: index for index, name in enumerate(names)}
    columns = [place.get(_channel(column)) for column in COLUMNS]
    factors = [1 / _factor(_channel(column)) for column in COLUMNS]
    lines = [",".join(("Timecode", "BlendShapeCount", *COLUMNS))]
    for number, row in enumerate(rows):
        values = [
            0.0 if column is None else float(row[column]) * factor
            for column, factor in zip(columns, factors, strict=True)
        ]
        code = _time_code(number, max(1, round(rate)))
        lines.append(",".join((code, str(len(COLUMNS)), *(f"{value:.9f}" for value in values))))
    write_whole(path, ("\n".join(lines) + "\n").encode("ascii"))


def _capital(name: str) -> str:
    return name[0].upper() + name[1:]


def _columns() -> tuple[str, ...]:
    names = [_capital(channel.name) for channel in EXPRESSIONS if channel.name != "tongueOut"]
    jaw = names.index("JawForward")
    names[jaw : jaw + len(_ORDER)] = sorted(names[jaw : jaw + len(_ORDER)], key=_ORDER.__getitem__)
    left, right = names.index("MouthLeft"), names.index("MouthRight")
    names[left], names[right] = names[right], names[left]
    return (*names, "TongueOut", *HEAD.values(), *_EYE_ROTATIONS)


COLUMNS = _columns()
_NAMES = {channel.name.lower(): channel.name for channel in EXPRESSIONS} | {name.lower(): name for name in HEAD}


def _channel(column: str) -> str:
    """Our name of a column, "" for none."""
    return _NAMES.get(column.strip().lower(), "")


def _read(lines: Iterable[list[str]]) -> FaceTake:
    table = iter(lines)
    header = next(table, [])
    if not header or header[0].strip().lower() != "timecode":
        raise ValueError("its first column is not Timecode")
    columns = {name: index for index, title in enumerate(header) if (name := _channel(title))}
    if not columns:
        raise ValueError("it names no channel of a face")
    codes, rows = [], []
    for number, line in enumerate(table, 2):
        if not line or not any(line) or line[1:2] == [_EMPTY]:
            continue
        if len(line) <= max(columns.values()):
            raise ValueError(f"line {number} is too short")
        values = [float(line[index]) for index in columns.values()]
        if not all(map(math.isfinite, values)):
            raise ValueError(f"line {number} holds what is no number")
        codes.append(_parts(line[0], number))
        rows.append(values)
        if len(rows) > MAX_ROWS:
            raise ValueError("it has too many rows")
    if not rows:
        raise ValueError("it has no rows")
    seconds, kept = _rising(_seconds(codes))
    table_of = dict(zip(columns, zip(*(rows[row] for row in kept), strict=True), strict=True))
    channels = {name: [v * _factor(name) for v in values] for name, values in table_of.items()}
    return FaceTake(seconds, channels)


def _factor(name: str) -> float:
    """Our unit and sign of a channel against the app's."""
    return math.degrees(_SIGNS[name]) if name in _SIGNS else 1.0


def _parts(code: str, number: int) -> tuple[float, float]:
    """Whole seconds and frames of a time code."""
    found = _CODE.fullmatch(code.strip())
    if found is None:
        raise ValueError(f"line {number} has the time code {code[:30]!r}")
    hours, minutes, seconds, frames = found.groups()
    return int(hours) * 3600.0 + int(minutes) * 60.0 + int(seconds), float(frames)


def _seconds(codes: list[tuple[float, float]]) -> list[float]:
    wraps = any(after[0] > before[0] for before, after in zip(codes, codes[1:], strict=False))
    most = int(max(frames for _, frames in codes)) + 1
    rate = next((rate for rate in (24, 25, 30, 48, 50, 60, 100, 120) if most <= rate), most)
    rate = rate if wraps else max(rate, DEFAULT_RATE)
    times = [seconds + frames / rate for seconds, frames in codes]
    return [(time - times[0]) % _DAY for time in times]  # a take may go on past midnight


def _rising(times: list[float]) -> tuple[list[float], list[int]]:
    """The times that are later than all before them, and which they are: a row may be sent twice."""
    seconds: list[float] = []
    kept: list[int] = []
    for row, time in enumerate(times):
        if not seconds or seconds[-1] < time < seconds[-1] + 3600:
            seconds.append(time)
            kept.append(row)
    return seconds, kept


def _time_code(number: int, rate: int) -> str:
    seconds, frames = divmod(number, rate)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours % 24:02d}:{minutes:02d}:{seconds:02d}:{frames:02d}.000"
