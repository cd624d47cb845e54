# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stage `refine`: exemplars' codes are searched on in the network that learned the style (Yang et al. 2022, 3.3).

After fine-tuning the network no longer draws quite what a code was found for; structure codes move a little, color
codes more, until the natural face behind an exemplar comes out as the exemplar again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ....bridge.errors import InputError
from ...engines.latent.perceptual import open_perceptual as open_lpips
from ...settings import number, read_settings
from ...torch_device import choose_device
from ..perceptual import open_perceptual
from ..portraits import as_bytes
from ..stage import Settings, Sheet
from ..trained import fitted, read_dualstylegan
from . import style_losses as losses
from .both_paths import drawn
from .code_search import CodeSearch, Rounds, Table, unlikeness
from .exemplars import Exemplars, coded

SHOWN = 6
SIDE = 256  # pixels at which pictures are compared


@dataclass(frozen=True)
class RefineTraining:
    """How codes are refined.

    generator: weights of the stage `finetune`, or a published style's.   codes: weights of the stage `destylize`, or
    the folder with the authors' codes.   iterations: of each search.   batch: exemplars at once.   structure_rate,
    color_rate, noise_rate: of learning; colors of cartoons 0.1.   lpips, perceptual: checkpoints of LPIPS and VGG-19,
    "" for stand-ins.   contextual, noise: weights.
    """

    generator: str = ""
    codes: str = ""
    iterations: int = number(100, 1, 100_000)
    batch: int = number(4, 1, 1024)
    structure_rate: float = number(0.005, 0.0, 10.0)
    color_rate: float = number(0.01, 0.0, 10.0)
    noise_rate: float = number(0.1, 0.0, 10.0)
    lpips: str = ""
    perceptual: str = ""
    contextual: float = number(1.0, 0.0, 1000.0)
    noise: float = number(1e5, 0.0, 1e9)


class RefineStage:
    """See training/stage.py for what every stage promises. data: the folder of portraits that was destylized."""

    name = "refine"

    def __init__(self, data: str, settings: Settings, device: str) -> None:
        """Raises InputError for settings it does not know, pictures that are missing and unusable weights."""
        s = self._settings = read_settings(RefineTraining, settings, "the training refine")
        self._device = choose_device(device)
        self._network = read_dualstylegan(s.generator).to(self._device).requires_grad_(False)
        shape = self._network.shape.generator
        self._exemplars = Exemplars(data, s.codes, min(SIDE, shape.size), self._device)
        if self._exemplars.extrinsic.shape[1:] != (shape.slots, shape.style_dim):
            raise InputError("The codes are those of a network of another size.", "Destylize with this generator.")
        self._rounds = Rounds(len(self._exemplars), min(s.batch, len(self._exemplars)), s.iterations)
        self.steps = self._rounds.steps
        rates = (s.structure_rate, s.color_rate, s.noise_rate)
        slots = self._network.shape.structure_slots
        self._search = CodeSearch(shape, self._rounds.group, slots, rates, self._device)
        self._refined = Table(self._exemplars.extrinsic.clone())
        self.parts = {"search": self._search, "refined": self._refined}
        self._lpips = open_lpips(s.lpips, self._device)
        self._features = open_perceptual(s.perceptual).to(self._device).requires_grad_(False)
        self.notes = [] if s.lpips else ["No weights of LPIPS are given: brightness, color and edges judge instead."]
        self.notes += [note for note in (self._features.note,) if note]

    def prepare(self, folder: Path, on_progress: Callable[[int, int], None]) -> None:
        """Read the pictures."""
        self._exemplars.prepare(on_progress)

    def draw(self, dice: np.random.Generator) -> None:
        """Nothing is left to chance but the first noise."""

    def step(self, batch: None, index: int) -> dict[str, float]:
        """A step of a group of exemplars."""
        s, net = self._settings, self._network.generator
        rows, done = self._rounds.at(index)
        if done == 0:
            self._search.begin(self._exemplars.extrinsic[rows])
        wanted = self._exemplars.pictures(rows)
        faces, styles = net.style(self._exemplars.intrinsic[rows]), net.style(self._search.code)
        made = self._network(faces, styles, [1.0] * net.shape.slots, self._search.noise)
        made = fitted(made, wanted.shape[-1])
        ours, theirs = (self._features(pictures / 2 + 0.5)[losses.COARSE] for pictures in (made, wanted))
        found = {
            "likeness": unlikeness(self._lpips, made, wanted),
            "contextual": s.contextual * len(rows) * losses.contextual(ours, theirs),
            "noise": s.noise * self._search.noise_loss(),
        }
        self._search.descend(sum(found.values()))
        self._refined.values[rows] = self._search.code.detach()
        return {name: loss.item() / len(rows) for name, loss in found.items()}

    @torch.no_grad()
    def sheet(self) -> Sheet:
        """Exemplars, and the natural faces behind them in their styles, before and by now."""
        rows = list(range(min(SHOWN, len(self._exemplars))))
        wanted = self._exemplars.pictures(rows)
        columns = [wanted, *(self._styled(rows, codes) for codes in (self._exemplars.extrinsic, self._refined.values))]
        pictures = [as_bytes(fitted(column, wanted.shape[-1])) for column in columns]
        return Sheet(("exemplar", "before", "refined"), [list(row) for row in zip(*pictures, strict=True)])

    def weights(self) -> dict[str, Any]:
        """Codes by picture, as those of the stage `destylize`."""
        return coded(self._exemplars.names, self._refined.values, self._exemplars.intrinsic)

    def _styled(self, rows: list[int], codes: Tensor) -> Tensor:
        net = self._network.generator
        return drawn(self._network, net.style(self._exemplars.intrinsic[rows]), net.style(codes[rows]), fresh=False)
