# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pivotal tuning (Roich et al. 2022): fits the network to one picture around a fixed latent, the pivot.

All of the synthesis is trained, mapping and noise maps stay. Over-tuning harms dragging: it ends at a distance.
"""

import copy
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ...weights.network_build import Generator
from .perceptual import Perceptual, shrink


@dataclass(frozen=True)
class TuningSettings:
    """`stop_at`: perceptual distance that is good enough.

    locality: weight that keeps the network as it was at latents `locality_distance` away from the pivot, 0 for none
    (0.1 in the paper).
    """

    steps: int = 350
    rate: float = 3e-4
    stop_at: float = 0.06
    locality: float = 0.0
    locality_distance: float = 30.0


class Tuning:
    """A fit under way: `generator` is a copy of the given one, tuned so far."""

    def __init__(
        self,
        generator: Generator,
        target: Tensor,
        pivot: Tensor,
        perceptual: Perceptual,
        settings: TuningSettings | None = None,
    ) -> None:
        """target: (1, colors, H, W), -1..1, of the network's size.   pivot: (1, num_ws, w_dim)."""
        self.original, self.perceptual, self.settings = generator, perceptual, settings or TuningSettings()
        self.target, self.pivot = target, pivot.detach()
        self.features = perceptual.features(shrink(target))
        self.generator = copy.copy(generator)
        self.generator._modules = {**generator._modules, "synthesis": copy.deepcopy(generator.synthesis)}
        self.generator.synthesis.requires_grad_(True)
        self.optimizer = torch.optim.Adam(self.generator.synthesis.parameters(), lr=self.settings.rate)
        self.random = np.random.RandomState(0)
        self.losses: list[tuple[float, float]] = []

    def step(self) -> bool:
        """One step; True, with nothing changed, once the picture is near enough. `losses` gets (total, perceptual)."""
        picture = self.generator.synthesis(self.pivot)
        near = self.perceptual.distance(self.perceptual.features(shrink(picture)), self.features)
        loss = F.mse_loss(picture, self.target) + near
        if float(near.detach()) <= self.settings.stop_at:
            return True
        if self.settings.locality:
            loss = loss + self._locality()
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.losses.append((float(loss.detach()), float(near.detach())))
        return False

    def finish(self) -> Generator:
        """The tuned network, frozen."""
        return self.generator.requires_grad_(False)

    def _locality(self) -> Tensor:
        """How unlike tuned and original network are at a latent some way off."""
        z = self.random.randn(1, self.original.shape.mapping.z_dim)
        with torch.no_grad():
            other = self.original.mapping(torch.from_numpy(z).to(self.pivot), psi=0.5)
            away = other - self.pivot
            ws = self.pivot + self.settings.locality_distance * away / away.norm()
        # With gradient, as the tuned network has one: another order of the same sums would count as a difference.
        before = self.original.synthesis(ws.requires_grad_(), "none").detach()
        after = self.generator.synthesis(ws.detach(), "none")
        features = [self.perceptual.features(shrink(picture)) for picture in (after, before)]
        return self.settings.locality * (F.mse_loss(after, before) + self.perceptual.distance(*features))
