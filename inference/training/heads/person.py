# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is seen and how: a person, drawn by dice, and a shot of them.

Every field is one float or a few; a batch has a leading axis. Colors are linear RGB reflectances. The same seed and
number give the same person on every machine. Not for: how anything looks when rendered.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import torch
from numpy.random import Generator
from torch import Tensor

from .anatomy import AGES, POPULATIONS, SEXES
from .haircuts import Haircut, draw_haircut

Record = TypeVar("Record")


@dataclass
class Person:
    """What stays the same of somebody from shot to shot, and from style to style."""

    targets: Tensor  # (T,) weights of the anatomy's shape targets
    melanin: Tensor
    blood: Tensor
    yellow: Tensor
    freckles: Tensor
    age: Tensor  # 0 child, 0.4 adult, 1 old
    stubble: Tensor
    blush: Tensor
    lipstick: Tensor  # strength
    lipstick_color: Tensor
    shadow: Tensor  # of the eyelids
    shadow_color: Tensor
    liner: Tensor
    lashes: Tensor
    brow: Tensor  # (5,): height, arch, thickness, density, tilt
    iris: Tensor
    iris_size: Tensor  # angle in radians on the eyeball
    pupil: Tensor
    hair_color: Tensor
    brow_color: Tensor
    haircut: Haircut
    glasses: Tensor  # (5,): worn, half width, half height, roundness, thickness
    glasses_color: Tensor
    cloth: Tensor
    cloth_trim: Tensor
    cloth_shape: Tensor  # (4,): depth of the neckline, sharpness, height of a collar, pattern
    place: Tensor  # (3,), where in space this person's noise is


@dataclass
class Shot:
    """One picture of somebody: what they do, from where and in which light."""

    units: Tensor  # (U,) weights of the expression units
    gaze: Tensor  # (2,) to the picture's right and up, radians
    turn: Tensor  # (3,) yaw to the picture's right, pitch up, roll clockwise, radians
    distance: Tensor  # of the camera, decimeters
    frame: Tensor  # (4,): right, down, size; how far the crop is off, in parts of its side; 1 where it follows the head
    key: Tensor  # (3,) direction to the light
    key_color: Tensor
    sky: Tensor
    ground: Tensor
    rim: Tensor  # (3,) direction
    rim_color: Tensor
    softness: Tensor  # of shadows, 0..1
    backdrop: Tensor  # (6,): kind 0..1, focus, contrast, place
    backdrop_colors: Tensor  # (3, 3)
    camera: Tensor  # (6,): exposure, contrast, noise, blur, vignette, compression


def stack(records: Sequence[Record], device: torch.device | str = "cpu") -> Record:
    """Persons or shots as one with a leading axis, tensors on `device`."""
    values = {}
    for field in dataclasses.fields(records[0]):
        column = [getattr(record, field.name) for record in records]
        if dataclasses.is_dataclass(column[0]):
            values[field.name] = stack(column, device)
        else:
            values[field.name] = torch.from_numpy(np.stack(column).astype(np.float32)).to(device)
    return type(records[0])(**values)


def join(records: Sequence[Record]) -> Record:
    """Batches of persons or shots as one batch."""
    values = {}
    for field in dataclasses.fields(records[0]):
        column = [getattr(record, field.name) for record in records]
        values[field.name] = join(column) if dataclasses.is_dataclass(column[0]) else torch.cat(column)
    return type(records[0])(**values)


