# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an artist can say to DualStyleGAN (Yang et al. 2022, sections 3.2 and 4, figure 4), as functions on codes.

All of it happens in W+: a code in z+ is mapped first, slot by slot. So keeping the portrait's color is the same act for
portraits encoded to z+ and to W+.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ..stylegan2.latents import spread, truncate
from .network import DualStyleGAN

SPACES = ('Z+', 'W+')


@dataclass(frozen=True)
class Controls:
    """How strongly a portrait takes an exemplar's style.

    structure, color: one number for all slots of the kind, or one for each (7 and 11 in the published models), 0..1,
    beyond extrapolates. Color 0 keeps the portrait's color by weights: structure only. Structure 0 is color only.
    keep_color: the portrait's own color codes take the exemplar's place and still go through the color transform:
    another picture than color 0, its colors suit the style.   truncation: 0..1, how far the portrait's latents may
    be from 0.
    """

    structure: float | Sequence[float] = 0.75
    color: float | Sequence[float] = 1.0
    keep_color: bool = False
    truncation: float = 0.75


RECONSTRUCTION = Controls(structure=0.0, color=0.0, truncation=1.0)
FULL_TRANSFER = Controls(structure=1.0, color=1.0)
COLOR_KEPT_BY_CODES = Controls(structure=1.0, color=1.0, keep_color=True)
STRUCTURE_ONLY = Controls(structure=1.0, color=0.0)


def weights(network: DualStyleGAN, controls: Controls) -> list[float]:
    """One weight for each slot of the network.

    Raises ValueError when a list does not have one for each slot of its kind.
    """
    structure_slots, slots = network.shape.structure_slots, network.shape.generator.slots
    return [
        *_listed(controls.structure, structure_slots, "structure"),
        *_listed(controls.color, slots - structure_slots, "color"),
    ]


def _listed(value: float | Sequence[float], slots: int, name: str) -> list[float]:
    values = [float(value)] * slots if isinstance(value, int | float) else [float(v) for v in value]
    if len(values) != slots:
        raise ValueError(f"{len(values)} {name} weights were given, this model has {slots}")
    return values


def to_w_plus(network: DualStyleGAN, code: Tensor, space: str) -> Tensor:
    """A code in 'Z+' or 'W+', (B, S) or (B, L, S) -> W+ (B, L, S), by the intrinsic mapping network."""
    if space not in SPACES:
        raise ValueError(f"unknown latent space {space!r}")
    code = network.generator.style(code) if space == 'Z+' else code
    return spread(code, network.shape.generator.slots)


def mixed(first: Tensor, second: Tensor, structure: float, color: float, structure_slots: int) -> Tensor:
    """Two exemplars in W+ (B, L, S), blended: 0 is the first, 1 the second, apart for structure and color slots."""
    return torch.cat(
        (
            torch.lerp(first[:, :structure_slots], second[:, :structure_slots], structure),
            torch.lerp(first[:, structure_slots:], second[:, structure_slots:], color),
        ),
        1,
    )


def with_color_of(exemplar: Tensor, portrait: Tensor, structure_slots: int) -> Tensor:
    """The exemplar's structure with the portrait's color codes; W+ (B, L, S) each, the portrait's not truncated."""
    exemplar, portrait = torch.broadcast_tensors(exemplar, portrait)
    return torch.cat((exemplar[:, :structure_slots], portrait[:, structure_slots:]), 1)


def stylize(
    network: DualStyleGAN,
    portrait: Tensor,
    exemplar: Tensor,
    controls: Controls = Controls(),
    noise: Sequence[Tensor] | None = None,
    dtype: torch.dtype = torch.float32,
    least_side: int | None = None,
) -> Tensor:
    """A portrait in the style of an exemplar.

    portrait, exemplar: W+ (B, L, S) from `to_w_plus`; an exemplar of one row serves all portraits.   noise: as
    `DualStyleGAN.forward`: None for the stored maps, which give the same picture each time. Only the portrait's
    latents are truncated, towards 0 (not towards the mean), also when they were encoded to W+ directly.
    least_side: stop at the first resolution that has it, for a preview; None: the network's size.
    Returns (B, 3, side, side) float32, clamped to -1..1.
    """
    if controls.keep_color:
        exemplar = with_color_of(exemplar, portrait, network.shape.structure_slots)
    portrait = truncate(portrait, controls.truncation)
    for _features, rgb in network.resolutions(portrait, exemplar, weights(network, controls), noise, dtype=dtype):
        picture = rgb
        if least_side is not None and rgb.shape[-1] >= least_side:
            break
    return picture.clamp(-1, 1)
