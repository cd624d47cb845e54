# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pairs to learn from, out of folders that `heads --exemplars` made: the same shot of somebody as a photograph, in a
style, and in that style with the colors of an exemplar.

Folders may hold other styles and people; exemplars are the same in all. Not for: how networks learn.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ....bridge.errors import InputError
from ...faces import topology
from ...media.pictures import read_picture
from ..heads.anatomy import Anatomy
from ..heads.data_set import PHOTO, HeadSet
from ..heads.person import draw_person, draw_shot
from ..heads.traits import Traits

EYES_AND_MOUTH = ((topology.RIGHT_LID_RING, 0.055), (topology.LEFT_LID_RING, 0.055), (topology.OUTER_LIPS, 0.06))
ATTENTION = 5.0  # how much more eyes and mouth count than the rest


@dataclass(frozen=True)
class Batch:
    """Some people, each in one of their styles.

    pictures: (B, 3, 4, S, S) uint8: photograph, style, style recolored; RGB and how much each pixel counts, 255 the
    eyes and the mouth.   traits: (B, W), what the dice decided; not a number where pictures were mirrored.
    exemplar: (B,) whose colors are worn, an index into all exemplars.
    """

    pictures: Tensor
    traits: Tensor
    exemplar: Tensor


@dataclass(frozen=True)
class Somebody:
    """The pictures of a person: of the photograph and of every style two, (S, S, 4); the exemplar worn in each."""

    photo: NDArray[np.uint8]
    styles: dict[str, tuple[NDArray[np.uint8], NDArray[np.uint8], int]]
    traits: NDArray[np.float32]


class PairData:
    """All people of one or several folders (`A,B`), held in memory."""

    def __init__(self, data: str, side: int, held_out: int, traits_width: int) -> None:
        """Raises InputError for a folder that does not hold pairs."""
        self._folders, self._side, self._width = [Path(name) for name in data.split(",")], side, traits_width
        self._choices = [_choices(folder) for folder in self._folders]
        self._held_out = held_out
        self.styles = tuple(dict.fromkeys(style for c in self._choices for style in c.arts))
        self.per_style = min(c.exemplars for c in self._choices)
        self.people: list[Somebody] = []
        self.held_out: list[Somebody] = []

    @property
    def exemplars(self) -> list[tuple[str, Path]]:
        """(style, picture) of each exemplar, in the order of the indices."""
        found = []
        for style in self.styles:
            folder = next(f for f, c in zip(self._folders, self._choices, strict=True) if style in c.arts)
            found += [(style, folder / "exemplars" / style / f"{index:02d}.png") for index in range(self.per_style)]
        return found

    def prepare(self, on_progress: Callable[[int, int], None]) -> None:
        """Read everybody."""
        anatomy = Anatomy("cpu")
        traits = Traits(anatomy.targets, anatomy.units, self._width, self._choices[0].turns)
        for folder, choices in zip(self._folders, self._choices, strict=True):
            found = []
            truths = sorted((folder / "truth").glob("*.npz"))
            for index, path in enumerate(truths):
                on_progress(index, len(truths))
                found += self._read(folder, choices, path, anatomy, traits)
            if len(found) <= self._held_out:
                remedy = "Make more of them with `heads --exemplars`."
                raise InputError(f"{folder} holds {len(found)} people, {self._held_out} are held out.", remedy)
            self.held_out += found[: self._held_out]
            self.people += found[self._held_out :]

    def draw(self, dice: np.random.Generator, count: int) -> Batch:
        """Anybody but who is held out, moved a little, perhaps mirrored."""
        chosen = [self.people[index] for index in dice.integers(len(self.people), size=count)]
        return self.batch(chosen, dice)

    def batch(self, chosen: list[Somebody], dice: np.random.Generator, moved: bool = True) -> Batch:
        """These people, each in a style that the dice choose."""
        pictures, traits, exemplars = [], [], []
        for somebody in chosen:
            style = list(somebody.styles)[dice.integers(len(somebody.styles))]
            own, worn, exemplar = somebody.styles[style]
            is_mirrored = moved and dice.random() < 0.5
            change = _change(dice, self._side, is_mirrored) if moved else None
            pictures.append([_moved(picture, change) for picture in (somebody.photo, own, worn)])
            traits.append(somebody.traits * (np.nan if is_mirrored else 1))
            exemplars.append(self.styles.index(style) * self.per_style + exemplar)
        stacked = torch.from_numpy(np.stack([np.stack(three) for three in pictures])).permute(0, 1, 4, 2, 3)
        return Batch(stacked.contiguous(), torch.from_numpy(np.stack(traits)), torch.tensor(exemplars))

    def _read(self, folder: Path, c: HeadSet, path: Path, anatomy: Anatomy, traits: Traits) -> list[Somebody]:
        with np.load(path) as truth:
            facts = dict(truth)
        found = []
        for row, number in enumerate(facts["numbers"].tolist()):
            dice = np.random.default_rng((c.seed, number))
            cast = (draw_person(dice, anatomy.targets), draw_shot(dice, anatomy.units, c.turns))

            def picture(name: str, style: str, row: int = row, number: int = number) -> NDArray[np.uint8]:
                pixels = read_picture(folder / name / f"{number:06d}.png")[..., :3]
                return _attended(pixels, facts[f"landmarks_{style}"][row, :, :2], self._side)

            styles = {
                style: (
                    picture(style, style),
                    picture(f"{style}_recolored", style),
                    int(facts[f"exemplar_{style}"][row]),
                )
                for style in c.arts
            }
            found.append(Somebody(picture(PHOTO, PHOTO), styles, traits([cast])[0]))
        return found


