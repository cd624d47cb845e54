# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stage `destylize`: facial destylization, the natural face behind an artistic portrait (Yang et al. 2022, 3.2).

An encoder of natural faces gives a portrait's first latent, which is also its style's. In a generator that has learned
a little of the style that latent is searched until the portrait comes out. The natural generator then draws what was
found as a plausible face, and the encoder sees that face's latent. Color slots stay those of the first latent.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ....bridge.errors import InputError
from ....vendor.stylegan2.latents import truncate
from ...engines.latent.perceptual import open_perceptual
from ...engines.latent.projection import ramp
from ...settings import number, read_settings
from ...torch_device import choose_device
from ..portraits import Folder, as_bytes, as_signed
from ..stage import Settings, Sheet
from ..trained import Z_PLUS, fitted, read_encoder, read_generator, read_identity
from .code_search import CodeSearch, Rounds, Table, unlikeness
from .exemplars import coded
from .style_losses import another_person

SHOWN = 6
MOST_SIDE = 256  # pixels at which pictures are compared, and seen by the encoder


@dataclass(frozen=True)
class DestylizeTraining:
    """How portraits are destylized.

    generator: of natural faces, published or of the stage `stylegan2`.   tuned: the same, after a little training on
    the style's pictures (`stylegan2` with `generator` and `augment`, some 600 steps; more lose the faces).   encoder:
    of natural faces, with codes of Z+ (`psp` with space=Z+).   iterations: of each search.   batch: portraits at once.
    rate: of learning.   lpips, identity: checkpoints of LPIPS and IR-SE50, "" for a stand-in and for none.
    person, calm, noise: weights of the identity, of slots that differ, of noise that is none.   truncation: of the
    natural face; less for styles further from nature.   structure: slots of structure in the network to come.
    """

    generator: str = ""
    tuned: str = ""
    encoder: str = ""
    iterations: int = number(300, 1, 100_000)
    batch: int = number(4, 1, 1024)
    rate: float = number(0.1, 1e-5, 10.0)
    lpips: str = ""
    identity: str = ""
    person: float = number(0.1, 0.0, 1000.0)
    calm: float = number(1.0, 0.0, 1000.0)
    noise: float = number(1e5, 0.0, 1e9)
    truncation: float = number(0.7, 0.0, 1.0)
    structure: int = number(7, 1, 17)