def draw_person(dice: Generator, targets: Sequence[str]) -> Person:
    """Somebody, by dice (numpy arrays instead of tensors until stacked)."""
    people = dice.dirichlet((0.25, 0.25, 0.25))
    woman = float(np.clip(dice.beta(0.35, 0.35), 0.03, 0.97))
    age = float(dice.choice((0.0, 0.15, 0.4, 0.55, 0.75, 1.0), p=(0.03, 0.09, 0.5, 0.16, 0.13, 0.09)))
    melanin = float(people @ (dice.uniform(0.45, 0.95), dice.uniform(0.08, 0.38), dice.uniform(0.02, 0.3)))
    is_adult, gray = age > 0.2, float(np.clip((age - 0.5) * 2.2 + dice.normal(0, 0.2), 0, 1))
    natural = _hair_color(dice, melanin)
    gray_color = np.array((0.42, 0.41, 0.40)) * dice.uniform(0.6, 1.5)
    natural = natural + (gray_color - natural) * gray
    dyed = _saturated(dice, 0.35) if is_adult and dice.random() < 0.1 else natural
    makeup = is_adult * (dice.random() < 0.75 * woman**1.5)
    lips = np.array(((0.42, 0.02, 0.04), (0.35, 0.05, 0.09), (0.45, 0.12, 0.1), (0.22, 0.015, 0.05), (0.5, 0.1, 0.16)))
    worn = float(dice.random() < (0.16 if age < 0.7 else 0.35)) * is_adult
    return Person(
        targets=_identity(dice, targets, people, woman, age),
        melanin=melanin,
        blood=dice.uniform(0.5, 1.4),
        yellow=dice.uniform(-0.15, 0.3),
        freckles=max(0.0, dice.normal(-0.5, 0.8)) * (melanin < 0.3),
        age=age,
        stubble=float(is_adult and woman < 0.35 and dice.random() < 0.55) * dice.uniform(0.15, 1.0),
        blush=dice.uniform(0.0, 0.6) + 0.4 * makeup,
        lipstick=makeup * dice.uniform(0.2, 0.95),
        lipstick_color=lips[dice.integers(len(lips))] * dice.uniform(0.7, 1.3),
        shadow=makeup * max(0.0, dice.normal(0.2, 0.4)),
        shadow_color=_saturated(dice, 0.2),
        liner=makeup * dice.uniform(0.2, 1.0),
        lashes=0.35 + 0.4 * woman + 0.25 * makeup,
        brow=np.array((
            dice.normal(0.0, 0.014), dice.uniform(-0.01, 0.05), dice.uniform(0.7, 1.35) * (1.12 - 0.3 * woman),
            dice.uniform(0.6, 1.0), dice.normal(0.0, 0.08),
        )),
        iris=_iris(dice, melanin),
        iris_size=dice.uniform(0.46, 0.54),
        pupil=dice.uniform(0.3, 0.5),
        hair_color=dyed,
        brow_color=natural * 0.7,
        haircut=draw_haircut(dice, woman, age, melanin),
        glasses=np.array((
            worn, dice.uniform(0.2, 0.27), dice.uniform(0.13, 0.22), dice.uniform(2.0, 6.0), dice.uniform(0.008, 0.026)
        )),
        glasses_color=(0.02, 0.02, 0.025) if dice.random() < 0.55 else _saturated(dice, 0.25),
        cloth=_saturated(dice, 0.45),
        cloth_trim=_saturated(dice, 0.6),
        cloth_shape=np.array((dice.uniform(0.0, 0.5), dice.uniform(0.0, 1.0), dice.uniform(0.0, 1.0), dice.random())),
        place=dice.uniform(0, 32, 3),
    )  # fmt: skip


def is_posterlike(person: Person) -> bool:
    """Whether somebody not yet stacked is grown up, not old, and wears no glasses."""
    return 0.1 < person.age < 0.6 and person.glasses[0] == 0


def vivid(dice: Generator) -> np.ndarray:
    """A color that hair has only when dyed."""
    while np.ptp(color := _saturated(dice, 0.5)) < 0.2:
        pass
    return color


