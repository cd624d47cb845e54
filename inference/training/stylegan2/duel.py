# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A network that makes pictures against a discriminator: what every training of StyleGAN2's kind shares.

Non-saturating losses, lazily regularized by R1 and by path lengths (Karras et al. 2020), an average of the network, and
changes of the pictures where there are few of them (augment.py). Not for: what the pictures are made from (the stages).
"""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from ....bridge.errors import InputError
from ....vendor.stylegan2.discriminator import GROUP, Discriminator
from ...settings import number
from ..stage import Stateful
from . import losses
from .augment import AdaptiveAugment
from .optimizing import descend, follow, lazy_adam


@dataclass(frozen=True)
class DuelSettings:
    """What can be set on every such training.

    rate: of learning.   r1: weight of the gradient penalty.   path: weight of path lengths.   *_every: steps from one
    regularization to the next.   average: pictures after which half of an old network is forgotten.   augment: change
    the pictures before they are judged, the more the discriminator knows them by heart; for a few hundred of them.
    """

    batch: int = number(4, 1, 1024)
    rate: float = number(0.002, 1e-5, 0.1)
    r1: float = number(10.0, 0.0, 1000.0)
    r1_every: int = number(16, 1, 1000)
    path: float = number(2.0, 0.0, 100.0)
    path_every: int = number(4, 1, 1000)
    average: int = number(10_000, 1, 1_000_000)
    augment: bool = False


class Duel:
    """The parameters of `network` that learn, against `discriminator`, both on their device.

    weight: of the adversarial losses.   dtype: in which the discriminator judges; regularizations are in float32.
    average: a network to go on averaging, a copy of `network` otherwise. Raises InputError for a batch that does not
    divide into the discriminator's groups.
    """

    def __init__(
        self,
        network: nn.Module,
        discriminator: Discriminator,
        settings: DuelSettings,
        weight: float = 1.0,
        dtype: torch.dtype = torch.float32,
        average: nn.Module | None = None,
    ) -> None:
        s = self._settings = settings
        if s.batch > GROUP and s.batch % GROUP:
            raise InputError(f"A batch of {s.batch} cannot be told apart in groups.", f"Choose a multiple of {GROUP}.")
        self.network, self.discriminator = network, discriminator
        self.average = (average or copy.deepcopy(network)).requires_grad_(False).eval()
        self._weight, self._dtype = weight, dtype
        self._augment = AdaptiveAugment() if s.augment else None
        self._paths = losses.PathMean()
        self._network_steps = lazy_adam(network, s.rate, s.path_every if s.path else 0)
        self._discriminator_steps = lazy_adam(discriminator, s.rate, s.r1_every if s.r1 else 0)

    @property
    def parts(self) -> dict[str, Stateful]:
        """What must survive an interruption."""
        parts = {
            "g": self.network,
            "d": self.discriminator,
            "g_ema": self.average,
            "g_optim": self._network_steps,
            "d_optim": self._discriminator_steps,
            "paths": self._paths,
        }
        return parts | ({"augment": self._augment} if self._augment else {})

    def weights(self) -> dict[str, Any]:
        """Named as the published checkpoints."""
        networks = {"g": self.network, "d": self.discriminator, "g_ema": self.average}
        return {name: network.state_dict() for name, network in networks.items()}

    def judge(self, real: Tensor, made: Tensor, index: int) -> dict[str, Tensor]:
        """A step of the discriminator, and its regularization in every so many steps.   Pictures (B, 3, S, S)."""
        s, found = self._settings, {}
        real = self._changed(real)
        scores = self._scores(real)
        if self._augment:
            self._augment.hear(scores)
        found["discriminator"] = self._weight * losses.discrimination(scores, self._scores(self._changed(made)))
        descend(self._discriminator_steps, found["discriminator"])
        if s.r1 and index % s.r1_every == 0:
            pictures = real.detach().requires_grad_()
            found["R1"] = losses.gradient_penalty(self.discriminator(pictures), pictures)
            descend(self._discriminator_steps, s.r1 / 2 * s.r1_every * found["R1"])
        return found

    def learn(self, made: Tensor, more: Mapping[str, Tensor] | None = None) -> dict[str, Tensor]:
        """A step of the network, by what the discriminator says of its pictures, and by `more` losses."""
        self.discriminator.requires_grad_(False)
        found = {"adversarial": self._weight * losses.adversarial(self._scores(self._changed(made))), **(more or {})}
        descend(self._network_steps, sum(found.values()))
        self.discriminator.requires_grad_(True)
        return found

    def straighten(self, make: Callable[[int], tuple[Tensor, Tensor]], index: int) -> dict[str, Tensor]:
        """In every so many steps, one towards even path lengths.

        make: for a number of pictures, those (n, 3, S, S) and the latents (n, L, S) they depend on, in float32.
        """
        s = self._settings
        if not s.path or index % s.path_every:
            return {}
        pictures, latents = make(max(1, s.batch // 2))
        lengths = losses.path_lengths(pictures, latents, torch.randn_like(pictures))
        descend(self._network_steps, s.path * s.path_every * self._paths.penalty(lengths))
        return {"path length": lengths.mean()}

    def end_step(self, found: Mapping[str, Tensor]) -> dict[str, float]:
        """Let the average follow; the losses as numbers."""
        follow(self.average, self.network, self._settings.batch, self._settings.average)
        return {name: loss.item() for name, loss in found.items()}

    def _changed(self, pictures: Tensor) -> Tensor:
        return self._augment(pictures) if self._augment else pictures

    def _scores(self, pictures: Tensor) -> Tensor:
        """(B, 1)."""
        with torch.autocast(pictures.device.type, self._dtype, enabled=self._dtype != torch.float32):
            return self.discriminator(pictures).float()
