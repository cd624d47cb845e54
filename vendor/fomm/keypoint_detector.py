# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the parts of a picture are and how each is turned and stretched (paper, section 3.1), without labels."""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from .antialias import AntiAliasedDownscale
from .configurations import DetectorConfiguration
from .grids import expected_position
from .hourglass import Hourglass


class Keypoints(NamedTuple):
    """value: (N, K, 2), x and y in -1..1.   jacobian: (N, K, 2, 2), row = output axis; None for zero-order motion."""

    value: Tensor
    jacobian: Tensor | None = None

    def frames(self, index: int | slice | Tensor) -> "Keypoints":
        """Some of the N; an integer keeps the axis."""
        index = slice(index, index + 1) if isinstance(index, int) else index
        return Keypoints(*(None if part is None else part[index] for part in self))


class KeypointDetector(nn.Module):
    """Picture -> keypoints. Without training the Jacobians are identities."""

    def __init__(self, configuration: DetectorConfiguration) -> None:
        super().__init__()
        c = configuration
        self.configuration = c
        self.predictor = Hourglass(c.block_expansion, c.num_channels, c.num_blocks, c.max_features)
        self.kp = nn.Conv2d(self.predictor.out_features, c.num_kp, 7, padding=c.pad)
        if c.estimate_jacobian:
            maps = 1 if c.single_jacobian_map else c.num_kp
            self.jacobian = nn.Conv2d(self.predictor.out_features, 4 * maps, 7, padding=c.pad)
            nn.init.zeros_(self.jacobian.weight)
            self.jacobian.bias.data.copy_(torch.eye(2).flatten().repeat(maps))
        if c.scale_factor != 1:
            self.down = AntiAliasedDownscale(c.num_channels, c.scale_factor)

    def forward(self, image: Tensor) -> Keypoints:
        """image: (N, C, H, W), RGB 0..1 -> N sets of keypoints, in the coordinates of the heatmap's raster."""
        features = self.predictor(self.down(image) if self.configuration.scale_factor != 1 else image)
        heatmap = self.heatmaps(self.kp(features))
        jacobian = self._mean_jacobian(features, heatmap) if self.configuration.estimate_jacobian else None
        return Keypoints(expected_position(heatmap), jacobian)

    def heatmaps(self, logits: Tensor) -> Tensor:
        """Softmax over all places of each map, (N, K, H, W)."""
        return (logits.flatten(2) / self.configuration.temperature).softmax(-1).view_as(logits)

    def _mean_jacobian(self, features: Tensor, heatmap: Tensor) -> Tensor:
        maps = self.jacobian(features).unflatten(1, (-1, 4))  # (N, M, 4, h, w), M = K or 1
        mean = (heatmap[:, :, None] * maps).sum((-2, -1))  # (N, K, 4)
        return mean.unflatten(-1, (2, 2))
