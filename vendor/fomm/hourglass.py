# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The U-Net that both the keypoint detector and the dense motion network look through."""

import torch
from torch import Tensor, nn

from .blocks import DownBlock, UpBlock


def widths(block_expansion: int, max_features: int, count: int) -> list[int]:
    """The channel counts of `count` levels: doubling, capped."""
    return [min(max_features, block_expansion * 2**level) for level in range(count)]


class Encoder(nn.Module):
    """Halves the size once per block and keeps every level."""

    def __init__(self, in_features: int, levels: list[int]) -> None:
        super().__init__()
        inputs = [in_features, *levels[1:-1]]
        self.down_blocks = nn.ModuleList(map(DownBlock, inputs, levels[1:]))

    def forward(self, x: Tensor) -> list[Tensor]:
        """(N, in, H, W) -> the input and each block's output, largest first."""
        features = [x]
        for block in self.down_blocks:
            features.append(block(features[-1]))
        return features


class Decoder(nn.Module):
    """Doubles the size once per block, and after each puts the encoder's level behind its own channels."""

    def __init__(self, levels: list[int]) -> None:
        super().__init__()
        inputs = [levels[-1], *(2 * width for width in levels[-2:0:-1])]
        self.up_blocks = nn.ModuleList(map(UpBlock, inputs, levels[-2::-1]))

    def forward(self, features: list[Tensor]) -> Tensor:
        """The encoder's list -> (N, block_expansion + in, H, W)."""
        *skips, x = features
        for block, skip in zip(self.up_blocks, reversed(skips), strict=True):
            x = torch.cat((block(x), skip), 1)
        return x


class Hourglass(nn.Module):
    """Encoder, decoder and the skips between them; the last skip is the raw input."""

    def __init__(self, block_expansion: int, in_features: int, num_blocks: int, max_features: int) -> None:
        super().__init__()
        levels = widths(block_expansion, max_features, num_blocks + 1)
        self.encoder = Encoder(in_features, levels)
        self.decoder = Decoder(levels)
        self.out_features = levels[0] + in_features

    def forward(self, x: Tensor) -> Tensor:
        """(N, in, H, W) -> (N, out_features, H, W). Raises ValueError unless H and W divide by 2^num_blocks."""
        step = 2 ** len(self.encoder.down_blocks)
        if x.shape[-2] % step or x.shape[-1] % step:
            raise ValueError(f"the hourglass needs sides divisible by {step}, got {x.shape[-1]} x {x.shape[-2]}")
        return self.decoder(self.encoder(x))
