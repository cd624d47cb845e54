# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding the latent whose picture is most like a given one (StyleGAN2, Karras et al. 2020, appendix D).

The latent and the network's noise maps are optimized together, the latent under noise that fades, the noise maps kept
without structure. Not for: fitting the network itself (tuning).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.func import functional_call

from ...weights.network_build import Generator
from .perceptual import Perceptual, shrink

Normal = Callable[[tuple[int, ...]], Tensor]  # standard normal numbers of that shape


@dataclass(frozen=True)
class ProjectionSettings:
    """Fractions are of `steps`.

    rate: highest learning rate, reached after `warm_up` and left for `cool_down` before the end.   noise: of the
    latent at the start, in spreads of w; gone after `noise_end`.   samples: that mean and spread of w are estimated
    from. smoothness: weight of the noise maps' regularization.   is_per_row: a latent of W+ instead of W.
    """

    steps: int = 450
    samples: int = 600
    rate: float = 0.01
    warm_up: float = 0.05
    cool_down: float = 0.25
    noise: float = 0.05
    noise_end: float = 0.75
    smoothness: float = 1e5
    is_per_row: bool = False


@dataclass(frozen=True)
class Spread:
    """Mean of w, (1, 1, w_dim), and its root mean square distance from it."""

    mean: Tensor
    deviation: float


@torch.no_grad()
def spread_of(generator: Generator, samples: int) -> Spread:
    """Mean and spread of w, from the same samples each time."""
    shape = generator.shape.mapping
    z = np.random.RandomState(123).randn(samples, shape.z_dim)
    w_avg = generator.mapping.w_avg
    w = generator.mapping(torch.from_numpy(z).to(w_avg))[:, :1]
    mean = w.mean(0, keepdim=True)
    return Spread(mean, float(((w - mean).square().sum() / samples).sqrt()))


def noise_maps(generator: Generator) -> dict[str, Tensor]:
    """The network's noise maps by name, coarse to fine; StyleGAN3 has none."""
    return {name: map for name, map in generator.synthesis.named_buffers() if name.endswith("noise_const")}


def roughness(noise: Tensor) -> Tensor:
    """How much noise maps (..., H, W) resemble themselves one pixel on, at all scales down to 8 pixels: 0 for noise."""
    x, total = noise.reshape(-1, 1, *noise.shape[-2:]), noise.new_zeros(())
    while True:
        for axis in (3, 2):
            total = total + (x * x.roll(1, axis)).mean((1, 2, 3)).square().sum()
        if x.shape[2] <= 8:
            return total
        x = F.avg_pool2d(x, 2)


class Projection:
    """A search under way: `latent` is what it found so far, (1, num_ws, w_dim)."""

    def __init__(
        self,
        generator: Generator,
        target: Tensor,
        perceptual: Perceptual,
        settings: ProjectionSettings | None = None,
        start: Tensor | None = None,
        normal: Normal | None = None,
    ) -> None:
        """target: (1, colors, H, W), -1..1, of the network's size.

        start: a latent to begin with, the mean for None.
        """
        self.generator, self.perceptual = generator, perceptual
        self.settings = settings or ProjectionSettings()
        self.spread = spread_of(generator, self.settings.samples)
        self.rows = generator.shape.mapping.num_ws
        self.target = perceptual.features(shrink(target))
        wide = self.rows if self.settings.is_per_row else 1
        first = self.spread.mean if start is None else start if wide > 1 else start.mean(1, keepdim=True)
        self.variable = first.detach().expand(1, wide, -1).clone().requires_grad_()
        self.normal = normal or _reproducible(self.variable)
        maps = noise_maps(generator)
        self.noise = {name: self.normal(tuple(map.shape)).requires_grad_() for name, map in maps.items()}
        self.optimizer = torch.optim.Adam([self.variable, *self.noise.values()], lr=0.0)
        self.done = 0

    @property
    def latent(self) -> Tensor:
        """What was found so far: (1, num_ws, w_dim)."""
        return self.variable.detach().expand(1, self.rows, -1).clone()

    def step(self) -> float:
        """One step; returns the distance between the picture and the target before it."""
        settings, progress = self.settings, self.done / self.settings.steps
        for group in self.optimizer.param_groups:
            group["lr"] = settings.rate * ramp(progress, settings.warm_up, settings.cool_down)
        fading = max(0.0, 1 - progress / settings.noise_end) ** 2
        jitter = self.spread.deviation * settings.noise * fading * self.normal(tuple(self.variable.shape))
        ws = (self.variable + jitter).expand(1, self.rows, -1)
        picture = functional_call(self.generator.synthesis, self.noise, (ws,))
        distance = self.perceptual.distance(self.perceptual.features(shrink(picture)), self.target)
        loss = distance + settings.smoothness * sum(roughness(map) for map in self.noise.values())
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        with torch.no_grad():
            for map in self.noise.values():  # the optimizer's moments stay as they are
                map -= map.mean()
                map *= map.square().mean().rsqrt()
        self.done += 1
        self.loss = float(loss.detach())
        return float(distance.detach())


def ramp(progress: float, warm_up: float = 0.05, cool_down: float = 0.25) -> float:
    """The learning rate's part of its highest: 0 at the very first step, which feeds the optimizer's moments alone.

    progress: 0 .. 1 of the search, of which `warm_up` and `cool_down` are fractions.
    """
    falling = min(1.0, (1 - progress) / cool_down)
    return (0.5 - 0.5 * math.cos(math.pi * falling)) * min(1.0, progress / warm_up)


def _reproducible(like: Tensor) -> Normal:
    """The same numbers in the same order each time, whatever the device."""
    source = torch.Generator().manual_seed(0)
    return lambda shape: torch.randn(shape, generator=source).to(like)
