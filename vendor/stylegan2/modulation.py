# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Convolutions modulated by a style (StyleGAN2, Karras et al. 2020, section 2.2), and the two layers made of them.

Three orders give the same numbers. One large picture: style and demodulation go into the weights, which are fewer
numbers, and a dense convolution follows. Several pictures, or a small one: the input is scaled, all share one weight,
the output is scaled. Weights grouped by sample, the paper's order, are never used: on one AVX-512 core four pictures of
the last layer take 1685 ms grouped, 1020 ms shared, 930 ms one by one.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .kept import Kept
from .layers import GAIN, SLOPE, ScaledLinear
from .resampling import Fir


class ModulatedConv2d(nn.Module):
    """A convolution whose input channels a style scales; with `is_demodulated` its outputs keep unit variance."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int,
        style_dim: int,
        is_demodulated: bool = True,
        is_up: bool = False,
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(1, outputs, inputs, kernel, kernel))
        self.modulation = ScaledLinear(style_dim, inputs, bias=1.0)
        self.is_demodulated, self.is_up = is_demodulated, is_up
        if is_up:
            self.blur = Fir(gain=4.0, pad=(1, 1))
        self._kept = Kept()

    def lay_out(self) -> None:
        """Keep an enlarging layer's weight in the order of memory that its convolution, which is transposed, reads."""
        if self.is_up:
            turned = self.weight[0].transpose(0, 1).contiguous(memory_format=torch.channels_last)
            self.weight = nn.Parameter(turned.transpose(0, 1)[None], requires_grad=self.weight.requires_grad)

    def forward(self, x: Tensor, style: Tensor, gain: float = 1.0, bias: Tensor | None = None) -> Tensor:
        """x: (B, inputs, H, W), any float type; style: (B, S), bias: (outputs,), float32.

        Returns (B, outputs, H, W), or 2H, 2W, times gain, plus bias; a 1 x 1 convolution takes no bias.
        """
        weight = self.weight[0]
        incoming = self.modulation(style) / math.sqrt(weight[0].numel())  # (B, inputs)
        outgoing = self._demodulation(incoming) * gain  # (B, outputs)
        if weight.shape[-1] == 1:
            per_sample = outgoing[:, None] * weight.flatten(1).T * incoming[:, :, None]  # (B, inputs, outputs)
            # Pixel by pixel, as they lie in memory: bfloat16 in any other order is copied first, on one core 286 ms for
            # 64 channels of 512 x 512 where this takes 9.
            pixels = x.permute(0, 2, 3, 1).flatten(1, 2)  # (B, C, H, W) -> (B, H * W, C)
            return (pixels @ per_sample.to(x.dtype)).unflatten(1, x.shape[2:]).permute(0, 3, 1, 2)
        bias = None if bias is None else bias.to(x.dtype)
        if len(x) == 1 and x.numel() > weight.numel():
            weight = weight * incoming[0, :, None, None] * outgoing[0, :, None, None, None]
            return self._convolve(x, weight.to(x.dtype), bias)
        shared = self._kept.of(self.weight, str(x.dtype), lambda: self.weight[0].to(x.dtype))
        y = self._convolve(x * incoming[:, :, None, None].to(x.dtype), shared)
        outgoing = outgoing[:, :, None, None].to(x.dtype)
        return y * outgoing if bias is None else torch.addcmul(bias[:, None, None], y, outgoing)

    def _demodulation(self, incoming: Tensor) -> Tensor:
        if not self.is_demodulated:
            return torch.ones_like(incoming[:, :1])
        energy = self._kept.of(self.weight, "energy", lambda: self.weight[0].square().sum((2, 3)))  # (outputs, inputs)
        return torch.rsqrt(incoming.square() @ energy.T + 1e-8)

    def _convolve(self, x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
        if self.is_up:
            return self.blur(F.conv_transpose2d(x, weight.transpose(0, 1), stride=2), bias)
        return F.conv2d(x, weight, bias, padding=weight.shape[-1] // 2)


class NoiseInjection(nn.Module):
    """The strength of a layer's noise."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))


class Activation(nn.Module):
    """The bias of a layer's activation."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(channels))


class StyledConv(nn.Module):
    """Modulated 3 x 3 convolution, noise, bias, leaky ReLU: one layer of the synthesis network."""

    def __init__(self, inputs: int, outputs: int, style_dim: int, is_up: bool = False) -> None:
        super().__init__()
        self.conv = ModulatedConv2d(inputs, outputs, 3, style_dim, is_up=is_up)
        self.noise = NoiseInjection()
        self.activate = Activation(outputs)

    def forward(self, x: Tensor, style: Tensor, noise: Tensor) -> Tensor:
        """x: (B, inputs, H, W); style: (B, S); noise: (1 or B, 1, H', W') -> (B, outputs, H', W')."""
        # The gain goes through the leaky ReLU, into weights, noise and bias: no pass over the pixels for it.
        y = self.conv(x, style, GAIN, self.activate.bias * GAIN)
        y = y.add_((noise * (self.noise.weight * GAIN)).to(y.dtype))
        return F.leaky_relu_(y, SLOPE)


class ToRGB(nn.Module):
    """Features to a picture, added to the enlarged picture of the resolution before."""

    def __init__(self, inputs: int, style_dim: int, is_up: bool = True) -> None:
        super().__init__()
        if is_up:
            self.upsample = Fir(gain=4.0, up=2, pad=(2, 1))
        self.conv = ModulatedConv2d(inputs, 3, 1, style_dim, is_demodulated=False)
        self.bias = nn.Parameter(torch.zeros(1, 3, 1, 1))

    def forward(self, x: Tensor, style: Tensor, skip: Tensor | None = None) -> Tensor:
        """x: (B, inputs, H, W); style: (B, S); skip: (B, 3, H/2, W/2) or None -> (B, 3, H, W) float32."""
        rgb = self.conv(x, style).float() + self.bias
        return rgb if skip is None else rgb + self.upsample(skip)
