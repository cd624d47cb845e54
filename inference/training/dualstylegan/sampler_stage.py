# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stage `sampler`: two small networks learn to turn noise into codes like those of a style's exemplars.

By maximum likelihood without a likelihood (Li and Malik 2018, "Implicit Maximum Likelihood Estimation"): each code
pulls the nearest of many random outputs towards itself, so no exemplar is left out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ....bridge.errors import InputError
from ....vendor.dualstylegan.sampler import CodeNetwork, StyleSampler
from ...settings import number, read_settings
from ...torch_device import choose_device
from ...weights.style_codes import read_style_codes
from ..portraits import as_bytes
from ..stage import Settings, Sheet
from ..stylegan2.optimizing import descend
from ..trained import fitted, read_dualstylegan
from .both_paths import drawn
from .code_search import Table

SHOWN = 5
SHEET_SIDE = 256
HALVING = 50  # rounds in which the learning rate falls to a half


@dataclass(frozen=True)
class SamplerTraining:
    """How a sampler is trained.

    generator: weights of the stage `finetune`, to look at styles.   rows: about so many codes make a round, each
    exemplar several times.   jitter: their standard deviation.   seen: codes seen in all, in thousands.   noise,
    hidden: widths of the networks.   decay: of their weights.
    """

    generator: str = ""
    rows: int = number(1000, 2, 1_000_000)
    jitter: float = number(0.05, 0.0, 10.0)
    seen: int = number(500, 1, 1_000_000)
    batch: int = number(128, 2, 100_000)
    rate: float = number(1e-3, 1e-6, 1.0)
    decay: float = number(1e-5, 0.0, 1.0)
    noise: int = number(128, 1, 4096)
    hidden: int = number(128, 1, 4096)


class SamplerStage:
    """See training/stage.py for what every stage promises. data: weights of `refine` or `destylize`, or authors' codes.

    A step is one batch; at the first of a round, every code finds its nearest noise.
    """

    name = "sampler"

    def __init__(self, data: str, settings: Settings, device: str) -> None:
        """Raises InputError for settings it does not know, unusable codes and an unusable generator."""
        s = self._settings = read_settings(SamplerTraining, settings, "the training sampler")
        self._device = choose_device(device)
        self._styled = read_dualstylegan(s.generator).to(self._device).requires_grad_(False)
        shape = self._styled.shape.generator
        codes = torch.from_numpy(read_style_codes(Path(data)).codes)
        if codes.shape[1:] != (shape.slots, shape.style_dim):
            raise InputError("The codes are those of a network of another size.", "Give the codes of this generator.")
        self._codes = codes.to(self._device)
        repeated = codes.repeat(max(2, round(s.rows / len(codes))), 1, 1)
        jitter = s.jitter * torch.randn(repeated.shape, generator=torch.Generator().manual_seed(0))
        split = self._styled.shape.structure_slots
        wanted = (repeated + jitter).to(self._device)
        self._wanted = {"structure": wanted[:, :split].flatten(1), "color": wanted[:, split:].flatten(1)}
        self._networks = {
            name: CodeNetwork(s.noise, s.hidden, target.shape[1]).to(self._device)
            for name, target in self._wanted.items()
        }
        self._nearest = {name: Table(torch.zeros(len(wanted), s.noise, device=self._device)) for name in self._wanted}
        parameters = [parameter for network in self._networks.values() for parameter in network.parameters()]
        self._optimizer = torch.optim.Adam(parameters, s.rate, (0.5, 0.999), weight_decay=s.decay)
        tables = {f"{name} noise": table for name, table in self._nearest.items()}
        self.parts = {**self._networks, **tables, "optimizer": self._optimizer}
        self._batches = list(torch.arange(len(wanted)).split(s.batch))
        if len(self._batches[-1]) < 2 and len(self._batches) > 1:  # no statistics in a batch of one
            last = self._batches.pop()
            self._batches[-1] = torch.cat((self._batches[-1], last))
        self.steps = max(1, 1000 * s.seen // len(wanted)) * len(self._batches)
        self.notes: list[str] = []

    def prepare(self, folder: Path, on_progress: Callable[[int, int], None]) -> None:
        """All is at hand."""

    def draw(self, dice: np.random.Generator) -> None:
        """Nothing: the rows of a step follow from its number."""

    def step(self, batch: None, index: int) -> dict[str, float]:
        """A step of both networks."""
        round_, place = divmod(index, len(self._batches))
        self._optimizer.param_groups[0]["lr"] = self._settings.rate * 0.5 ** (round_ // HALVING)
        rows, found = self._batches[place], {}
        for name, network in self._networks.items():
            if place == 0:
                self._nearest[name].values.copy_(self._match(network, self._wanted[name]))
            found[name] = F.mse_loss(network(self._nearest[name].values[rows]), self._wanted[name][rows])
        descend(self._optimizer, sum(found.values()))
        return {name: loss.item() for name, loss in found.items()}

    @torch.no_grad()
    def sheet(self) -> Sheet:
        """The average face in exemplars' styles, and in random ones."""
        net = self._styled.generator
        styles = StyleSampler(self._networks["structure"], self._networks["color"]).draw(0, net.shape.style_dim)
        count = min(SHOWN, len(self._codes))
        columns = []
        for codes in (self._codes[:count], styles[:count]):
            face = net.mean_latent(4096).expand(count, -1)
            pictures = drawn(self._styled, face, net.style(codes), fresh=False)
            columns.append(as_bytes(fitted(pictures, min(SHEET_SIDE, net.shape.size))))
        return Sheet(("exemplar's style", "random style"), [list(row) for row in zip(*columns, strict=True)])

    def weights(self) -> dict[str, Any]:
        """Named as the published sampler.pt."""
        return {name: network.state_dict() for name, network in self._networks.items()}

    @torch.no_grad()
    def _match(self, network: CodeNetwork, wanted: Tensor) -> Tensor:
        """Of twice as many random rows of noise, the one whose output is nearest to each of `wanted`: (N, noise)."""
        noise = torch.randn(2 * len(wanted), self._settings.noise, device=self._device)
        made = network(noise, with_batch_statistics=True)
        return noise[torch.cdist(wanted, made).argmin(1)]
