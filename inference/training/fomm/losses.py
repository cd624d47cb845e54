# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What training asks of detector and generator (paper, sections 3 and 4, and its supplement)."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from ....vendor.fomm.antialias import AntiAliasedDownscale
from ....vendor.fomm.discriminator import Judgement
from ....vendor.fomm.equivariance import RandomTransform
from ....vendor.fomm.keypoint_detector import KeypointDetector, Keypoints

SCALES = (1, 0.5, 0.25, 0.125)
PERCEPTUAL, EQUIVARIANCE, MATCHING = 10.0, 10.0, 10.0  # weights, of each layer, kind and block

Pyramid = dict[float, Tensor]


class ImagePyramid(nn.Module):
    """A picture at every one of SCALES, by the networks' own downscale."""

    def __init__(self, channels: int = 3) -> None:
        super().__init__()
        self.downs = nn.ModuleList(AntiAliasedDownscale(channels, scale) for scale in SCALES[1:])

    def forward(self, image: Tensor) -> Pyramid:
        """(N, C, H, W) -> scale: (N, C, H * scale, W * scale)."""
        return {1: image} | {scale: down(image) for scale, down in zip(SCALES[1:], self.downs, strict=True)}


def perceptual(features: nn.Module, generated: Pyramid, real: Pyramid) -> Tensor:
    """Mean absolute difference of features, summed over layers and scales."""
    total = generated[1].new_zeros(())
    for scale, image in generated.items():
        with torch.no_grad():
            wanted = features(real[scale])
        pairs = zip(features(image), wanted, strict=True)
        total = total + sum((found - target).abs().mean() for found, target in pairs)
    return PERCEPTUAL * total


def equivariance(
    detector: KeypointDetector, driving: Tensor, keypoints: Keypoints, transform: RandomTransform, align_corners: bool
) -> tuple[Tensor, Tensor | None]:
    """Keypoints of a deformed frame must be the deformed keypoints: of their places, and of their Jacobians if any."""
    moved = detector(transform.warp_frame(driving, align_corners))
    value = EQUIVARIANCE * (keypoints.value - transform.warp(moved.value)).abs().mean()
    if moved.jacobian is None:
        return value, None
    product = torch.inverse(keypoints.jacobian) @ (transform.jacobian(moved.value) @ moved.jacobian)
    return value, EQUIVARIANCE * (torch.eye(2).to(product) - product).abs().mean()


def adversarial(generated: Mapping[float, Judgement]) -> Tensor:
    """How far the discriminators are from taking the generated frames for real (least squares)."""
    return sum((1 - judgement.realness).square().mean() for judgement in generated.values())


def matching(generated: Mapping[float, Judgement], real: Mapping[float, Judgement]) -> Tensor:
    """Mean absolute difference of the discriminators' own features, summed over blocks and scales."""
    differences = (
        (found - wanted.detach()).abs().mean()
        for scale, judgement in generated.items()
        for found, wanted in zip(judgement.features, real[scale].features, strict=True)
    )
    return MATCHING * sum(differences)


def discrimination(generated: Mapping[float, Judgement], real: Mapping[float, Judgement]) -> Tensor:
    """How far the discriminators are from telling the two apart (least squares)."""
    return sum(
        ((1 - real[scale].realness).square() + judgement.realness.square()).mean()
        for scale, judgement in generated.items()
    )
