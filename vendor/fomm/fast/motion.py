# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""DenseMotionNetwork, faster: one affine map per keypoint, the source's part of the input kept."""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from ..dense_motion import DenseMotionNetwork
from ..grids import coordinate_grid, sample
from ..keypoint_detector import Keypoints
from .detector import FastDownscale, merge
from .layers import FastHourglass


class MotionSource(NamedTuple):
    """What the motion network keeps of a source.

    small: (1, C, h, w), the downscaled picture.   still: (1, C, h, w), the same looked up without motion.
    heatmaps: (1, K, h, w).   keypoints: 1 set.   places: (h w, 3), x, y and 1 of every pixel.
    """

    small: Tensor
    still: Tensor
    heatmaps: Tensor
    keypoints: Keypoints
    places: Tensor


class FastMotion(nn.Module):
    """A trained dense motion network rearranged. dtype: of its hourglass; coordinates stay float32."""

    def __init__(self, network: DenseMotionNetwork, align_corners: bool, dtype: torch.dtype) -> None:
        super().__init__()
        self.configuration, self.align_corners, self.dtype = network.configuration, align_corners, dtype
        self.down = FastDownscale(network.down) if self.configuration.scale_factor != 1 else nn.Identity()
        self.hourglass = FastHourglass(network.hourglass, dtype)
        has_occlusion = self.configuration.estimate_occlusion_map
        self.heads = merge([network.mask, network.occlusion] if has_occlusion else [network.mask], dtype)
        self.candidates = network.mask.out_channels

    def prepare(self, source: Tensor, keypoints: Keypoints) -> MotionSource:
        """source: (1, C, H, W), RGB 0..1; its keypoints."""
        small = self.down(source)
        grid = coordinate_grid(*small.shape[-2:], like=small)
        places = torch.cat((grid, torch.ones_like(grid[..., :1])), -1).flatten(0, 1)
        still = sample(small, grid[None], self.align_corners)
        return MotionSource(small, still, self._gaussians(keypoints.value, *small.shape[-2:]), keypoints, places)

    def forward(self, source: MotionSource, kp_driving: Keypoints) -> tuple[Tensor, Tensor | None]:
        """Keypoints of N driving frames -> deformation (N, h, w, 2) and occlusion map (N, 1, h, w), both float32."""
        count, (height, width) = len(kp_driving.value), source.small.shape[-2:]
        maps = affine_maps(kp_driving, source.keypoints)  # (N, K+1, 2, 3)
        motions = source.places @ maps.transpose(-1, -2)  # (N, K+1, h w, 2)
        features = self.hourglass(self._picture(source, kp_driving, motions[:, 1:]))
        scores = self.heads(features).float().flatten(2)  # (N, K+1 or K+2, h w)
        mask = scores[:, : self.candidates].softmax(1)
        deformation = (mask[..., None] * motions).sum(1).unflatten(1, (height, width))
        if not self.configuration.estimate_occlusion_map:
            return deformation, None
        return deformation, scores[:, self.candidates :].sigmoid().view(count, 1, height, width)

    def _picture(self, source: MotionSource, kp_driving: Keypoints, motions: Tensor) -> Tensor:
        """The hourglass's input, (N, (K+1)(C+1), h, w): every candidate's heatmap and the source moved by it."""
        count, points = motions.shape[:2]
        channels, height, width = source.small.shape[1:]
        flow = motions.reshape(1, -1, width, 2)  # every candidate of every frame looks into the same picture
        moved = sample(source.small, flow, self.align_corners).view(channels, count, points, height, width)
        picture = source.small.new_zeros(count, points + 1, channels + 1, height, width)
        picture[:, 0, 1:] = source.still
        picture[:, 1:, 0] = self._gaussians(kp_driving.value, height, width) - source.heatmaps
        picture[:, 1:, 1:] = moved.permute(1, 2, 0, 3, 4)
        return picture.flatten(1, 2).to(self.dtype, memory_format=torch.channels_last)

    def _gaussians(self, points: Tensor, height: int, width: int) -> Tensor:
        """(N, K, 2) -> (N, K, h, w); a Gaussian is the product of its two profiles."""
        grid = coordinate_grid(height, width, points)
        exponent = -0.5 / self.configuration.kp_variance
        across = torch.exp(exponent * (grid[0, :, 0] - points[..., :1]).square())  # (N, K, w)
        down = torch.exp(exponent * (grid[:, 0, 1] - points[..., 1:]).square())  # (N, K, h)
        return down[..., None] * across[..., None, :]


def affine_maps(kp_driving: Keypoints, kp_source: Keypoints) -> Tensor:
    """T(z) = A z + c for every candidate, the still background first: (N, K+1, 2, 3), (A | c)."""
    count, points = kp_driving.value.shape[:2]
    identity = torch.eye(2, 3, dtype=kp_driving.value.dtype, device=kp_driving.value.device)
    linear = identity[:, :2].expand(count, points, 2, 2)
    if kp_driving.jacobian is not None:
        linear = kp_source.jacobian @ inverse(kp_driving.jacobian)
    offset = kp_source.value - (linear @ kp_driving.value[..., None])[..., 0]
    maps = torch.cat((linear, offset[..., None]), -1)
    return torch.cat((identity.expand(count, 1, 2, 3), maps), 1)


def inverse(matrices: Tensor) -> Tensor:
    """The inverse of (..., 2, 2) in closed form."""
    (a, b), (c, d) = (row.unbind(-1) for row in matrices.unbind(-2))
    adjugate = torch.stack((d, -b, -c, a), -1).unflatten(-1, (2, 2))
    return adjugate / (a * d - b * c)[..., None, None]
