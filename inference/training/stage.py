# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every training can do, and how one is opened by the name a request gives.

A stage knows networks, losses and data; steps, checkpoints, plots and sheets are the loop's (loop.py).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ...bridge.errors import InputError
from ..torch_needed import importing_torch

if TYPE_CHECKING:  # the table of stages is read by a command line that may have no numpy
    import numpy as np
    from numpy.typing import NDArray

Settings = Mapping[str, float | str | bool]


class Stateful(Protocol):
    """A torch module, optimizer or schedule: anything whose state is tensors in plain containers."""

    def state_dict(self) -> dict[str, Any]:
        """The state."""

    def load_state_dict(self, state: dict[str, Any]) -> Any:
        """Take a state over, strictly."""


@dataclass(frozen=True)
class Sheet:
    """Pictures to judge by. titles: one per column.   rows: of equally many, (H, W, 3) uint8 RGB, all of one size."""

    titles: tuple[str, ...]
    rows: "list[list[NDArray[np.uint8]]]"


class Stage(Protocol):
    """One training, opened with the path of its data and its settings.

    name: as in the table below.   steps: how many the recipe takes.   parts: everything that must survive an
    interruption, by name: networks, their averages, optimizers, schedules.   notes: sentences for the person, such as
    what stands in for what; told once. `steps` and `notes` are asked for after `prepare`.
    """

    name: str
    steps: int
    parts: Mapping[str, Stateful]
    notes: list[str]

    def prepare(self, folder: Path, on_progress: Callable[[int, int], None]) -> None:
        """Make the data ready, once, before anything else; may keep files in `folder`, the training's own.

        on_progress: (done, of how many); may raise to stop. Raises InputError for unusable data.
        """

    def draw(self, dice: "np.random.Generator") -> Any:
        """A batch, chosen by the dice alone. Runs ahead of its step, on other threads."""

    def step(self, batch: Any, index: int) -> dict[str, float]:
        """Learn from a batch; the losses by name, finite unless something is wrong. torch's own dice are seeded."""

    def sheet(self) -> Sheet:
        """What the networks can do by now, always on the same inputs."""

    def weights(self) -> dict[str, Any]:
        """The trained networks, as the published program saves them: tensors in plain containers."""


_Opener = Callable[[str, Settings, str], Stage]


def _class(module: str, name: str) -> _Opener:
    """A stage's class, imported when the stage is opened."""
    return lambda *arguments: getattr(import_module(f".{module}", __package__), name)(*arguments)


STAGES: dict[str, _Opener] = {
    "fomm": _class("fomm", "FommStage"),
    "stylegan2": _class("stylegan2", "StyleGAN2Stage"),
    "psp": _class("psp", "PSpStage"),
    "dualstylegan": _class("dualstylegan", "PretrainStage"),
    "destylize": _class("dualstylegan", "DestylizeStage"),
    "finetune": _class("dualstylegan", "FinetuneStage"),
    "refine": _class("dualstylegan", "RefineStage"),
    "sampler": _class("dualstylegan", "SamplerStage"),
    "pairs": _class("pairs", "PairsStage"),
    "puppets": _class("puppets", "PuppetsStage"),
}


def open_stage(name: str, data: str, settings: Settings, device: str) -> Stage:
    """The stage of that name. device: AUTO, CPU or CUDA. Raises InputError for what it does not know or cannot use."""
    if name not in STAGES:
        raise InputError(f"Nothing is trained under the name {name!r}.", f"Choose one of: {', '.join(STAGES)}.")
    with importing_torch("Training"):
        return STAGES[name](data, settings, device)