def _choices(folder: Path) -> HeadSet:
    try:
        told = json.loads((folder / "choices.json").read_text("utf-8"))
        choices = HeadSet(**{**told, "styles": tuple(told["styles"])})
    except (OSError, ValueError, TypeError, KeyError) as error:
        remedy = "Make it with `heads --styles photo,toon --exemplars 12`."
        raise InputError(f"{folder} holds no rendered people.", remedy) from error
    if PHOTO not in choices.styles or not choices.arts or not choices.exemplars or choices.frames > 1:
        remedy = "Make the data with photo among the styles, and with --exemplars."
        raise InputError(f"{folder} holds no pairs of photographs and styles.", remedy)
    return choices


def _attended(pixels: NDArray[np.uint8], landmarks: NDArray, side: int) -> NDArray[np.uint8]:
    """RGB (H, H, 3) -> (side, side, 4), with how much each pixel counts."""
    if pixels.shape[0] != side:
        landmarks = landmarks * (side / pixels.shape[0])
        pixels = cv2.resize(pixels, (side, side), interpolation=cv2.INTER_AREA)
    weight = np.zeros((side // 4, side // 4), np.float32)
    axis = (np.arange(side // 4) + 0.5) * 4 / side
    for group, reach in EYES_AND_MOUTH:
        x, y = landmarks[list(group)].mean(0) / side
        spot = np.exp(-(((axis - x) / (1.5 * reach)) ** 2))[None] * np.exp(-(((axis - y) / reach) ** 2))[:, None]
        weight = np.maximum(weight, spot)
    weight = cv2.resize(weight, (side, side), interpolation=cv2.INTER_LINEAR)
    return np.dstack((pixels, np.uint8(np.rint(weight * 255))))


def _change(dice: np.random.Generator, side: int, is_mirrored: bool) -> NDArray[np.float64]:
    """A small move, turn and resize (2, 3) about the middle."""
    middle = (side - 1) / 2
    change = cv2.getRotationMatrix2D((middle, middle), dice.normal(0, 4), float(np.exp(dice.normal(0, 0.04))))
    change[:, 2] += dice.normal(0, 0.015 * side, 2)
    if is_mirrored:
        change = change @ np.array(((-1, 0, side - 1), (0, 1, 0), (0, 0, 1)))
    return change


def _moved(picture: NDArray[np.uint8], change: NDArray[np.float64] | None) -> NDArray[np.uint8]:
    if change is None:
        return picture
    size = picture.shape[1::-1]
    return cv2.warpAffine(picture, change, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
