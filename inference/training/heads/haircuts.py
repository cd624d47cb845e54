# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Haircuts as numbers: how long hair is where, where it is combed, how it curls.

Not for: growing it (hair.py).
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from torch import Tensor


@dataclass
class Haircut:
    """Lengths in decimeters. `fringe` is the hair over the forehead."""

    density: Tensor  # 0 bald .. 1
    top: Tensor
    sides: Tensor
    back: Tensor
    fringe: Tensor
    lift: Tensor  # how steeply hair leaves the skin
    part: Tensor  # x of the parting
    spread: Tensor  # away from the parting
    forward: Tensor  # combed to the face, negative to the back of the head
    fringe_forward: Tensor  # the same for the fringe
    gravity: Tensor
    curl: Tensor  # radius of curls
    twist: Tensor  # curls per decimeter
    width: Tensor  # of a lock
    volume: Tensor  # distance from the head
    recede: Tensor  # how far the hairline goes back
    tie: Tensor  # 0 loose, 1 drawn to a bun or tail at the back
    tie_height: Tensor
    ragged: Tensor  # how unlike the lengths of neighbors are


# name: chance for women, for men, then numbers as (low, high) where they are not the first row's.
_BASE = dict(
    density=(1, 1),
    top=(0.5, 0.7),
    sides=(0.2, 0.3),
    back=(0.2, 0.3),
    fringe=(0.3, 0.45),
    lift=(0.2, 0.45),
    part=(-0.35, 0.35),
    spread=(0.3, 0.8),
    forward=(-0.2, 0.2),
    fringe_forward=(0.1, 0.5),
    gravity=(0.8, 1.6),
    curl=(0.0, 0.012),
    twist=(1, 3),
    width=(0.07, 0.1),
    volume=(0.03, 0.08),
    recede=(0, 0.06),
    tie=(0, 0),
    tie_height=(0.2, 0.7),
    ragged=(0.1, 0.35),
)
_CUTS: dict[str, tuple[float, float, dict[str, tuple[float, float]]]] = {
    "side part": (
        0.3,
        2.0,
        dict(
            part=(0.25, 0.42),
            top=(0.5, 0.75),
            spread=(1.0, 1.4),
            forward=(-0.5, -0.1),
            fringe_forward=(-0.3, 0.2),
            sides=(0.1, 0.22),
        ),
    ),
    "crop": (
        0.3,
        1.6,
        dict(
            top=(0.18, 0.32),
            fringe=(0.15, 0.3),
            sides=(0.07, 0.14),
            back=(0.08, 0.15),
            lift=(0.35, 0.7),
            forward=(0.3, 0.8),
            fringe_forward=(0.3, 1.0),
            width=(0.05, 0.08),
        ),
    ),
    "quiff": (
        0.2,
        1.4,
        dict(
            top=(0.4, 0.7),
            fringe=(0.45, 0.75),
            lift=(0.7, 1.2),
            forward=(-1.2, -0.6),
            fringe_forward=(-1.0, -0.5),
            sides=(0.07, 0.14),
            back=(0.1, 0.2),
            gravity=(0.1, 0.5),
        ),
    ),
    "swept back": (
        0.5,
        0.9,
        dict(
            top=(0.7, 1.0),
            fringe=(0.9, 1.2),
            forward=(-1.6, -1.1),
            fringe_forward=(-1.6, -1.1),
            lift=(0.25, 0.5),
            back=(0.3, 0.8),
            sides=(0.3, 0.6),
            spread=(0.0, 0.3),
        ),
    ),
    "messy": (
        0.4,
        1.3,
        dict(
            top=(0.35, 0.6),
            fringe=(0.3, 0.55),
            lift=(0.5, 1.0),
            curl=(0.02, 0.05),
            gravity=(0.5, 1.0),
            ragged=(0.5, 0.8),
            fringe_forward=(0.2, 1.0),
        ),
    ),
    "buzz": (
        0.1,
        0.9,
        dict(
            density=(0.7, 0.95),
            top=(0.03, 0.07),
            sides=(0.02, 0.05),
            back=(0.02, 0.05),
            fringe=(0.03, 0.06),
            lift=(1.5, 2),
            width=(0.05, 0.06),
            volume=(0.0, 0.01),
        ),
    ),
    "bald": (0.02, 0.5, dict(density=(0, 0), top=(0, 0), sides=(0, 0), back=(0, 0), fringe=(0, 0))),
    "long": (
        2.4,
        0.25,
        dict(
            top=(2.4, 3.4),
            fringe=(1.7, 2.6),
            sides=(2.2, 3.2),
            back=(2.4, 3.4),
            part=(-0.3, 0.3),
            spread=(1.2, 1.8),
            fringe_forward=(-0.4, 0.0),
            width=(0.08, 0.12),
            volume=(0.05, 0.14),
        ),
    ),
    "long waves": (
        1.8,
        0.2,
        dict(
            top=(2.0, 3.0),
            fringe=(1.6, 2.2),
            sides=(1.9, 2.8),
            back=(2.0, 3.0),
            part=(-0.3, 0.3),
            spread=(1.2, 1.8),
            fringe_forward=(-0.3, 0.1),
            curl=(0.04, 0.09),
            twist=(1.2, 2.2),
            volume=(0.1, 0.22),
            width=(0.08, 0.12),
        ),
    ),
    "bob": (
        1.7,
        0.1,
        dict(
            top=(1.25, 1.55),
            fringe=(1.1, 1.3),
            sides=(0.95, 1.15),
            back=(0.8, 1.0),
            part=(-0.25, 0.25),
            spread=(1.2, 1.6),
            volume=(0.1, 0.18),
            fringe_forward=(-0.2, 0.1),
            ragged=(0.02, 0.1),
        ),
    ),
    "bangs": (
        1.5,
        0.15,
        dict(
            top=(1.3, 2.4),
            fringe=(0.42, 0.52),
            sides=(1.2, 2.4),
            back=(1.2, 2.4),
            part=(-0.05, 0.05),
            spread=(0.6, 1.0),
            fringe_forward=(1.2, 1.8),
            volume=(0.06, 0.12),
            ragged=(0.03, 0.12),
        ),
    ),
    "pixie": (
        0.9,
        0.3,
        dict(
            top=(0.5, 0.7),
            fringe=(0.5, 0.75),
            sides=(0.3, 0.45),
            back=(0.25, 0.4),
            part=(0.2, 0.4),
            spread=(1.0, 1.5),
            fringe_forward=(0.3, 0.8),
            ragged=(0.3, 0.5),
        ),
    ),
    "curls": (
        0.9,
        0.7,
        dict(
            top=(0.6, 1.0),
            fringe=(0.5, 0.8),
            sides=(0.5, 0.9),
            back=(0.6, 1.0),
            curl=(0.05, 0.1),
            twist=(3, 5),
            lift=(0.8, 1.4),
            gravity=(0.5, 1.2),
            width=(0.07, 0.1),
            volume=(0.08, 0.2),
            ragged=(0.4, 0.6),
        ),
    ),
    "afro": (
        0.5,
        0.6,
        dict(
            top=(0.4, 1.0),
            fringe=(0.4, 0.9),
            sides=(0.35, 0.9),
            back=(0.4, 0.9),
            lift=(4, 6),
            gravity=(0.0, 0.08),
            spread=(0, 0),
            forward=(0, 0),
            fringe_forward=(0, 0),
            curl=(0.03, 0.06),
            twist=(5, 8),
            width=(0.1, 0.14),
            ragged=(0.05, 0.15),
        ),
    ),
    "bun": (
        1.0,
        0.08,
        dict(
            tie=(1, 1),
            top=(1.6, 1.9),
            fringe=(1.8, 2.1),
            sides=(1.5, 1.8),
            back=(1.2, 1.5),
            lift=(0.15, 0.3),
            gravity=(0, 0.1),
            volume=(0.02, 0.06),
            tie_height=(0.3, 0.95),
        ),
    ),
}


def draw_haircut(dice: Generator, woman: float, age: float, melanin: float) -> Haircut:
    """A haircut that suits, by dice.   woman: 0..1.   age: 0 child .. 1 old.   melanin: of the skin."""
    chances = np.array([first * woman + second * (1 - woman) for first, second, _numbers in _CUTS.values()])
    names = list(_CUTS)
    chances[names.index("afro")] *= 3.0 if melanin > 0.45 else 0.15
    if age < 0.2:
        chances[names.index("bald")] *= 0.2
    name = names[dice.choice(len(names), p=chances / chances.sum())]
    ranges = _BASE | _CUTS[name][2]
    values = {field: float(dice.uniform(*bounds)) for field, bounds in ranges.items()}
    values["recede"] += max(0.0, age - 0.4) * (1 - woman) * float(dice.uniform(0, 0.5))
    if dice.random() < 0.5:
        values["part"] *= -1
    return Haircut(**values)
