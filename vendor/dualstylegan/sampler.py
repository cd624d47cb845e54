# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random styles: two small networks turn noise into exemplar codes of one style (DualStyleGAN's `sampler.pt`).

The published styles are drawn with the statistics of the batch they are in, not with the recorded ones; so is ours: a
style belongs to a seed and to its row among the BATCH rows of that seed.
"""

from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..stylegan2.loading import filled

BATCH = 8


class CodeNetwork(nn.Module):
    """Noise -> codes of some slots, end to end."""

    def __init__(self, noise: int, hidden: int, outputs: int) -> None:
        super().__init__()
        self.lin1 = nn.Linear(noise, hidden, bias=False)
        self.bn1 = nn.BatchNorm1d(hidden)
        self.lin2 = nn.Linear(hidden, hidden, bias=False)
        self.bn2 = nn.BatchNorm1d(hidden)
        self.lin_out = nn.Linear(hidden, outputs, bias=False)

    @staticmethod
    def from_state(state: Mapping[str, Tensor]) -> "CodeNetwork":
        """The network of this state dictionary. Raises ValueError when it does not fit."""
        try:
            (hidden, noise), outputs = state["lin1.weight"].shape, state["lin_out.weight"].shape[0]
        except (KeyError, ValueError, AttributeError, IndexError) as error:
            raise ValueError(f"not a style sampler: {error} is missing or odd") from error
        return filled(lambda: CodeNetwork(noise, hidden, outputs), state)

    def forward(self, noise: Tensor, with_batch_statistics: bool = False) -> Tensor:
        """noise: (B, N), standard normal; at least 2 rows for the statistics of the batch. Returns (B, outputs)."""
        norm = _batch_normed if with_batch_statistics else _normed
        hidden = norm(self.bn1, self.lin1(noise)).relu()
        return self.lin_out(norm(self.bn2, self.lin2(hidden)).relu())


def _normed(layer: nn.BatchNorm1d, x: Tensor) -> Tensor:
    return layer(x)


def _batch_normed(layer: nn.BatchNorm1d, x: Tensor) -> Tensor:
    return F.batch_norm(x, None, None, layer.weight, layer.bias, training=True, eps=layer.eps)


class StyleSampler(nn.Module):
    """A seed -> the z+ code of a style that no exemplar has."""

    def __init__(self, structure: CodeNetwork, color: CodeNetwork) -> None:
        super().__init__()
        self.structure, self.color = structure, color

    @staticmethod
    def from_checkpoint(checkpoint: Mapping[str, Any]) -> "StyleSampler":
        """The sampler of a checkpoint {"color", "structure"}.

        Raises ValueError when a part is missing or does not fit.
        """
        parts = [checkpoint.get(name) for name in ("structure", "color")]
        if not all(isinstance(state, Mapping) for state in parts):
            raise ValueError("not a style sampler: it lacks the networks 'structure' and 'color'")
        return StyleSampler(*(CodeNetwork.from_state(state) for state in parts))

    def draw(self, seed: int, style_dim: int) -> Tensor:
        """BATCH random styles as z+ codes, (BATCH, L, style_dim): structure slots first, then color."""
        draw = torch.Generator().manual_seed(seed)
        codes = []
        for network in (self.structure, self.color):
            weight = network.lin1.weight
            noise = torch.randn(BATCH, weight.shape[1], generator=draw).to(weight.device)
            codes.append(network(noise, with_batch_statistics=True).unflatten(1, (-1, style_dim)))
        return torch.cat(codes, 1)