def draw_shot(dice: Generator, units: Sequence[str], spread: float = 1.0) -> Shot:
    """A shot of anybody, by dice.   spread: how far heads turn, 1 is about as portraits do."""
    turn = dice.normal(0, (0.33, 0.14, 0.09)) * spread
    side = dice.choice((-1, 1))
    key = np.array((side * dice.uniform(0.15, 1.2), dice.uniform(0.1, 1.1), dice.uniform(0.45, 1.2)))
    warm = dice.normal(0, 0.09)
    tint = np.array((1 + warm, 1.0, 1 - warm))
    strength = dice.uniform(1.0, 2.0)
    ambient = dice.uniform(0.3, 0.75) * (1.15 - 0.3 * (strength - 1.0))
    accent = _saturated(dice, 0.8) if dice.random() < 0.25 else np.ones(3)
    return Shot(
        units=draw_expression(dice, units),
        gaze=np.clip(-turn[:2] * dice.uniform(0, 0.8) + dice.normal(0, (0.12, 0.07)), -0.42, 0.42),
        turn=turn,
        distance=dice.uniform(7.5, 16),
        frame=np.array((*dice.normal(0, (0.008, 0.008, 0.025)), 1.0)),
        key=key / np.linalg.norm(key),
        key_color=strength * tint,
        sky=ambient * (np.array((0.92, 1.0, 1.1)) / tint * 0.5 + 0.5),
        ground=ambient * np.array((0.62, 0.52, 0.45)) * dice.uniform(0.5, 1.0),
        rim=_unit(np.array((-side * dice.uniform(0.6, 1.2), dice.uniform(-0.1, 0.7), dice.uniform(-1.1, -0.35)))),
        rim_color=accent * max(0.0, dice.normal(0.5, 1.1)),
        softness=dice.uniform(0.25, 1.0),
        backdrop=np.array((*dice.random(3), *dice.uniform(0, 32, 3))),
        backdrop_colors=_palette(dice),
        camera=np.array((
            dice.normal(0.0, 0.14), dice.uniform(0.0, 1.0), dice.exponential(0.006), max(0.0, dice.normal(0.1, 0.35)),
            dice.uniform(0.0, 0.35), float(dice.random() < 0.4) * dice.uniform(0.2, 1.0),
        )),
    )  # fmt: skip


# Moods as weights of units; `*` stands for left and right.
_MOODS: tuple[tuple[float, dict[str, float]], ...] = (
    (2.2, {}),
    (2.0, {"mouth-corner-puller": 0.75, "eye-*-slit": 0.35}),
    (1.6, {"mouth-corner-puller": 1.0, "mouth-part-later": 0.5, "mouth-upward-retraction": 0.4, "eye-*-slit": 0.6}),
    (1.1, {"mouth-corner-puller": 0.9, "mouth-open": 0.6, "eye-*-slit": 0.6, "eyebrows-*-up": 0.4}),
    (1.0, {"mouth-open": 0.75, "eye-*-opened-up": 0.9, "eyebrows-*-up": 1.0, "eyebrows-*-inner-up": 0.5}),
    (0.8, {"mouth-depression": 0.7, "eyebrows-*-inner-up": 1.0, "eye-*-slit": 0.3}),
    (0.9, {"eyebrows-*-down": 1.0, "mouth-compression": 0.5, "nose-*-elevation": 0.4, "eye-*-slit": 0.5}),
    (0.6, {"eyebrows-*-down": 0.9, "mouth-open": 0.6, "mouth-upward-retraction": 0.7, "nose-*-elevation": 0.7}),
    (0.6, {"mouth-pursing": 0.8, "mouth-protusion": 0.4}),
    (0.9, {"mouth-open": 0.35, "mouth-parling": 0.5}),
    (0.5, {"mouth-corner-puller": 0.6, "eye-left-closure": 1.0, "eyebrows-right-up": 0.4}),
    (0.5, {"eye-*-closure": 1.0}),
    (0.4, {"mouth-retraction": 0.8, "neck-platysma": 0.5}),
    (0.4, {"mouth-elevation": 0.7, "mouth-eversion": 0.5}),
    (0.3, {"eyebrows-left-up": 1.0, "eyebrows-right-down": 0.6}),
)


def draw_expression(dice: Generator, units: Sequence[str]) -> np.ndarray:
    """Weights of the expression units (U,): a mood, less or more of it, and a little of anything."""
    chances = np.array([chance for chance, _mood in _MOODS])
    mood = _MOODS[dice.choice(len(_MOODS), p=chances / chances.sum())][1]
    weights = np.abs(dice.normal(0, 0.06, len(units))) * (dice.random(len(units)) < 0.4)
    strength = dice.uniform(0.45, 1.0)
    for name, weight in mood.items():
        for side in ("left", "right") if "*" in name else ("",):
            weights[units.index(name.replace("*", side))] += weight * strength * dice.uniform(0.85, 1.1)
    return np.clip(weights, 0, 1)


