# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""One layer: modulated convolution, then its activation at a higher rate, between two filters (figure 4b)."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..stylegan2_ada.layers import FullyConnectedLayer
from ..stylegan2_ada.modulation import demodulation
from .filters import low_pass
from .resampling import resample_down, resample_up
from .shape import LayerShape


class SynthesisLayer(nn.Module):
    """A layer of the chain; the last one (to RGB) has neither demodulation nor activation."""

    def __init__(self, shape: LayerShape, w_dim: int, clamp: float | None) -> None:
        super().__init__()
        self.shape, self.clamp = shape, clamp
        incoming, outgoing = shape.incoming, shape.outgoing
        self.weight = nn.Parameter(torch.randn(outgoing.channels, incoming.channels, shape.kernel, shape.kernel))
        self.bias = nn.Parameter(torch.zeros(outgoing.channels))
        self.affine = FullyConnectedLayer(w_dim, incoming.channels, bias=1.0)
        self.register_buffer("magnitude_ema", torch.ones(()))
        up = low_pass(shape.up_taps, incoming.cutoff, incoming.half_width, shape.inner_rate)
        down = low_pass(shape.down_taps, outgoing.cutoff, outgoing.half_width, shape.inner_rate, shape.is_radial)
        self.register_buffer("up_filter", up)
        self.register_buffer("down_filter", down)

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        """x: (B, I, n, n), any float type; w: (B, w_dim) -> (B, O, n', n')."""
        y = self._convolve(x, *self._scales(w)) + self.bias[:, None, None].to(x.dtype)
        # The gain of the activation is linear in its input: it rides on the filter before.
        gain = 1.0 if self.shape.is_torgb else math.sqrt(2.0)
        y = resample_up(y, self.up_filter, self.shape.up, self.shape.pad, gain)
        if not self.shape.is_torgb:
            y = F.leaky_relu(y, 0.2)
        if self.clamp is not None:
            y = y.clamp(-self.clamp, self.clamp)
        return resample_down(y, self.down_filter, self.shape.down)

    def _scales(self, w: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The kernel (O, I, k, k), and what scales its input (B, I) and its output (B or 1, O or 1)."""
        weight, style = self.weight.float(), self.affine(w)
        level = self.magnitude_ema.rsqrt()
        if self.shape.is_torgb:
            return weight, style / math.sqrt(weight[0].numel()), level.view(1, 1)
        weight = weight * weight.square().mean((1, 2, 3), keepdim=True).rsqrt()
        style = style * style.square().mean().rsqrt()
        return weight, style, demodulation(weight, style) * level

    def _convolve(self, x: Tensor, weight: Tensor, incoming: Tensor, outgoing: Tensor) -> Tensor:
        """As in StyleGAN2, one picture without gradient takes its scales in the kernel.

        Zeros are padded on every side.
        """
        pad = self.shape.kernel - 1
        if len(x) == 1 and not incoming.requires_grad:
            weight = weight * incoming[0, :, None, None] * outgoing[0, :, None, None, None]
            return F.conv2d(x, weight.to(x.dtype), padding=pad)
        y = F.conv2d(x * incoming[:, :, None, None].to(x.dtype), weight.to(x.dtype), padding=pad)
        return y * outgoing[:, :, None, None].to(x.dtype)
