# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The StyleGAN2 residual discriminator (Karras et al. 2020, figure 7c), keys as in the published checkpoints."""

import math
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from .layers import FusedLeakyReLU, ScaledConv2d, ScaledLinear
from .loading import filled
from .resampling import Fir
from .shape import DiscriminatorShape

GROUP = 4  # pictures over which the minibatch deviation is taken


class Block(nn.Module):
    """Two convolutions and a skip, to half the side: (B, inputs, H, W) -> (B, outputs, H/2, W/2)."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv1 = nn.Sequential(ScaledConv2d(inputs, inputs, 3), FusedLeakyReLU(inputs))
        self.conv2 = nn.Sequential(
            Fir(pad=(2, 2)), ScaledConv2d(inputs, outputs, 3, stride=2, padding=0), FusedLeakyReLU(outputs)
        )
        # A 1 x 1 convolution of stride 2 sees every second sample: the filter makes only those.
        self.skip = nn.Sequential(Fir(down=2, pad=(1, 1)), ScaledConv2d(inputs, outputs, 1))

    def forward(self, x: Tensor) -> Tensor:
        """(B, inputs, H, W) -> (B, outputs, H/2, W/2)."""
        return (self.conv2(self.conv1(x)) + self.skip(x)) / math.sqrt(2.0)


def with_minibatch_deviation(x: Tensor) -> Tensor:
    """A channel more: how much each group of pictures differs (Karras et al. 2018, section 3).

    x: (B, C, H, W). Sample b belongs to the group of all samples b modulo B / min(B, 4). Raises ValueError when B does
    not divide.
    """
    batch, _, height, width = x.shape
    group = min(batch, GROUP)
    if batch % group:
        raise ValueError(f"a batch of {batch} does not divide into groups of {group}")
    deviation = (x.unflatten(0, (group, -1)).var(0, correction=0) + 1e-8).sqrt().mean((1, 2, 3))
    channel = deviation.repeat(group).view(batch, 1, 1, 1).expand(-1, -1, height, width)
    return torch.cat((x, channel), 1)


class Discriminator(nn.Module):
    """Pictures (B, 3, size, size) -> scores (B, 1), higher for real ones."""

    def __init__(self, shape: DiscriminatorShape) -> None:
        super().__init__()
        widths = shape.channels[::-1]
        last = widths[-1]
        self.shape = shape
        self.convs = nn.Sequential(
            nn.Sequential(ScaledConv2d(3, widths[0], 1), FusedLeakyReLU(widths[0])),
            *(Block(before, here) for before, here in zip(widths, widths[1:], strict=False)),
        )
        self.final_conv = nn.Sequential(ScaledConv2d(last + 1, last, 3), FusedLeakyReLU(last))
        self.final_linear = nn.Sequential(ScaledLinear(last * 16, last, is_activated=True), ScaledLinear(last, 1))

    @staticmethod
    def from_state(state: Mapping[str, Tensor]) -> "Discriminator":
        """The discriminator of this state dictionary. Raises ValueError when it does not fit."""
        shape = DiscriminatorShape.of(state)
        return filled(lambda: Discriminator(shape), state)

    def forward(self, x: Tensor) -> Tensor:
        """x: (B, 3, size, size), -1..1. B up to 4 or a multiple of 4. Returns (B, 1)."""
        x = self.convs(x.contiguous(memory_format=torch.channels_last))
        x = self.final_conv(with_minibatch_deviation(x))
        return self.final_linear(x.flatten(1))
