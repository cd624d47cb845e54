# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody in the colors of somebody else: what an exemplar's color is, apart from its style and its face.

Not for: shapes, hair cuts, expressions, directions of light, which stay.
"""

from dataclasses import replace

from torch import Tensor

from .person import Person, Shot
from .scene import View

_PERSON = (
    "melanin", "blood", "yellow", "blush", "lipstick", "lipstick_color", "shadow", "shadow_color", "iris", "hair_color",
    "brow_color", "glasses_color", "cloth", "cloth_trim",
)  # fmt: skip
_SHOT = ("key_color", "sky", "ground", "rim_color", "backdrop", "backdrop_colors")


def recolored(person: Person, shot: Shot, colors: tuple[Person, Shot]) -> tuple[Person, Shot]:
    """People in shots (B) with the colors of others (B or 1): of skin, hair, eyes, cloth, light and backdrop."""
    return replace(person, **_taken(_PERSON, person, colors[0])), replace(shot, **_taken(_SHOT, shot, colors[1]))


def repainted(view: View, colors: tuple[Person, Shot]) -> View:
    """The same view in other colors; what its pixels see is not looked for again."""
    person, shot = recolored(view.person, view.shot, colors)
    again = replace(view, person=person, shot=shot)
    again.__dict__["seen"] = view.seen  # which colors have no part in
    return again


def _taken(names: tuple[str, ...], own: Person | Shot, other: Person | Shot) -> dict[str, Tensor]:
    return {name: getattr(other, name).expand_as(getattr(own, name)) for name in names}
