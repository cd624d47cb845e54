# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an artist chose: which style, how much of it, with which chance. Plain values, so that a recipe can hold it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    """One style for one face. Weights are 0..1; beyond extrapolates.

    exemplar: name or number; ignored when `random` is set.   second: another exemplar to blend in, by mix_structure and
    mix_color, 0 the first .. 1 the second.   random: seed of a style that no exemplar has, None for none.
    structure, color: one weight, or one for each layer (7 and 11 in the published models).   keep_color: the portrait's
    own color codes take the exemplar's place; color 0 keeps the color by weights instead.   truncation: 0..1, how far
    the portrait may be from the average face.   noise: seed of the fine grain, None for the model's own; both repeat.
    """

    exemplar: str | int = 0
    second: str | int | None = None
    mix_structure: float = 0.5
    mix_color: float = 0.5
    random: int | None = None
    structure: float | tuple[float, ...] = 0.75
    color: float | tuple[float, ...] = 1.0
    keep_color: bool = False
    truncation: float = 0.75
    noise: int | None = None
