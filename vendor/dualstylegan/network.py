# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The DualStyleGAN generator (Yang et al. 2022, section 3): intrinsic latents from a portrait, extrinsic from an
exemplar.

Slots 0 .. L - 1 are the layers of the paper, 1 .. L. The first (7 in the published models) carry structure: a
residual block after the convolution. The others carry color: a linear transform of the exemplar's latent takes the
place of the intrinsic one. The published checkpoints load key for key.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..stylegan2.generator import Generator
from ..stylegan2.latents import spread
from ..stylegan2.layers import ScaledLinear, mapping_network
from ..stylegan2.loading import filled
from ..stylegan2.shape import GeneratorShape, count, part
from .modres import ModRes


@dataclass(frozen=True)
class DualStyleGANShape:
    """The numbers of a DualStyleGAN. `structure_slots` is odd: one at 4 pixels, two at each further resolution."""

    generator: GeneratorShape = GeneratorShape()
    structure_slots: int = 7
    structure_mapping_layers: int = 2

    @staticmethod
    def of(state: Mapping[str, Tensor]) -> "DualStyleGANShape":
        """The shape of the network whose state dictionary this is. Raises ValueError when it is none."""
        slots = count(state, r"res\.\d+\.conv\.0\.weight")
        if slots % 2 == 0:
            raise ValueError(f"not a DualStyleGAN: {slots} structure blocks")
        mapping_layers = count(state, r"style\.\d+\.weight")
        return DualStyleGANShape(GeneratorShape.of(part(state, "generator.")), slots, mapping_layers)


class ColorTransform(ScaledLinear):
    """T_c of the paper: an exemplar's latent to the style of a color layer, about the identity before training."""

    def __init__(self, width: int) -> None:
        super().__init__(width, width)
        with torch.no_grad():
            self.weight.mul_(0.01).add_(torch.eye(width, device=self.weight.device) * width**0.5)


class DualStyleGAN(nn.Module):
    """Latents of a portrait and of an exemplar -> stylized portrait."""

    def __init__(self, shape: DualStyleGANShape) -> None:
        super().__init__()
        inner = shape.generator
        self.shape = shape
        self.generator = Generator(inner)
        self.style = mapping_network(inner.style_dim, shape.structure_mapping_layers)
        channels = [inner.channels[(slot + 1) // 2] for slot in range(shape.structure_slots)]
        self.res = nn.ModuleList(ModRes(width, inner.style_dim) for width in channels)
        self.res += [ColorTransform(inner.style_dim) for _ in range(shape.structure_slots, inner.slots)]

    @staticmethod
    def from_state(state: Mapping[str, Tensor]) -> "DualStyleGAN":
        """The network of this state dictionary, which tells its own sizes. Raises ValueError when it does not fit."""
        shape = DualStyleGANShape.of(state)
        return filled(lambda: DualStyleGAN(shape), state)

    def resolutions(
        self,
        intrinsic: Tensor,
        extrinsic: Tensor,
        weights: Tensor | Sequence[float],
        noise: Sequence[Tensor] | None = None,
        styled_slots: int | None = None,
        dtype: torch.dtype = torch.float32,
    ) -> Iterator[tuple[Tensor, Tensor]]:
        """Features (B, C, side, side) and picture (B, 3, side, side) at 4, 8, ... `size`; arguments as in `forward`."""
        net, slots = self.generator, self.shape.generator.slots
        styled = slots if styled_slots is None else styled_slots
        alpha = _rows(weights, slots)
        w, e = torch.broadcast_tensors(spread(intrinsic, slots), spread(extrinsic, slots))
        structure = self.style(e[:, : self.shape.structure_slots])
        noise = net.stored_noise() if noise is None else noise

        def shaped(x: Tensor, slot: int) -> Tensor:
            """The features after the convolution of a slot, with the exemplar's structure."""
            if slot >= min(styled, self.shape.structure_slots) or not alpha[:, slot].any():
                return x
            return self.res[slot](x, structure[:, slot], alpha[:, slot])

        def colored(slot: int) -> Tensor:
            """The style of a slot: intrinsic, or moved towards the exemplar's color."""
            if not self.shape.structure_slots <= slot < styled:
                return w[:, slot]
            return torch.lerp(w[:, slot], self.res[slot](e[:, slot]), alpha[:, slot, None].to(w))

        x = shaped(net.conv1(net.start(len(w), dtype), w[:, 0], noise[0]), 0)
        rgb = net.to_rgb1(x, w[:, 1])
        yield x, rgb
        for i, to_rgb in zip(range(1, slots, 2), net.to_rgbs, strict=False):
            x = shaped(net.convs[i - 1](x, colored(i), noise[i]), i)
            x = shaped(net.convs[i](x, colored(i + 1), noise[i + 1]), i + 1)
            rgb = to_rgb(x, colored(i + 2), rgb)
            yield x, rgb

    def forward(
        self,
        intrinsic: Tensor,
        extrinsic: Tensor,
        weights: Tensor | Sequence[float],
        noise: Sequence[Tensor] | None = None,
        styled_slots: int | None = None,
        dtype: torch.dtype = torch.float32,
    ) -> Tensor:
        """Stylize a portrait.

        intrinsic: the portrait's latent, W (B, S) or W+ (B, L, S), truncated already.   extrinsic: the exemplar's,
        mapped by `generator.style`, not truncated; a batch of one serves all.   weights: (L,) or (B, L), how much of
        the exemplar each slot takes, 0..1, beyond extrapolates; all 0 is the intrinsic picture.   noise: one (1 or
        B, 1, side, side) per layer, None: stored.   styled_slots: the first so many slots see the exemplar, None:
        all.   dtype: what the convolutions compute in. Returns (B, 3, size, size) float32, about -1..1, not clamped.
        Raises ValueError when a shape does not fit.
        """
        for _features, rgb in self.resolutions(intrinsic, extrinsic, weights, noise, styled_slots, dtype):
            picture = rgb
        return picture


def _rows(weights: Tensor | Sequence[float], slots: int) -> Tensor:
    """Weights as (1 or B, slots) on the processor, where asking for zeros costs nothing."""
    rows = torch.as_tensor(weights, dtype=torch.float32, device="cpu")
    rows = rows[None] if rows.dim() == 1 else rows
    if rows.dim() != 2 or rows.shape[1] != slots:
        raise ValueError(f"weights of shape {tuple(rows.shape)} do not fit a network of {slots} slots")
    return rows