def _identity(dice: Generator, names: Sequence[str], people: np.ndarray, woman: float, age: float) -> np.ndarray:
    """Weights (T,): population, sex and age mixed, then every pair of targets a little to either side."""
    weights = np.zeros(len(names), np.float32)
    stops = np.array((-0.12, 0.12, 0.4, 1.0))  # where baby, child, young and old stand on the scale of `age`
    ages = [max(0.0, np.interp(age, stops, row)) for row in np.eye(len(AGES))]
    for group, share in zip(POPULATIONS, people, strict=True):
        for sex, part in zip(SEXES, (woman, 1 - woman), strict=True):
            for name, much in zip(AGES, ages, strict=True):
                weights[names.index(f"macro/{group}-{sex}-{name}")] = share * part * much
    reach = 0.36 if age > 0.2 else 0.2
    for name in names:
        if name.startswith(("macro/", "r-")) or (pair := _opposite(name)) is None or name > pair:
            continue
        value = float(np.clip(dice.normal(0, _reach(name) * reach), -0.9, 0.9))
        for one in (name, pair):
            amount = max(0.0, value if one == name else -value)
            weights[names.index(one)] = amount
            if one.startswith("l-"):
                weights[names.index(f"r-{one[2:]}")] = np.clip(amount * dice.uniform(0.85, 1.15), 0, 1)
    shapes = ("head-oval", "head-round", "head-rectangular", "head-square", "head-triangular", "head-diamond",
              "head-invertedtriangular")  # fmt: skip
    weights[names.index(shapes[dice.integers(len(shapes))])] = dice.uniform(0, 0.45)
    return weights


_OPPOSITES = (("decr", "incr"), ("down", "up"), ("in", "out"), ("backward", "forward"), ("concave", "convex"),
              ("compress", "uncompress"))  # fmt: skip


def _opposite(name: str) -> str | None:
    stem, _, end = name.rpartition("-")
    for one, other in _OPPOSITES:
        if end in (one, other):
            return f"{stem}-{other if end == one else one}"
    return None


def _reach(name: str) -> float:
    """How far a target goes for one standard deviation, as a share of its range."""
    if "head-trans" in name or "head-angle" in name or "head-age" in name or "neck-trans" in name:
        return 0.0
    if "trans" in name or "push" in name or "eye-height" in name or "eye-bag" in name:
        return 0.45
    return 0.6 if name.startswith(("head", "neck", "measure", "forehead")) else 0.8


def _hair_color(dice: Generator, melanin: float) -> np.ndarray:
    """Eumelanin from blond to black, pheomelanin towards red."""
    dark = dice.uniform(0.75, 1.0) if melanin > 0.28 or dice.random() < 0.35 else dice.beta(1.0, 1.1)
    red = max(0.0, dice.normal(0.0, 0.4)) * (1 - dark)
    return np.exp(-dark * np.array((2.6, 3.1, 3.5)) - red * np.array((0.1, 1.1, 1.8))) * np.array((0.5, 0.37, 0.22))


def _iris(dice: Generator, melanin: float) -> np.ndarray:
    colors = np.array(((0.09, 0.04, 0.015), (0.2, 0.095, 0.03), (0.16, 0.14, 0.05), (0.1, 0.19, 0.1), (0.11, 0.2, 0.34),
                       (0.2, 0.25, 0.29)))  # fmt: skip
    index = dice.integers(len(colors)) if melanin < 0.25 else dice.choice(2, p=(0.75, 0.25))
    return colors[index] * dice.uniform(0.75, 1.3)


def _saturated(dice: Generator, value: float) -> np.ndarray:
    """A color of any hue, linear, with at most about `value` in its strongest channel."""
    hue, saturation = dice.random() * 6, dice.beta(1.6, 1.6)
    ramp = np.clip(np.abs((hue + np.array((0, 4, 2))) % 6 - 3) - 1, 0, 1)
    return value * dice.uniform(0.15, 1.0) * (1 - saturation * (1 - ramp)) ** 1.6


def _palette(dice: Generator) -> np.ndarray:
    """Three colors of a backdrop that go together, (3, 3)."""
    first = _saturated(dice, 0.7) * 0.8 + 0.03
    second = np.clip(first * dice.uniform(0.3, 1.5) + 0.25 * (_saturated(dice, 0.6) - 0.15), 0.01, 0.95)
    return np.stack((first, second, np.clip(first[::-1] * dice.uniform(0.4, 1.4), 0.01, 0.95)))


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.linalg.norm(vector)
