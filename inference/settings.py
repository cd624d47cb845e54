# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings from outside as frozen dataclasses: each field says by its default and metadata what it may be.

@dataclass(frozen=True)
class GlowSettings:
    strength: float = number(1.0, 0.0, 2.0)
    passes: int = number(3, 1, 10)
    mode: str = choice("SOFT", "HARD")
    map: str = ""
"""

from collections.abc import Mapping
from dataclasses import Field, field, fields
from typing import Any, TypeVar

from ..bridge.errors import InputError

T = TypeVar("T")


def number(default: float, low: float, high: float) -> Any:
    """A number from `low` to `high`; a whole one where the default is an `int`."""
    return field(default=default, metadata={"range": (low, high)})


def choice(*names: str) -> Any:
    """One of some words; the first is the default."""
    return field(default=names[0], metadata={"names": names})


def read_settings(kind: type[T], values: Mapping[str, Any], owner: str) -> T:
    """A `kind` from plain data. owner: as the person knows it, such as "the mesh engine".

    Raises InputError for an unknown name, a wrong type or a value out of range.
    """
    known = {entry.name: entry for entry in fields(kind)}
    for name in values:
        if name not in known:
            whose = owner[0].upper() + owner[1:]
            raise InputError(f"{whose} has no setting {name!r}.", f"It has: {', '.join(known)}.")
    return kind(**{name: _checked(name, value, known[name]) for name, value in values.items()})


def _checked(name: str, value: Any, entry: "Field[Any]") -> Any:
    wrong = f"{name} cannot be {value!r}."
    if "names" in entry.metadata:
        if value not in entry.metadata["names"]:
            raise InputError(wrong, f"Choose one of {', '.join(entry.metadata['names'])}.")
        return value
    if "range" in entry.metadata:
        low, high = entry.metadata["range"]
        is_whole = isinstance(entry.default, int)
        is_number = type(value) in (int, float) and low <= value <= high
        if not is_number or (is_whole and value != int(value)):
            raise InputError(wrong, f"Give a {'whole ' if is_whole else ''}number from {low:g} to {high:g}.")
        return type(entry.default)(value)
    if type(value) is not type(entry.default):
        raise InputError(wrong, f"Give a {type(entry.default).__name__}.")
    return value
