# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Layers with equalized learning rate (Karras et al. 2018): weights are kept at unit variance and scaled when used."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .kept import Kept

SLOPE = 0.2
GAIN = math.sqrt(2.0)  # keeps the variance through the leaky ReLU


def pixel_norm(x: Tensor) -> Tensor:
    """Rows of (..., S) at unit mean square."""
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-8)


class PixelNorm(nn.Module):
    """`pixel_norm` as the first layer of a mapping network."""

    def forward(self, x: Tensor) -> Tensor:
        """(..., S) -> (..., S)."""
        return pixel_norm(x)


def activate(x: Tensor, bias: Tensor) -> Tensor:
    """lrelu(x + bias) * sqrt(2), bias along axis 1."""
    bias = bias.to(x.dtype).view(-1, *[1] * (x.dim() - 2))
    return F.leaky_relu_(torch.add(bias * GAIN, x, alpha=GAIN), SLOPE)


class FusedLeakyReLU(nn.Module):
    """Bias, leaky ReLU with slope 0.2, gain sqrt(2)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, ...) -> the same."""
        return activate(x, self.bias)


class ScaledLinear(nn.Module):
    """A linear layer with equalized learning rate; `rate` is the layer's learning rate multiplier."""

    def __init__(
        self, inputs: int, outputs: int, bias: float = 0.0, rate: float = 1.0, is_activated: bool = False
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs) / rate)
        self.bias = nn.Parameter(torch.full((outputs,), float(bias)))
        self.rate, self.is_activated = rate, is_activated

    def forward(self, x: Tensor) -> Tensor:
        """(..., inputs) -> (..., outputs)."""
        y = F.linear(x, self.weight * (self.rate / math.sqrt(self.weight.shape[1])), self.bias * self.rate)
        return F.leaky_relu_(y * GAIN, SLOPE) if self.is_activated else y


class ScaledConv2d(nn.Module):
    """A convolution without bias, with equalized learning rate; zero padding keeps the size at stride 1."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1, padding: int | None = None) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, kernel, kernel))
        self.stride, self.padding = stride, kernel // 2 if padding is None else padding
        self._kept = Kept()

    def forward(self, x: Tensor) -> Tensor:
        """(B, inputs, H, W) -> (B, outputs, H', W')."""
        scale = self.weight[0].numel() ** -0.5
        if x.numel() < self.weight.numel():  # scale what is smaller
            weight = self._kept.of(self.weight, str(x.dtype), lambda: self.weight.to(x.dtype))
            return F.conv2d(x * scale, weight, stride=self.stride, padding=self.padding)
        return F.conv2d(x, (self.weight * scale).to(x.dtype), stride=self.stride, padding=self.padding)


def mapping_network(width: int, layers: int) -> nn.Sequential:
    """Pixel norm, then `layers` activated linear layers at a hundredth of the learning rate: (..., S) -> (..., S)."""
    return nn.Sequential(
        PixelNorm(), *(ScaledLinear(width, width, rate=0.01, is_activated=True) for _ in range(layers))
    )
