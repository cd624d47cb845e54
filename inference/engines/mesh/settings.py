# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be set on the mesh engine, with ranges: the `settings` of a render request with engine 'mesh'."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from ....bridge.errors import InputError


def _number(default: float, low: float, high: float) -> Any:
    return field(default=default, metadata={"range": (low, high)})


def _choice(*names: str) -> Any:
    return field(default=names[0], metadata={"names": names})


@dataclass(frozen=True)
class MeshSettings:
    """How a card is played. Gains multiply the motion: 0 none, 1 as captured.

    expression: all of the face; mouth, eyes (lids), brows: that region on top of it.   head: turn, tilt, shift, scale.
    gaze: how far the irises travel.   wrinkles: shading of the actor's skin laid over the card's, 0 none.
    mouth_interior: 'AUTO' the actor's mouth where a take has it, else painted; 'FOOTAGE' the same, painted only where
    there is no take at all; 'PAINTED' always painted.
    turn_limit: degrees the head may turn away from how the picture shows it; less where the picture is turned already.
    background: 'PLATE' repairs what the head uncovers, 'KEEP' lets the background bend along.
    """

    expression: float = _number(1.0, 0.0, 3.0)
    mouth: float = _number(1.0, 0.0, 3.0)
    eyes: float = _number(1.0, 0.0, 3.0)
    brows: float = _number(1.0, 0.0, 3.0)
    head: float = _number(1.0, 0.0, 2.0)
    gaze: float = _number(1.0, 0.0, 3.0)
    wrinkles: float = _number(0.85, 0.0, 2.0)
    mouth_interior: str = _choice("AUTO", "FOOTAGE", "PAINTED")
    turn_limit: float = _number(28.0, 0.0, 60.0)
    background: str = _choice("PLATE", "KEEP")

    @staticmethod
    def read(values: Mapping[str, Any]) -> "MeshSettings":
        """Settings from plain data. Raises InputError for an unknown name, a wrong type or a value out of range."""
        known = {entry.name: entry for entry in fields(MeshSettings)}
        for name, value in values.items():
            if name not in known:
                raise InputError(f"The mesh engine has no setting {name!r}.", f"It has: {', '.join(known)}.")
            _check(name, value, known[name].metadata)
        return MeshSettings(**values)


def _check(name: str, value: Any, allowed: Mapping[str, Any]) -> None:
    if "names" in allowed:
        if value not in allowed["names"]:
            raise InputError(f"{name} cannot be {value!r}.", f"Choose one of {', '.join(allowed['names'])}.")
        return
    low, high = allowed["range"]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not low <= value <= high:
        raise InputError(f"{name} cannot be {value!r}.", f"Give a number from {low:g} to {high:g}.")
