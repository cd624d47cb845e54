# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""From two sets of keypoints to a backward flow and an occlusion map (paper, section 3.2)."""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from .antialias import AntiAliasedDownscale
from .configurations import MotionConfiguration
from .grids import coordinate_grid, gaussian_heatmaps, sample
from .hourglass import Hourglass
from .keypoint_detector import Keypoints


class DenseMotion(NamedTuple):
    """What moves where, at the motion network's resolution.

    sparse_deformed: (N, K+1, C, h, w), the source moved by each candidate.
    mask: (N, K+1, h, w), the weights of the candidates.   deformation: (N, h, w, 2), backward flow.
    occlusion_map: (N, 1, h, w), 1 keeps the warped source; None when not estimated.
    """

    sparse_deformed: Tensor
    mask: Tensor
    deformation: Tensor
    occlusion_map: Tensor | None


class DenseMotionNetwork(nn.Module):
    """Weighs one affine motion per keypoint, and a still background, at every place."""

    def __init__(self, configuration: MotionConfiguration, num_kp: int, num_channels: int) -> None:
        super().__init__()
        c = configuration
        self.configuration = c
        in_features = (num_kp + 1) * (num_channels + 1)
        self.hourglass = Hourglass(c.block_expansion, in_features, c.num_blocks, c.max_features)
        self.mask = nn.Conv2d(self.hourglass.out_features, num_kp + 1, 7, padding=3)
        if c.estimate_occlusion_map:
            self.occlusion = nn.Conv2d(self.hourglass.out_features, 1, 7, padding=3)
        if c.scale_factor != 1:
            self.down = AntiAliasedDownscale(num_channels, c.scale_factor)

    def forward(self, source: Tensor, kp_driving: Keypoints, kp_source: Keypoints, align_corners: bool) -> DenseMotion:
        """source: (N, C, H, W), RGB 0..1; keypoints of N pictures each. Jacobians are used when the driver has them."""
        small = self.down(source) if self.configuration.scale_factor != 1 else source
        height, width = small.shape[-2:]
        heatmaps = heatmap_difference(kp_driving, kp_source, height, width, self.configuration.kp_variance)
        motions = sparse_motions(kp_driving, kp_source, height, width)
        deformed = deform_source(small, motions, align_corners)
        features = self.hourglass(torch.cat((heatmaps, deformed), 2).flatten(1, 2))  # H0 R0 G0 B0 H1 R1 ...
        mask = self.mask(features).softmax(1)
        deformation = (mask[..., None] * motions).sum(1)
        occlusion = self.occlusion(features).sigmoid() if self.configuration.estimate_occlusion_map else None
        return DenseMotion(deformed, mask, deformation, occlusion)


def heatmap_difference(kp_driving: Keypoints, kp_source: Keypoints, height: int, width: int, variance: float) -> Tensor:
    """Gaussians at the driving keypoints minus those at the source's, zero for the background: (N, K+1, 1, h, w)."""
    driving = gaussian_heatmaps(kp_driving.value, height, width, variance)
    difference = driving - gaussian_heatmaps(kp_source.value, height, width, variance)
    return torch.cat((torch.zeros_like(difference[:, :1]), difference), 1)[:, :, None]


def sparse_motions(kp_driving: Keypoints, kp_source: Keypoints, height: int, width: int) -> Tensor:
    """The backward flow near each keypoint, after the identity for the background: (N, K+1, h, w, 2).

    T(z) = s + J_s J_d^-1 (z - d), s and d the keypoint in the source and in the driver, J their Jacobians
    (paper, equations 4 and 5).
    """
    identity = coordinate_grid(height, width, kp_driving.value)
    offsets = identity - kp_driving.value[:, :, None, None]  # (N, K, h, w, 2)
    if kp_driving.jacobian is not None:
        linear = kp_source.jacobian @ torch.inverse(kp_driving.jacobian)
        offsets = (linear[:, :, None, None] @ offsets[..., None])[..., 0]
    motions = offsets + kp_source.value[:, :, None, None]
    return torch.cat((identity.expand_as(motions[:, :1]), motions), 1)


def deform_source(source: Tensor, motions: Tensor, align_corners: bool) -> Tensor:
    """The source looked up through every candidate: (N, C, h, w), (N, K+1, h, w, 2) -> (N, K+1, C, h, w)."""
    count = motions.shape[1]
    copies = source[:, None].expand(-1, count, -1, -1, -1).flatten(0, 1)
    return sample(copies, motions.flatten(0, 1), align_corners).unflatten(0, (-1, count))
