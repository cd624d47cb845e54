# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a photograph to a latent that can be dragged: projection, then tuning, with progress, a way out, and a measure.

Faces should come aligned as the network's training pictures were (styles/aligned_face.py). Whoever stops early keeps
what was found so far.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from numpy.typing import NDArray
from torch import Tensor

from ...weights.network_build import Generator
from .perceptual import MultiScale, Perceptual, shrink
from .pictures import to_pixels, to_tensor
from .projection import Projection, ProjectionSettings
from .tuning import Tuning, TuningSettings


@dataclass(frozen=True)
class InversionSettings:
    """`tuning` None leaves the network as it is."""

    projection: ProjectionSettings = field(default_factory=ProjectionSettings)
    tuning: TuningSettings | None = field(default_factory=TuningSettings)


@dataclass(frozen=True)
class InversionProgress:
    """stage: 'PROJECTING' or 'TUNING'.   distance: to the picture, perceptual.   look: makes the picture so far."""

    stage: str
    done: int
    total: int
    distance: float
    look: Callable[[], NDArray]


@dataclass(frozen=True)
class Inversion:
    """A picture as a latent (1, num_ws, w_dim) of a network, tuned to it or not.

    psnr: in decibels, of what the network makes of the latent.   distance: perceptual, by the measure `perceptual`;
    numbers of different measures do not compare.   is_whole: not stopped early.
    """

    latent: Tensor
    generator: Generator
    psnr: float
    distance: float
    perceptual: str
    is_whole: bool


def invert(
    generator: Generator,
    pixels: NDArray,
    settings: InversionSettings | None = None,
    perceptual: Perceptual | None = None,
    start: Tensor | None = None,
    on_step: Callable[[InversionProgress], bool] = lambda progress: True,
) -> Inversion:
    """Find the latent of a picture (H, W, 3) uint8, and tune a copy of the network to it.

    start: a latent to begin with, as an encoder gives.   on_step: called after each step; stops the search by returning
    False, and what was found so far is kept.
    """
    settings, perceptual = settings or InversionSettings(), perceptual or MultiScale()
    target = to_tensor(pixels, generator)
    projection = Projection(generator, target, perceptual, settings.projection, start)
    goes_on = True
    while goes_on and projection.done < settings.projection.steps:
        distance = projection.step()
        look = _look(generator, projection)
        goes_on = on_step(InversionProgress("PROJECTING", projection.done, settings.projection.steps, distance, look))
    pivot, tuned = projection.latent, generator
    if goes_on and settings.tuning:
        tuned, goes_on = _tune(generator, target, pivot, perceptual, settings.tuning, on_step)
    psnr, distance = quality(tuned, pivot, target, perceptual)
    return Inversion(pivot, tuned, psnr, distance, perceptual.name, goes_on)


@torch.no_grad()
def quality(generator: Generator, latent: Tensor, target: Tensor, perceptual: Perceptual) -> tuple[float, float]:
    """PSNR in decibels and perceptual distance between the latent's picture and a target (1, colors, H, W), -1..1."""
    picture = generator.synthesis(latent).clamp(-1, 1)
    error = float((picture - target).square().mean()) / 4  # of a range of 2
    features = [perceptual.features(shrink(image)) for image in (picture, target)]
    return 10 * math.log10(1 / max(error, 1e-12)), float(perceptual.distance(*features))


def _tune(
    generator: Generator,
    target: Tensor,
    pivot: Tensor,
    perceptual: Perceptual,
    settings: TuningSettings,
    on_step: Callable[[InversionProgress], bool],
) -> tuple[Generator, bool]:
    tuning, goes_on = Tuning(generator, target, pivot, perceptual, settings), True
    look = _look(tuning.generator, tuning)
    for done in range(1, settings.steps + 1):
        if tuning.step():
            break
        goes_on = on_step(InversionProgress("TUNING", done, settings.steps, tuning.losses[-1][1], look))
        if not goes_on:
            break
    return tuning.finish(), goes_on


def _look(generator: Generator, search: Projection | Tuning) -> Callable[[], NDArray]:
    @torch.no_grad()
    def look() -> NDArray:
        latent = search.pivot if isinstance(search, Tuning) else search.latent
        return to_pixels(generator.synthesis(latent))

    return look
