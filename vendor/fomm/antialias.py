# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The networks' own downscale: a Gaussian blur, then every n-th pixel.

Zero padding and a start at pixel 0 are part of what the weights learned; no library's resize gives the same numbers.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class AntiAliasedDownscale(nn.Module):
    """(N, C, H, W) -> (N, C, ceil(H * scale), ceil(W * scale)) for scale 1/2, 1/4, 1/8."""

    def __init__(self, channels: int, scale: float) -> None:
        super().__init__()
        self.step = int(1 / scale)
        sigma = (1 / scale - 1) / 2
        size = 2 * round(4 * sigma) + 1
        line = torch.exp(-((torch.arange(size, dtype=torch.float32) - (size - 1) / 2) ** 2) / (2 * sigma**2))
        square = line[:, None] * line
        self.register_buffer("weight", (square / square.sum()).repeat(channels, 1, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        """Blur at full size, then subsample."""
        blurred = F.conv2d(x, self.weight, padding=self.weight.shape[-1] // 2, groups=self.weight.shape[0])
        return blurred[..., :: self.step, :: self.step]
