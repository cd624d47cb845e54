# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Convolutions modulated by a style (StyleGAN2, section 2.2), and the two layers made of them.

Two orders give the same numbers. One picture and no gradient: style and demodulation go into the weights, which are
small. Otherwise the input is scaled, all pictures share one weight, and the output is scaled: then a gradient with
respect to the style needs no gradient of a kernel, which halves the backward pass.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..stylegan2.resampling import upfirdn2d
from .layers import FullyConnectedLayer, activate
from .shape import GeneratorShape


def low_pass(taps: tuple[float, ...]) -> Tensor:
    """The square filter of these taps, sum 1: (n, n)."""
    line = torch.tensor(taps, dtype=torch.float32)
    square = torch.outer(line, line)
    return square / square.sum()


def upsample(x: Tensor, kernel: Tensor) -> Tensor:
    """Twice the size: (B, C, H, W) -> (B, C, 2H, 2W), filtered with the (n, n) kernel."""
    taps = kernel.shape[0]
    return upfirdn2d(x, kernel * 4, up=2, pad=((taps + 1) // 2, (taps - 2) // 2))


def demodulation(weight: Tensor, style: Tensor) -> Tensor:
    """What brings each output channel to unit variance: weight (O, I, k, k), style (B, I) -> (B, O)."""
    return torch.rsqrt(style.square() @ weight.square().sum((2, 3)).T + 1e-8)


def convolve(x: Tensor, weight: Tensor, enlarging: Tensor | None = None) -> Tensor:
    """Plain convolution that keeps the size; with an (n, n) filter `enlarging`, to twice the size."""
    kernel = weight.shape[-1]
    if enlarging is None:
        return F.conv2d(x, weight, padding=kernel // 2)
    taps = enlarging.shape[0]
    pad = (kernel // 2 + (taps + 1) // 2 - (kernel - 1), kernel // 2 + (taps - 2) // 2 - (kernel - 2))
    return upfirdn2d(F.conv_transpose2d(x, weight.transpose(0, 1), stride=2), enlarging * 4, pad=pad)


def modulated_conv(
    x: Tensor, weight: Tensor, style: Tensor, enlarging: Tensor | None = None, is_demodulated: bool = True
) -> Tensor:
    """x: (B, I, H, W), any float type; weight: (O, I, k, k), style: (B, I), float32. Returns (B, O, H, W) or 2H, 2W."""
    if is_demodulated and x.dtype == torch.float16:  # the factors vanish again; without them, overflow
        weight = weight / (weight.abs().amax((1, 2, 3), keepdim=True) * math.sqrt(weight[0].numel()))
        style = style / style.abs().amax(1, keepdim=True)
    outgoing = demodulation(weight, style) if is_demodulated else None
    if len(x) == 1 and not style.requires_grad:
        weight = weight * style[0, :, None, None]
        if outgoing is not None:
            weight = weight * outgoing[0, :, None, None, None]
        return convolve(x, weight.to(x.dtype), enlarging)
    y = convolve(x * style[:, :, None, None].to(x.dtype), weight.to(x.dtype), enlarging)
    return y if outgoing is None else y * outgoing[:, :, None, None].to(x.dtype)


class SynthesisLayer(nn.Module):
    """Modulated 3 x 3 convolution, noise, bias, activation."""

    def __init__(self, shape: GeneratorShape, inputs: int, outputs: int, resolution: int, is_up: bool = False) -> None:
        super().__init__()
        self.activation, self.clamp, self.is_up = shape.activation, shape.conv_clamp, is_up
        self.weight = nn.Parameter(torch.randn(outputs, inputs, 3, 3))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.affine = FullyConnectedLayer(shape.mapping.w_dim, inputs, bias=1.0)
        self.register_buffer("resample_filter", low_pass(shape.resample_filter))
        if shape.use_noise:
            self.noise_strength = nn.Parameter(torch.zeros(()))
            self.register_buffer("noise_const", torch.randn(resolution, resolution >> shape.is_narrow))

    def forward(self, x: Tensor, w: Tensor, noise: str = "const", gain: float = 1.0) -> Tensor:
        """x: (B, I, H, W); w: (B, w_dim); noise: 'const' the stored map, 'random' a new one, 'none'.

        -> (B, O, H', W').
        """
        y = modulated_conv(x, self.weight.float(), self.affine(w), self.resample_filter if self.is_up else None)
        shift = self.bias[:, None, None].to(y.dtype)
        grain = self.noise(noise, y)
        y = y + shift if grain is None else y + grain + shift
        return activate(y, self.activation, gain, self.clamp)

    def noise(self, mode: str, like: Tensor) -> Tensor | None:
        """What is added to each channel: (1 or B, 1, H, W), or None."""
        if mode == "none" or not hasattr(self, "noise_const"):
            return None
        unit = self.noise_const[None, None] if mode == "const" else torch.randn_like(like[:, :1], dtype=torch.float32)
        return (unit * self.noise_strength).to(like.dtype)


class ToRGBLayer(nn.Module):
    """Features to the colors they add to the picture."""

    def __init__(self, shape: GeneratorShape, inputs: int) -> None:
        super().__init__()
        self.clamp = shape.conv_clamp
        self.weight = nn.Parameter(torch.randn(shape.img_channels, inputs, 1, 1))
        self.bias = nn.Parameter(torch.zeros(shape.img_channels))
        self.affine = FullyConnectedLayer(shape.mapping.w_dim, inputs, bias=1.0)

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        """x: (B, I, H, W); w: (B, w_dim) -> (B, colors, H, W) float32."""
        style = self.affine(w) / math.sqrt(self.weight.shape[1])
        y = modulated_conv(x, self.weight.float(), style, is_demodulated=False)
        return activate(y + self.bias[:, None, None].to(y.dtype), "linear", clamp=self.clamp).float()
