# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""KeypointDetector, faster. Always float32: a keypoint half a pixel off is a face that trembles."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..antialias import AntiAliasedDownscale
from ..grids import expected_position
from ..keypoint_detector import KeypointDetector, Keypoints
from .layers import Conv, FastHourglass


class FastDetector(nn.Module):
    """A trained detector rearranged."""

    def __init__(self, detector: KeypointDetector) -> None:
        super().__init__()
        self.configuration = detector.configuration
        self.down = FastDownscale(detector.down) if self.configuration.scale_factor != 1 else nn.Identity()
        self.predictor = FastHourglass(detector.predictor, torch.float32)
        heads = [detector.kp, detector.jacobian] if self.configuration.estimate_jacobian else [detector.kp]
        self.heads = merge(heads, torch.float32)

    def forward(self, image: Tensor) -> Keypoints:
        """image: (N, C, H, W), RGB 0..1 -> N sets of keypoints."""
        c = self.configuration
        image = image.contiguous(memory_format=torch.channels_last)
        maps = self.heads(self.predictor(self.down(image))).contiguous()
        logits, jacobians = maps[:, : c.num_kp], maps[:, c.num_kp :]
        heatmap = (logits.flatten(2) / c.temperature).softmax(-1).view_as(logits)
        value = expected_position(heatmap)
        if not c.estimate_jacobian:
            return Keypoints(value)
        entries = jacobians.unflatten(1, (-1, 4))  # (N, M, 4, h, w), M = K or 1
        # a matrix product would add the 3364 places one after the other: 30 x the rounding (measured)
        return Keypoints(value, (heatmap[:, :, None] * entries).sum((-2, -1)).unflatten(-1, (2, 2)))


class FastDownscale(nn.Module):
    """AntiAliasedDownscale: only the pixels that are kept are blurred."""

    def __init__(self, down: AntiAliasedDownscale) -> None:
        super().__init__()
        self.register_buffer("weight", down.weight)
        self.step = down.step

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) -> (N, C, ceil(H / step), ceil(W / step))."""
        channels, _, _, size = self.weight.shape
        return F.conv2d(x, self.weight, stride=self.step, padding=size // 2, groups=channels)


def merge(heads: list[nn.Conv2d], dtype: torch.dtype) -> Conv:
    """Convolutions over the same tensor as one; their outputs follow each other."""
    weight, bias = torch.cat([head.weight for head in heads]), torch.cat([head.bias for head in heads])
    return Conv(weight, bias, dtype, heads[0].padding[0])
