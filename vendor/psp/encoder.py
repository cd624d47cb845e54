# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pSp encoder: a feature pyramid on IR-SE, and a small head for each latent (Richardson et al. 2021, figure 2)."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..stylegan2.layers import ScaledLinear
from ..stylegan2.loading import filled
from ..stylegan2.shape import count
from .ir_se import BackboneShape, body, stem

SIDE = 256  # pixels of the portrait that published encoders read
COARSE, MIDDLE = 3, 7  # heads before these read the coarse and the middle map, the others the fine one


@dataclass(frozen=True)
class EncoderShape:
    """The numbers of an encoder: latents it makes, its backbone, whose last width is a latent's, and the side in
    pixels, a power of two, of the portrait it reads."""

    slots: int = 18
    backbone: BackboneShape = BackboneShape()
    side: int = SIDE

    @property
    def style_dim(self) -> int:
        """Width of a latent."""
        return self.backbone.widths[-1]

    @staticmethod
    def of(state: Mapping[str, Tensor]) -> "EncoderShape":
        """The shape of the encoder whose state dictionary this is. Raises ValueError when it is none."""
        slots = count(state, r"styles\.\d+\.linear\.weight")
        if not slots:
            raise ValueError("not a pSp encoder: it has no heads (styles.0.linear.weight)")
        halvings = count(state, r"styles\.0\.convs\.\d+\.weight")
        return EncoderShape(slots, BackboneShape.of(state), 16 << halvings)


class Head(nn.Module):
    """A map of side pixels, a power of two, halved to one pixel: one latent."""

    def __init__(self, width: int, side: int) -> None:
        super().__init__()
        layers = [(nn.Conv2d(width, width, 3, 2, 1), nn.LeakyReLU(0.01)) for _ in range(side.bit_length() - 1)]
        self.convs = nn.Sequential(*(layer for pair in layers for layer in pair))
        self.linear = ScaledLinear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        """(B, S, side, side) -> (B, S)."""
        return self.linear(self.convs(x).flatten(1))


def enlarge_and_add(x: Tensor, y: Tensor) -> Tensor:
    """Pyramid step: x (B, S, h, w) enlarged bilinearly, corners on corners, to y's size, plus y (B, S, H, W)."""
    return F.interpolate(x, size=y.shape[2:], mode="bilinear", align_corners=True) + y


class GradualStyleEncoder(nn.Module):
    """A portrait -> one latent per slot of a generator."""

    def __init__(self, shape: EncoderShape) -> None:
        super().__init__()
        width, widths, units = shape.style_dim, shape.backbone.widths, shape.backbone.units
        self.shape = shape
        self.input_layer = stem(widths[0])
        self.body = body(shape.backbone)
        self.taps = tuple(sum(units[:stages]) for stages in (2, 3, 4))
        sides = [shape.side // (16 if j < COARSE else 8 if j < MIDDLE else 4) for j in range(shape.slots)]
        self.styles = nn.ModuleList(Head(width, side) for side in sides)
        self.latlayer1 = nn.Conv2d(widths[2], width, 1)
        self.latlayer2 = nn.Conv2d(widths[1], width, 1)

    @staticmethod
    def from_state(state: Mapping[str, Tensor]) -> "GradualStyleEncoder":
        """The encoder of this state dictionary, which tells its own sizes. Raises ValueError when it does not fit."""
        shape = EncoderShape.of(state)
        return filled(lambda: GradualStyleEncoder(shape), state)

    def forward(self, x: Tensor) -> Tensor:
        """x: (B, 3, side, side), an aligned portrait, -1..1. Returns (B, L, S), without the average latent."""
        x = self.input_layer(x.contiguous(memory_format=torch.channels_last))
        first, second, third = self.taps
        fine = self.body[:first](x)
        middle = self.body[first:second](fine)
        coarse = self.body[second:third](middle)
        middle = enlarge_and_add(coarse, self.latlayer1(middle))
        fine = enlarge_and_add(middle, self.latlayer2(fine))
        maps = [coarse] * COARSE + [middle] * (MIDDLE - COARSE) + [fine] * len(self.styles)
        return torch.stack([head(pyramid) for head, pyramid in zip(self.styles, maps, strict=False)], 1)
