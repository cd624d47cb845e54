# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The loop that every training shares: steps, a checkpoint now and then, and what a person looks at meanwhile.

The folder of a training holds `checkpoint.pth` (where it stands), `losses.jsonl` (a line per step), `losses.png`,
`sheets/step_000500.png` ... and `weights.pth.tar`. Everything random in a step follows from the seed and the step's
number, so a training that was interrupted ends where an undisturbed one does. Not for: what is learned (stage.py).
"""

import json
import math
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ...bridge.errors import InputError
from ...bridge.whole_file import storage_error, write_whole
from ..media.pictures import encode_png
from .checkpoint import read_checkpoint, write_checkpoint, write_tensors
from .loss_plot import draw_losses
from .sheets import draw_sheet
from .stage import Stage

THREADS = 2  # that draw batches
AHEAD = 4  # batches ready before they are needed


@dataclass(frozen=True)
class Folder:
    """Names in a training's folder."""

    path: Path

    @property
    def checkpoint(self) -> Path:
        """Where the training stands."""
        return self.path / "checkpoint.pth"

    @property
    def losses(self) -> Path:
        """{"step": 1, "seconds": 0.5, "losses": {"name": 1.0}} per line."""
        return self.path / "losses.jsonl"

    @property
    def plot(self) -> Path:
        """The losses as curves."""
        return self.path / "losses.png"

    @property
    def weights(self) -> Path:
        """The networks as they are by now."""
        return self.path / "weights.pth.tar"

    def sheet(self, step: int) -> Path:
        """What the networks could do after `step` steps."""
        return self.path / "sheets" / f"step_{step:06d}.png"


def train(
    stage: Stage,
    path: Path,
    identity: str,
    steps: int,
    every: int,
    seed: int,
    on_step: Callable[[int, dict[str, float]], None] = lambda done, losses: None,
) -> list[dict[str, Any]]:
    """Train until `steps` steps are done, counted from the very beginning; the lines of `losses.jsonl`.

    every: steps between two savings.   on_step: told after each; may raise to stop, and what was learned is kept.
    Raises InputError for a folder of another training and for losses that are no numbers, StorageError.
    """
    folder = Folder(path)
    done = read_checkpoint(folder.checkpoint, identity, stage.parts)
    lines = _read_lines(folder.losses, done)
    _write_lines(folder.losses, lines, "wb")
    if done >= steps:
        return lines
    if done == 0:
        _show(folder, stage, lines, 0)
    fresh: list[dict[str, Any]] = []

    def save() -> None:
        _write_lines(folder.losses, fresh, "ab")
        fresh.clear()
        write_checkpoint(folder.checkpoint, identity, done, stage.parts)

    for index, batch in _batches(stage, seed, done, steps):
        begin = time.perf_counter()
        torch.manual_seed(_seed(seed, index, 1))
        losses = _learned(stage, batch, index)
        if not all(map(math.isfinite, losses.values())):
            remedy = f"It can go on from step {_saved(folder, done)}; a lower learning rate may help."
            raise InputError(f"{stage.name} diverged: losses of step {index + 1} are no numbers ({losses}).", remedy)
        done = index + 1
        line = {"step": done, "seconds": round(time.perf_counter() - begin, 4), "losses": losses}
        lines.append(line)
        fresh.append(line)
        try:
            on_step(done, losses)
        except BaseException:
            save()
            raise
        if done % every == 0 or done == steps:
            save()
            _show(folder, stage, lines, done)
    return lines


def _learned(stage: Stage, batch: Any, index: int) -> dict[str, float]:
    try:
        return stage.step(batch, index)
    except torch.OutOfMemoryError as error:
        remedy = "Set a smaller batch or size, or close other programs."
        raise InputError(f"The memory does not suffice for step {index + 1} of {stage.name}.", remedy) from error


def _batches(stage: Stage, seed: int, first: int, steps: int) -> Iterator[tuple[int, Any]]:
    """(number of the step, from 0; its batch), drawn ahead of time."""
    waiting: deque[Future[Any]] = deque()
    numbers = iter(range(first, steps))
    with ThreadPoolExecutor(THREADS, thread_name_prefix="batch") as pool:
        try:
            for index in range(first, steps):
                while len(waiting) < AHEAD and (ahead := next(numbers, None)) is not None:
                    waiting.append(pool.submit(stage.draw, np.random.default_rng((seed, ahead))))
                yield index, waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def _seed(*numbers: int) -> int:
    return int(np.random.SeedSequence(numbers).generate_state(1)[0])


def _saved(folder: Folder, done: int) -> int:
    return done if folder.checkpoint.exists() else 0


def _show(folder: Folder, stage: Stage, lines: list[dict[str, Any]], done: int) -> None:
    """What a person looks at, and the weights so far."""
    folder.sheet(done).parent.mkdir(exist_ok=True)
    sheet = stage.sheet()
    write_whole(folder.sheet(done), encode_png(draw_sheet(sheet.titles, sheet.rows)))
    if lines:
        write_whole(folder.plot, encode_png(draw_losses(lines, f"{stage.name}, step {done}")))
        write_tensors(folder.weights, stage.weights())


def _read_lines(path: Path, done: int) -> list[dict[str, Any]]:
    """The lines of the steps that count; what was learned after the last checkpoint is learned again."""
    lines = []
    with suppress(FileNotFoundError, ValueError, KeyError, TypeError):
        with path.open(encoding="utf-8") as file:
            for text in file:
                line = json.loads(text)
                if line["step"] <= done:
                    lines.append(line)
    return lines


def _write_lines(path: Path, lines: list[dict[str, Any]], mode: str) -> None:
    try:
        with path.open(mode) as file:
            file.writelines(json.dumps(line).encode() + b"\n" for line in lines)
    except OSError as error:
        raise storage_error(path, error) from error
