# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rendered people as latents: all that the dice decided about a person and a shot, as a few independent normal numbers.

Each fact is replaced by the normal deviate of its rank among many people, weighted by how much of a picture it
decides, and the whole is whitened by principal components. So a generator can be told what to draw, and random normal
numbers are as likely as people are.
"""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .person import Person, Shot, draw_person, draw_shot

SAMPLE = 3000  # people that tell how facts are spread
# How much of a picture a field decides, against one weight of a shape target.
_WEIGHTS = {
    "turn": 6.0, "units": 1.5, "gaze": 2.0, "frame": 2.0, "key": 2.0, "key_color": 1.5, "sky": 1.5, "backdrop": 2.0,
    "backdrop_colors": 2.5, "camera": 1.0, "melanin": 6.0, "age": 3.0, "hair_color": 4.0, "blood": 2.0, "cloth": 2.0,
    "lipstick": 1.5, "stubble": 1.5, "glasses": 3.0, "haircut": 2.5, "iris": 1.5, "place": 0.1,
}  # fmt: skip


class Traits:
    """The map from people to latents of a given width."""

    def __init__(self, targets: Sequence[str], units: Sequence[str], width: int, turns: float = 1.0) -> None:
        """targets, units: the anatomy's.   turns: as people are taken."""
        dice = np.random.default_rng(0)
        people = [_facts(draw_person(dice, targets), draw_shot(dice, units, turns)) for _ in range(SAMPLE)]
        self._weights = people[0][1]
        values = np.stack([facts for facts, _weights in people])  # (N, F)
        self._sorted = np.sort(values, 0)
        scores = self._scores(values)
        _u, spread, axes = np.linalg.svd(scores / np.sqrt(SAMPLE), full_matrices=False)
        self._axes = (axes[:width] / spread[:width, None]).T.astype(np.float32)  # (F, width)

    def __call__(self, people: Sequence[tuple[Person, Shot]]) -> NDArray[np.float32]:
        """Latents (N, width) of people in shots, not stacked."""
        return self._scores(np.stack([_facts(*one)[0] for one in people])) @ self._axes

    def _scores(self, facts: NDArray[np.float32]) -> NDArray[np.float32]:
        """Weighted normal deviates (N, F) of facts (N, F); of equal values, that of the middle rank."""
        columns = [
            (np.searchsorted(known, column) + np.searchsorted(known, column, "right")) / 2
            for known, column in zip(self._sorted.T, facts.T, strict=True)
        ]
        rank = (np.stack(columns, 1) + 0.5) / (len(self._sorted) + 1)
        return (_deviate(rank) * self._weights).astype(np.float32)


def _deviate(share: NDArray) -> NDArray:
    """The normal deviate below which a share 0..1 lies (Tukey's lambda approximation, 0.5 % in the middle)."""
    share = np.clip(share, 1e-4, 1 - 1e-4)
    return (share**0.135 - (1 - share) ** 0.135) / 0.1975


def _facts(person: Person, shot: Shot) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Every number of the two records (F,), and its weight."""
    found = [(np.ravel(value).astype(np.float32), weight) for value, weight in (*_fields(person), *_fields(shot))]
    return np.concatenate([value for value, _ in found]), np.concatenate([np.full(v.size, w) for v, w in found])


def _fields(record: Any, weight: float | None = None) -> Iterator[tuple[Any, float]]:
    for entry in dataclasses.fields(record):
        value, own = getattr(record, entry.name), weight or _WEIGHTS.get(entry.name, 1.0)
        if dataclasses.is_dataclass(value):
            yield from _fields(value, own)
        else:
            yield value, own
