# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same drags done by several networks and in several ways: how near, how soon, and what else changed.

Tasks are told in picture widths, so that networks of different sizes do the same ones. Not for: tables and sheets
(comparison_report.py).
"""

import math
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from .drag import Drag, DragSettings
from .editor import sample_latent
from .network import load_network
from .pictures import to_pixels

Place = tuple[float, float]
TRUNCATION = 0.7
MARGIN, LENGTH, RADIUS = 0.25, 0.1, 0.16  # of random tasks, in picture widths
WAYS = ("w+", "w", "published")


@dataclass(frozen=True)
class Task:
    """A drag of the picture of `seed`: x then y, in picture widths and heights.

    What lies further than `radius` from both handle and target is to stay; 0: no mask.
    """

    seed: int
    handle: Place
    target: Place
    radius: float


@dataclass(frozen=True)
class Outcome:
    """What one network did with one task in one way.

    distance: left, in percent of the picture's height.   psnr: of the fixed part of the picture, decibels; infinite
    when it is the same, NaN without a mask.   start, end: pictures.   handle: where it was tracked to, pixels.
    """

    network: str
    way: str
    task: Task
    steps: int
    is_arrived: bool
    distance: float
    seconds_per_step: float
    psnr: float
    start: NDArray[np.uint8]
    end: NDArray[np.uint8]
    handle: Place


def random_tasks(count: int, seed: int) -> list[Task]:
    """The same for the same numbers: handles around the middle, targets in any direction."""
    chance, tasks = random.Random(seed), []
    for index in range(count):
        x, y = (chance.uniform(MARGIN, 1 - MARGIN) for _ in range(2))
        angle = chance.uniform(0, 2 * math.pi)
        target = (x + LENGTH * math.cos(angle), y + LENGTH * math.sin(angle))
        tasks.append(Task(seed + index, (x, y), target, RADIUS))
    return tasks


def compare(
    networks: list[Path], ways: list[str], tasks: list[Task], steps: int, step_size: float, check: Callable[[], None]
) -> Iterator[Outcome]:
    """Every task by every network in every way, as each is done.

    ways: of WAYS.   check: called before each step, may raise to stop. Raises InputError for an unusable network.
    """
    for path in networks:
        network = load_network(path)
        for task in tasks:
            start = sample_latent(network.generator, task.seed, TRUNCATION)
            for way in ways:
                drag = Drag(network.generator, start, _settings(way, step_size))
                yield _done(path.stem, way, task, drag, network.generator, steps, check)


def _settings(way: str, step_size: float) -> DragSettings:
    return DragSettings(step_size, is_per_row=way != "w", is_faithful=way == "published")


def _done(name: str, way: str, task: Task, drag: Drag, generator, steps: int, check: Callable[[], None]) -> Outcome:
    height, width = drag.size
    handle, target = ((round(y * (height - 1)), round(x * (width - 1))) for x, y in (task.handle, task.target))
    drag.set_points([handle], [target])
    fixed = _fixed(task, drag.size)
    drag.set_mask(torch.from_numpy(fixed) if task.radius else None)
    begin, done = time.perf_counter(), 0
    while done < steps:
        check()
        if drag.step().is_finished:
            break
        done += 1
    seconds = (time.perf_counter() - begin) / max(done, 1)
    seen = drag.look()
    with torch.no_grad():
        before, after = (to_pixels(generator.synthesis(latent)) for latent in (drag.start, drag.latent))
    (y, x), (distance,) = seen.points[0], seen.distances
    psnr = _psnr(before, after, fixed) if task.radius else math.nan
    return Outcome(
        name, way, task, done, seen.is_finished, 100 * distance / height, seconds, psnr, before, after, (x, y)
    )  # fmt: skip


def _fixed(task: Task, size: tuple[int, int]) -> NDArray[np.float32]:
    """1 where the picture is to stay: (H, W)."""
    height, width = size
    y, x = np.mgrid[:height, :width] / (height - 1)
    places = ((px * (width - 1) / (height - 1), py) for px, py in (task.handle, task.target))
    return np.float32(np.all([np.hypot(x - px, y - py) > task.radius for px, py in places], axis=0))


def _psnr(before: NDArray, after: NDArray, fixed: NDArray) -> float:
    error = ((before.astype(np.float64) - after) ** 2).mean(axis=2)
    mean = float((error * fixed).sum() / fixed.sum())
    return 10 * math.log10(255**2 / mean) if mean else math.inf
