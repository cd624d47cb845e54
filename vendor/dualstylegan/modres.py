# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modulative residual block: an exemplar's structure, added to the features of a layer (DualStyleGAN, section 3.2)."""

import torch
from torch import Tensor, nn

from ..stylegan2.layers import FusedLeakyReLU, ScaledConv2d


class AdaptiveNorm(nn.Module):
    """AdaIN (Huang and Belongie 2017): each channel of each picture gets the deviation and mean the style asks for."""

    def __init__(self, channels: int, style_dim: int) -> None:
        super().__init__()
        self.style = nn.Linear(style_dim, 2 * channels)  # an ordinary layer, without equalized learning rate
        with torch.no_grad():
            self.style.bias.copy_(torch.cat((torch.ones(channels), torch.zeros(channels))))

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        """x: (B, C, H, W); style: (B, S) float32 -> like x."""
        deviation, mean = self.style(style)[:, :, None, None].chunk(2, 1)
        own_variance, own_mean = torch.var_mean(x.float(), (2, 3), correction=0, keepdim=True)
        return ((x - own_mean) * (deviation * torch.rsqrt(own_variance + 1e-5)) + mean).to(x.dtype)


class ModRes(nn.Module):
    """Two normed convolutions, weighted, added to their input."""

    def __init__(self, channels: int, style_dim: int) -> None:
        super().__init__()
        self.conv = nn.Sequential(ScaledConv2d(channels, channels, 3), FusedLeakyReLU(channels))
        self.conv2 = nn.Sequential(ScaledConv2d(channels, channels, 3), FusedLeakyReLU(channels))
        self.norm = AdaptiveNorm(channels, style_dim)
        self.norm2 = AdaptiveNorm(channels, style_dim)
        with torch.no_grad():  # training starts from next to no residual
            self.conv[0].weight.mul_(0.01)
            self.conv2[0].weight.mul_(0.01)

    def forward(self, x: Tensor, style: Tensor, weight: Tensor) -> Tensor:
        """x: (B, C, H, W); style: (B, S); weight: (1 or B,), how much of the residual is added -> like x."""
        h = self.conv(self.norm(x, style))
        h = self.conv2(self.norm2(h, style))
        return x + h * weight.to(x)[:, None, None, None]
