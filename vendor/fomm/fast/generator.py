# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""OcclusionAwareGenerator, faster: the source is encoded once, then frames are painted from keypoints alone."""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from ..generator import OcclusionAwareGenerator
from ..grids import resize, resize_flow, sample
from ..keypoint_detector import Keypoints
from .layers import ColorHead, FastDown, FastRes, FastSame, FastUp
from .motion import FastMotion, MotionSource


class Source(NamedTuple):
    """What rendering keeps of a source: features (1, C, h, w) in float32, and the motion network's part."""

    features: Tensor
    motion: MotionSource


class FastGenerator(nn.Module):
    """A trained generator (with a motion network) rearranged.

    dtype: of the convolutions of every frame. The source's encoder, coordinates, lookups, softmax and sigmoid are
    float32 always: the encoder runs once, and in bfloat16 it alone would triple the difference.
    """

    def __init__(self, generator: OcclusionAwareGenerator, dtype: torch.dtype = torch.float32) -> None:
        super().__init__()
        self.align_corners, self.dtype = generator.configuration.align_corners, dtype
        self.dense_motion_network = FastMotion(generator.dense_motion_network, self.align_corners, dtype)
        self.first = FastSame(generator.first, torch.float32)
        self.down_blocks = nn.Sequential(*(FastDown(block, torch.float32) for block in generator.down_blocks))
        self.bottleneck = nn.Sequential(*(FastRes(block, dtype) for block in generator.bottleneck))
        self.up_blocks = nn.Sequential(*(FastUp(block, dtype) for block in generator.up_blocks))
        self.final = ColorHead(generator.final, dtype)

    def encode(self, source: Tensor, keypoints: Keypoints) -> Source:
        """source: (1, C, H, W), RGB 0..1, and its keypoints. Once per source."""
        image = source.contiguous(memory_format=torch.channels_last)
        features = self.down_blocks(self.first(image)).contiguous()
        return Source(features, self.dense_motion_network.prepare(source, keypoints))

    def forward(self, source: Source, kp_driving: Keypoints) -> Tensor:
        """Keypoints of N frames, already the source's own -> (N, C, H, W), RGB 0..1 in float32."""
        return self.paint(source, *self.dense_motion_network(source.motion, kp_driving))

    def paint(self, source: Source, deformation: Tensor, occlusion_map: Tensor | None) -> Tensor:
        """The frames from their motion: (N, h, w, 2) and (N, 1, h, w) or None."""
        height, width = source.features.shape[-2:]
        features = source.features.expand(len(deformation), -1, -1, -1)
        moved = sample(features, resize_flow(deformation, height, width), self.align_corners)
        if occlusion_map is not None:
            moved = moved * resize(occlusion_map, height, width)
        moved = moved.to(self.dtype, memory_format=torch.channels_last)
        return self.final(self.up_blocks(self.bottleneck(moved)))
