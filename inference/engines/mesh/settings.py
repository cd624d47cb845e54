# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be set on the mesh engine, with ranges: the `settings` of a render request with engine 'mesh'."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...settings import choice, number, read_settings


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

    expression: float = number(1.0, 0.0, 3.0)
    mouth: float = number(1.0, 0.0, 3.0)
    eyes: float = number(1.0, 0.0, 3.0)
    brows: float = number(1.0, 0.0, 3.0)
    head: float = number(1.0, 0.0, 2.0)
    gaze: float = number(1.0, 0.0, 3.0)
    wrinkles: float = number(0.85, 0.0, 2.0)
    mouth_interior: str = choice("AUTO", "FOOTAGE", "PAINTED")
    turn_limit: float = number(28.0, 0.0, 60.0)
    background: str = choice("PLATE", "KEEP")

    @staticmethod
    def read(values: Mapping[str, Any]) -> "MeshSettings":
        """Settings from plain data. Raises InputError for an unknown name, a wrong type or a value out of range."""
        return read_settings(MeshSettings, values, "the mesh engine")
