# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be set on the FOMM engine: the `settings` of a render request with engine 'fomm'."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from ....bridge.errors import InputError


def _number(default: float, low: float, high: float) -> Any:
    return field(default=default, metadata={"range": (low, high)})


def _choice(*names: str) -> Any:
    return field(default=names[0], metadata={"names": names})


@dataclass(frozen=True)
class FommSettings:
    """How a card is driven.

    weights: path of the model's checkpoint.   relative: the card moves as the actor moves from the initial frame on,
    else it takes the actor's pose and proportions.   adapt_scale: a small face moves less than a large one (relative
    motion).   strength: of the motion; 1 as captured.   initial: footage seconds at which the actor looks most like the
    card; negative: found by landmarks.   full_resolution: the picture itself is bent and only what the network invents
    is painted on it, else the network's own 256 pixels are shown.
    device, precision: AUTO takes the graphics card where there is one, and the precision that gains there.
    """

    weights: str = ""
    relative: bool = True
    adapt_scale: bool = True
    strength: float = _number(1.0, 0.0, 2.0)
    initial: float = _number(-1.0, -1.0, 1e6)
    full_resolution: bool = True
    device: str = _choice("AUTO", "CPU", "CUDA")
    precision: str = _choice("AUTO", "FLOAT32", "BFLOAT16", "FLOAT16")

    @staticmethod
    def read(values: Mapping[str, Any]) -> "FommSettings":
        """Settings from plain data. Raises InputError for an unknown name, a wrong type or a value out of range."""
        known = {entry.name: entry for entry in fields(FommSettings)}
        for name, value in values.items():
            if name not in known:
                raise InputError(f"The FOMM engine has no setting {name!r}.", f"It has: {', '.join(known)}.")
            _check(name, value, known[name])
        return FommSettings(**values)


def _check(name: str, value: Any, entry: Any) -> None:
    if "names" in entry.metadata and value not in entry.metadata["names"]:
        names = ", ".join(entry.metadata["names"])
        raise InputError(f"{name} cannot be {value!r}.", f"Choose one of {names}.")
    if "range" in entry.metadata:
        low, high = entry.metadata["range"]
        if type(value) not in (int, float) or not low <= value <= high:
            raise InputError(f"{name} cannot be {value!r}.", f"Give a number from {low:g} to {high:g}.")
    elif type(value) is not type(entry.default):
        raise InputError(f"{name} cannot be {value!r}.", f"Give a {type(entry.default).__name__}.")
