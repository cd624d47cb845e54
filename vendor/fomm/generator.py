# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The occlusion-aware generator (paper, section 3.3): encode the source, move its features, invent the rest."""

from typing import NamedTuple

from torch import Tensor, nn

from .blocks import DownBlock, ResBlock, SameBlock, UpBlock
from .configurations import GeneratorConfiguration
from .dense_motion import DenseMotion, DenseMotionNetwork
from .grids import resize, resize_flow, sample
from .hourglass import widths
from .keypoint_detector import Keypoints


class Generated(NamedTuple):
    """prediction: (N, C, H, W), RGB 0..1.   motion: what moved it.   deformed: the source image under the same flow."""

    prediction: Tensor
    motion: DenseMotion | None
    deformed: Tensor | None


class OcclusionAwareGenerator(nn.Module):
    """Source picture and two sets of keypoints -> the source in the driver's pose."""

    def __init__(self, configuration: GeneratorConfiguration) -> None:
        super().__init__()
        c = configuration
        self.configuration = c
        levels = widths(c.block_expansion, c.max_features, c.num_down_blocks + 1)
        if c.dense_motion is not None:
            self.dense_motion_network = DenseMotionNetwork(c.dense_motion, c.num_kp, c.num_channels)
        self.first = SameBlock(c.num_channels, levels[0], 7)
        self.down_blocks = nn.ModuleList(map(DownBlock, levels[:-1], levels[1:]))
        self.up_blocks = nn.ModuleList(map(UpBlock, levels[:0:-1], levels[-2::-1]))
        self.bottleneck = nn.Sequential()
        for index in range(c.num_bottleneck_blocks):
            self.bottleneck.add_module(f"r{index}", ResBlock(levels[-1]))
        self.final = nn.Conv2d(levels[0], c.num_channels, 7, padding=3)

    def forward(self, source: Tensor, kp_driving: Keypoints, kp_source: Keypoints) -> Generated:
        """source: (N, C, H, W), RGB 0..1; keypoints: N sets each. See the network's configuration for the corners."""
        features = self.encode(source)
        motion = deformed = None
        if self.configuration.dense_motion is not None:
            corners = self.configuration.align_corners
            motion = self.dense_motion_network(source, kp_driving, kp_source, corners)
            features = self.occlude(self.warp(features, motion.deformation), motion.occlusion_map)
            deformed = self.warp(source, motion.deformation)
        return Generated(self.decode(features), motion, deformed)

    def encode(self, source: Tensor) -> Tensor:
        """The source's features at a quarter of its size (for two down blocks)."""
        x = self.first(source)
        for block in self.down_blocks:
            x = block(x)
        return x

    def warp(self, image: Tensor, flow: Tensor) -> Tensor:
        """Move (N, C, H, W) by a flow of any size."""
        return sample(image, resize_flow(flow, *image.shape[-2:]), self.configuration.align_corners)

    def occlude(self, features: Tensor, occlusion_map: Tensor | None) -> Tensor:
        """Silence the features where the source does not show what is needed."""
        return features if occlusion_map is None else features * resize(occlusion_map, *features.shape[-2:])

    def decode(self, features: Tensor) -> Tensor:
        """Features -> RGB 0..1."""
        x = self.bottleneck(features)
        for block in self.up_blocks:
            x = block(x)
        return self.final(x).sigmoid()
