# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rendered people as a data set: batches for a training, made as they are needed, or files.

Person number N of a seed is the same in every style, on every machine, in any batch. Not for: how people look.
"""

import dataclasses
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ....bridge.errors import InputError
from ....bridge.whole_file import whole_file, write_whole
from ...faces.face_alignment_backend import IBUG
from ...media.pictures import encode_png, read_picture
from ..sheets import draw_sheet
from .expressions import CHANNELS, channels_of, draw_performance
from .palette import repainted
from .person import Person, Shot, draw_person, draw_shot, is_posterlike, join, stack, vivid
from .scene import Stage, View
from .styles import STYLES, Drawn, draw, look, paint

SHEET_ROWS = 6
_RANGES = {
    "side": (32, 1024),
    "zoom": (0.5, 4),
    "turns": (0, 2),
    "frames": (1, 9999),
    "batch": (1, 4096),
    "finer": (1, 4),
    "exemplars": (0, 999),
}
PHOTO = "photo"  # the style that no exemplar is of


@dataclass(frozen=True)
class HeadSet:
    """Which people, how they are taken and how many at once.

    zoom: 1 is FFHQ's crop, 1.5 about that of clips of talking heads.   turns: how far heads turn, 1 as portraits do.
    frames: of each person, more than one makes clips.   finer: pictures are drawn so much larger and averaged.
    exemplars: of each art style; everybody is drawn once more in each, in the colors of one of its exemplars.
    """

    styles: tuple[str, ...] = tuple(STYLES)
    side: int = 256
    seed: int = 0
    zoom: float = 1.0
    turns: float = 1.0
    frames: int = 1
    batch: int = 8
    finer: int = 2
    exemplars: int = 0

    @property
    def arts(self) -> tuple[str, ...]:
        """The art styles."""
        return tuple(style for style in self.styles if style != PHOTO)


EXEMPLARS = 1 << 30  # beyond the numbers of people, where exemplars begin


class Heads:
    """People of a seed before the camera, on a device."""

    def __init__(self, choices: HeadSet, device: torch.device | str = "cpu") -> None:
        """Raises InputError for a style that is not known and for numbers out of range."""
        for what, (low, high) in _RANGES.items():
            value = getattr(choices, what)
            if not low <= value <= high:
                raise InputError(f"The {what} of rendered heads cannot be {value:g}.", f"Choose {low:g} to {high:g}.")
        for name in choices.styles:
            if name not in STYLES:
                raise InputError(f"There is no style {name[:40]!r}.", f"Choose from: {', '.join(STYLES)}.")
        self.choices = choices
        self.stage = Stage(device)

    def cast(self, numbers: Sequence[int]) -> tuple[Person, Shot]:
        """The people of these numbers and a shot of each, one after the other `frames` of them."""
        anatomy, c = self.stage.anatomy, self.choices
        people, shots = [], []
        for number in numbers:
            dice = np.random.default_rng((c.seed, number))
            person = draw_person(dice, anatomy.targets)
            shot = draw_shot(dice, anatomy.units, c.turns)
            clip = [shot] if c.frames == 1 else draw_performance(dice, shot, anatomy.units, c.frames)
            people += [person] * len(clip)
            shots += clip
        return stack(people, self.stage.device), stack(shots, self.stage.device)

    def exemplar(self, style: str, index: int) -> tuple[Person, Shot]:
        """The person that is exemplar `index` of an art style: the first of many that a poster would show."""
        anatomy = self.stage.anatomy
        dice = np.random.default_rng((self.choices.seed, EXEMPLARS, list(STYLES).index(style), index))
        while not is_posterlike(person := draw_person(dice, anatomy.targets)):
            pass
        while (shot := draw_shot(dice, anatomy.units, 0.6)).units.sum() > 1.8:
            pass
        if index % 3 == 1:
            person.hair_color = vivid(dice)
        return stack([person], self.stage.device), stack([shot], self.stage.device)

    def draw(self, style: str, cast: tuple[Person, Shot]) -> Drawn:
        """The cast in a style."""
        return draw(self.stage, style, *cast, self.choices.side, self.choices.zoom, self.choices.finer)


def to_bytes(pictures: Tensor) -> NDArray[np.uint8]:
    """(N, 3, H, W) 0..1 -> (N, H, W, 3)."""
    return (pictures.clamp(0, 1) * 255).round().byte().permute(0, 2, 3, 1).contiguous().cpu().numpy()


def write_set(
    heads: Heads, folder: Path, count: int, first: int, on_progress: Callable[[int, int], None]
) -> dict[str, object]:
    """People `first` ... as files; those of an earlier run stay. What was made, for a person to read.

    `STYLE/000012.png`, or `STYLE/000012/frame_0001.png` ... for clips; `truth/000008.npz` for each batch of people:
    landmarks by style, expression units, channels, head turn, gaze and shape. `sheet.png` shows the first people.
    on_progress: (pictures done, of how many), may raise to stop.
    """
    c = heads.choices
    _check_folder(folder / "choices.json", c)
    per_person = len(c.styles) * c.frames
    _write_exemplars(heads, folder)
    made, kept = 0, 0
    for start in range(first, first + count, c.batch):
        numbers = range(start, min(start + c.batch, first + count))
        on_progress((start - first) * per_person, count * per_person)
        truth = folder / "truth" / f"{start:06d}.npz"
        if truth.exists():
            kept += len(numbers)
            continue
        made += len(numbers)
        _write_batch(heads, folder, numbers, truth)
    on_progress(count * per_person, count * per_person)
    sheet = folder / "sheet.png"
    numbers = range(first, first + min(count, SHEET_ROWS))
    write_whole(sheet, encode_png(contact_sheet(folder, c, numbers)))
    return {"people": made, "reused": kept, "styles": list(c.styles), "sheet": str(sheet), "folder": str(folder)}


def _check_folder(path: Path, choices: HeadSet) -> None:
    """Begin a data set, or go on with one. Raises InputError for one of other choices."""
    told = json.dumps(dataclasses.asdict(choices), indent=1)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, told.encode())
    elif path.read_text("utf-8") != told:
        raise InputError(f"{path.parent} holds a data set of other choices.", "Repeat those, or give a new folder.")


def contact_sheet(folder: Path, choices: HeadSet, numbers: Sequence[int]) -> NDArray[np.uint8]:
    """People of a data set as rows, styles as columns, (H, W, 3)."""
    rows = [[read_picture(folder / name / _file(choices, number, 1)) for name in choices.styles] for number in numbers]
    return draw_sheet(tuple(STYLES[name].label for name in choices.styles), [[p[..., :3] for p in row] for row in rows])


def _file(choices: HeadSet, number: int, frame: int) -> str:
    return f"{number:06d}.png" if choices.frames == 1 else f"{number:06d}/frame_{frame:04d}.png"


def _write_batch(heads: Heads, folder: Path, numbers: Sequence[int], truth: Path) -> None:
    c = heads.choices
    person, shot = heads.cast(numbers)
    units = heads.stage.anatomy.units
    weights, gaze = shot.units.cpu().numpy(), shot.gaze.cpu().numpy()
    facts = {
        "numbers": np.repeat(np.array(numbers), c.frames),
        "units": weights,
        "unit_names": np.array(units),
        "channels": channels_of(weights, gaze, units),
        "channel_names": np.array(CHANNELS),
        "turn": shot.turn.cpu().numpy(),
        "gaze": gaze,
        "shape": person.targets.cpu().numpy(),
    }
    colors = {style: [heads.exemplar(style, index) for index in range(c.exemplars)] for style in c.arts}
    for style in c.styles:
        view = look(heads.stage, style, person, shot, c.side, c.zoom, c.finer)
        drawn = paint(view, style)
        if style in c.arts and c.exemplars:
            facts[f"exemplar_{style}"] = _write_recolored(view, style, folder, facts["numbers"], c, colors[style])
        marks = drawn.landmarks.cpu().numpy()
        facts[f"landmarks_{style}"] = marks
        facts[f"landmarks68_{style}"] = marks[:, list(IBUG)]
        _write_pictures(drawn.picture, folder / style, facts["numbers"], c)
    truth.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(truth) as file:
        np.savez_compressed(file, **facts)


def _write_recolored(
    view: View, style: str, folder: Path, numbers: NDArray, choices: HeadSet, colors: list[tuple[Person, Shot]]
) -> NDArray[np.int64]:
    """Everybody in the colors of an exemplar, whose index is told (N,): `toon_recolored/000012.png`."""
    chosen = np.array([
        np.random.default_rng((choices.seed, number, list(STYLES).index(style))).integers(len(colors))
        for number in numbers
    ])  # fmt: skip
    people, shots = (join([colors[index][k] for index in chosen]) for k in (0, 1))
    picture = paint(repainted(view, (people, shots)), style).picture
    _write_pictures(picture, folder / f"{style}_recolored", numbers, choices)
    return chosen


def _write_pictures(pictures: Tensor, folder: Path, numbers: NDArray, choices: HeadSet) -> None:
    for index, picture in enumerate(to_bytes(pictures)):
        path = folder / _file(choices, int(numbers[index]), index % choices.frames + 1)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, encode_png(picture))


def _write_exemplars(heads: Heads, folder: Path) -> None:
    """`exemplars/toon/00.png` ..."""
    c = heads.choices
    for style in c.arts:
        for index in range(c.exemplars):
            path = folder / "exemplars" / style / f"{index:02d}.png"
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                picture = heads.draw(style, heads.exemplar(style, index)).picture
                write_whole(path, encode_png(to_bytes(picture)[0]))
