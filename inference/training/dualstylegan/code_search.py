# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Codes and noise maps of some pictures, searched together: what destylization and refinement share.

Pictures are searched in groups, one group after the other; each picture's search is as if it were alone.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from ....vendor.stylegan2.shape import GeneratorShape
from ...engines.latent.perceptual import Perceptual
from ...engines.latent.projection import roughness


@dataclass(frozen=True)
class Rounds:
    """`count` pictures in groups of `group`, each group for `length` steps."""

    count: int
    group: int
    length: int

    @property
    def steps(self) -> int:
        """Of all groups."""
        return -(-self.count // self.group) * self.length

    def at(self, index: int) -> tuple[list[int], int]:
        """The pictures of a step, and the how manieth of their steps it is. A last group is filled up with the last."""
        first = index // self.length * self.group
        return [min(row, self.count - 1) for row in range(first, first + self.group)], index % self.length


class CodeSearch:
    """Codes (B, L, S), in two parts with learning rates of their own, and noise maps (B, 1, side, side)."""

    def __init__(
        self, shape: GeneratorShape, count: int, split: int, rates: tuple[float, float, float], device: torch.device
    ) -> None:
        """split: slots of the first part.   rates: of the first part, the second, and the noise."""

        def empty(*sizes: int) -> Tensor:
            return torch.zeros(count, *sizes, device=device, requires_grad=True)

        self._parts = [empty(split, shape.style_dim), empty(shape.slots - split, shape.style_dim)]
        self.noise = [empty(1, side, side) for side in shape.noise_sides]
        groups = [[self._parts[0]], [self._parts[1]], self.noise]
        self._rates = rates
        self._optimizer = torch.optim.Adam([{"params": group} for group in groups], 0.0)

    @property
    def code(self) -> Tensor:
        """(B, L, S), with a gradient."""
        return torch.cat(self._parts, 1)

    @torch.no_grad()
    def begin(self, codes: Tensor) -> None:
        """Search from codes (B, L, S) and fresh noise."""
        split = self._parts[0].shape[1]
        for part, start in zip(self._parts, (codes[:, :split], codes[:, split:]), strict=True):
            part.copy_(start)
        for noise in self.noise:
            noise.normal_()
        self._optimizer.state.clear()

    def noise_loss(self) -> Tensor:
        """How far the maps are from noise, summed over all."""
        return sum(roughness(noise) for noise in self.noise)

    def descend(self, loss: Tensor, share: float = 1.0) -> None:
        """A step at a share of the rates. The noise keeps mean 0 and deviation 1."""
        for group, rate in zip(self._optimizer.param_groups, self._rates, strict=True):
            group["lr"] = rate * share
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self._optimizer.step()
        with torch.no_grad():
            for noise in self.noise:
                deviation, mean = torch.std_mean(noise, (1, 2, 3), keepdim=True)
                noise.sub_(mean).div_(deviation)

    def state_dict(self) -> dict[str, Any]:
        """The state."""
        return {"code": list(self._parts), "noise": list(self.noise), "optimizer": self._optimizer.state_dict()}

    @torch.no_grad()
    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take a state over."""
        for own, kept in zip((*self._parts, *self.noise), (*state["code"], *state["noise"]), strict=True):
            own.copy_(kept)
        self._optimizer.load_state_dict(state["optimizer"])


class Table:
    """A tensor that survives an interruption: what was found so far."""

    def __init__(self, values: Tensor) -> None:
        self.values = values

    def state_dict(self) -> dict[str, Tensor]:
        """The state."""
        return {"values": self.values}

    def load_state_dict(self, state: dict[str, Tensor]) -> None:
        """Take a state over."""
        self.values.copy_(state["values"])


def unlikeness(perceptual: Perceptual, made: Tensor, wanted: Tensor) -> Tensor:
    """The sum of the distances of pictures (B, 3, H, W), each from its own: no gradient knows of the others."""
    pairs = zip(made.split(1), wanted.split(1), strict=True)
    return sum(perceptual.distance(perceptual.features(a), perceptual.features(b)) for a, b in pairs)