class DestylizeStage:
    """See training/stage.py for what every stage promises. data: a folder of aligned portraits in one style."""

    name = "destylize"

    def __init__(self, data: str, settings: Settings, device: str) -> None:
        """Raises InputError for settings it does not know, a folder without pictures and unusable weights."""
        s = self._settings = read_settings(DestylizeTraining, settings, "the training destylize")
        self._device = choose_device(device)
        self._generator = read_generator(s.generator).to(self._device)
        self._tuned = read_generator(s.tuned).to(self._device)
        self._encoder = read_encoder(s.encoder)
        shape = self._generator.shape
        if self._encoder.space != Z_PLUS:
            raise InputError("The encoder sees codes of W+, and styles are kept in Z+.", "Train psp with space=Z+.")
        seen = self._encoder.network.encoder.shape
        if self._tuned.shape != shape or (seen.slots, seen.style_dim) != (shape.slots, shape.style_dim):
            raise InputError("The two generators and the encoder differ in size.", "Use those trained on one another.")
        self._encoder.network.to(self._device)
        self._side = min(MOST_SIDE, shape.size)
        self._portraits = Folder(Path(data), max(self._side, min(MOST_SIDE, seen.side)), mirror=False)
        self._perceptual = open_perceptual(s.lpips, self._device)
        self._identity = read_identity(s.identity).to(self._device) if s.identity else None
        self._rounds = Rounds(len(self._portraits.names), min(s.batch, len(self._portraits.names)), s.iterations)
        self.steps = self._rounds.steps
        self._search = CodeSearch(shape, self._rounds.group, s.structure, (s.rate, s.rate, s.rate), self._device)
        empty = torch.zeros(self._rounds.count, shape.slots, shape.style_dim, device=self._device)
        self._searched, self._intrinsic = Table(empty), Table(empty.clone())
        self._done = Table(torch.zeros(self._rounds.count))
        self.parts = {
            "search": self._search,
            "searched": self._searched,
            "intrinsic": self._intrinsic,
            "done": self._done,
        }
        self.notes = [] if s.lpips else ["No weights of LPIPS are given: brightness, color and edges judge instead."]
        if not s.identity:
            self.notes.append("No identity network is given: whether the person stays the same is not looked at.")

    def prepare(self, folder: Path, on_progress: Callable[[int, int], None]) -> None:
        """Read the portraits and see their first latents: initialization."""
        self._portraits.prepare(on_progress)
        groups = torch.arange(self._rounds.count).split(16)
        with torch.no_grad():
            self._extrinsic = torch.cat([self._encoder.codes(self._pictures(group.tolist())) for group in groups])

    def draw(self, dice: np.random.Generator) -> None:
        """Nothing is left to chance but the first noise."""

    def step(self, batch: None, index: int) -> dict[str, float]:
        """A step of the optimization of a group of portraits; with their last one, the embedding."""
        s = self._settings
        rows, done = self._rounds.at(index)
        if done == 0:
            self._search.begin(self._extrinsic[rows])
        wanted = fitted(self._pictures(rows), self._side)
        code = self._search.code
        made = fitted(self._tuned(self._tuned.style(code), self._search.noise), self._side)
        found = {
            "likeness": unlikeness(self._perceptual, made, wanted),
            "calm": s.calm * code.std(1).mean(1).sum(),
            "noise": s.noise * self._search.noise_loss(),
        }
        if self._identity:
            person = another_person(self._identity.describe(made), self._identity.describe(wanted))
            found["person"] = s.person * len(rows) * person
        self._search.descend(sum(found.values()), ramp(done / s.iterations))
        if done == s.iterations - 1:
            self._embed(rows)
        return {name: loss.item() / len(rows) for name, loss in found.items()}

    @torch.no_grad()
    def sheet(self) -> Sheet:
        """The portraits and their three latents as natural faces; the second by the generator that searched it."""
        rows = list(range(min(SHOWN, self._rounds.count)))
        net, is_done = self._generator, self._done.values[rows].bool().tolist()
        empty = np.full((self._side, self._side, 3), 235, np.uint8)
        searched, natural = self._searched.values[rows], self._intrinsic.values[rows]
        drawn = [self._tuned(self._tuned.style(searched)), net(net.style(natural))]
        columns = [self._pictures(rows), net(net.style(self._extrinsic[rows])), *drawn]
        pictures = zip(*(as_bytes(fitted(column, self._side)) for column in columns), is_done, strict=True)
        titles = ("portrait", "initialization", "optimization", "embedding")
        return Sheet(titles, [[a, b, *((c, d) if done else (empty, empty))] for a, b, c, d, done in pictures])

    def weights(self) -> dict[str, Any]:
        """Codes by picture: `extrinsic` of all, `intrinsic` of those that are done."""
        is_done = self._done.values.bool().tolist()
        return coded(self._portraits.names, self._extrinsic, self._intrinsic.values, is_done)

    def _pictures(self, rows: list[int]) -> Tensor:
        return as_signed(self._portraits.pictures(rows), self._device)

    @torch.no_grad()
    def _embed(self, rows: list[int]) -> None:
        """Keep what was found, and the natural face that the encoder sees in it."""
        color, start = self._settings.structure + 1, self._extrinsic[rows]
        code = self._search.code.clone()
        code[:, color:] = start[:, color:]
        latent = truncate(self._generator.style(code), self._settings.truncation)
        natural = self._encoder.codes(self._generator(latent, self._search.noise).clamp(-1, 1))
        natural[:, color:] = start[:, color:]
        self._searched.values[rows], self._intrinsic.values[rows] = self._search.code, natural
        self._done.values[rows] = 1.0
