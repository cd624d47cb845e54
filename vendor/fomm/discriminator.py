# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The patch discriminator of training, one per scale of an image pyramid. Rendering does not need it."""

from collections.abc import Mapping
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils import spectral_norm

from .configurations import DiscriminatorConfiguration
from .grids import gaussian_heatmaps
from .hourglass import widths
from .keypoint_detector import Keypoints


class Judgement(NamedTuple):
    """features: the output of each block, for feature matching.   realness: (N, 1, h, w), near 1 for real patches."""

    features: list[Tensor]
    realness: Tensor


class DiscriminatorBlock(nn.Module):
    """Unpadded 4 x 4 convolution, instance norm, leaky ReLU, and the mean of each 2 x 2."""

    def __init__(self, in_features: int, out_features: int, is_first: bool, is_last: bool, use_sn: bool) -> None:
        super().__init__()
        conv = nn.Conv2d(in_features, out_features, 4)
        self.conv = spectral_norm(conv) if use_sn else conv
        self.norm = None if is_first else nn.InstanceNorm2d(out_features, affine=True)
        self.is_last = is_last

    def forward(self, x: Tensor) -> Tensor:
        """(N, in, H, W) -> (N, out, (H - 3) // 2, (W - 3) // 2); the last block does not halve."""
        x = self.conv(x)
        x = F.leaky_relu(x if self.norm is None else self.norm(x), 0.2)
        return x if self.is_last else F.avg_pool2d(x, 2)


class Discriminator(nn.Module):
    """One scale: blocks, then a verdict per patch."""

    def __init__(self, configuration: DiscriminatorConfiguration) -> None:
        super().__init__()
        c = configuration
        self.configuration = c
        levels = widths(c.block_expansion, c.max_features, c.num_blocks + 1)
        levels[0] = c.num_channels + (c.num_kp if c.use_kp else 0)
        last = c.num_blocks - 1
        self.down_blocks = nn.ModuleList(
            DiscriminatorBlock(levels[i], levels[i + 1], i == 0, i == last, c.sn) for i in range(c.num_blocks)
        )
        conv = nn.Conv2d(levels[-1], 1, 1)
        self.conv = spectral_norm(conv) if c.sn else conv

    def forward(self, image: Tensor, keypoints: Keypoints | None = None) -> Judgement:
        """image: (N, C, H, W), RGB 0..1. keypoints: the driver's, asked for by `use_kp`; no gradient reaches them."""
        x = image
        if self.configuration.use_kp:
            points = keypoints.value.detach()
            x = torch.cat((x, gaussian_heatmaps(points, *x.shape[-2:], self.configuration.kp_variance)), 1)
        features = []
        for block in self.down_blocks:
            x = block(x)
            features.append(x)
        return Judgement(features, self.conv(x))


class MultiScaleDiscriminator(nn.Module):
    """One discriminator per scale of `DiscriminatorConfiguration.scales`."""

    def __init__(self, configuration: DiscriminatorConfiguration) -> None:
        super().__init__()
        self.discs = nn.ModuleDict({_key(scale): Discriminator(configuration) for scale in configuration.scales})

    def forward(self, pyramid: Mapping[float, Tensor], keypoints: Keypoints | None = None) -> dict[float, Judgement]:
        """pyramid: an image per scale (others are ignored) -> a judgement per scale."""
        return {
            scale: self.discs[_key(scale)](image, keypoints)
            for scale, image in pyramid.items()
            if _key(scale) in self.discs
        }


def _key(scale: float) -> str:
    return str(scale).replace(".", "-")  # a module's name may not hold a dot
