# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a stylized picture is told by (Yang et al. 2022, section 3.3): is it painted as the exemplar, is it the person.

Features are lists of (B, C, H, W), fine to coarse, as training/perceptual.py makes them; published weights are for
VGG-19's second and third blocks, MIDDLE and COARSE here. Not for: adversarial losses (stylegan2/duel.py).
"""

from collections.abc import Iterable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

MIDDLE, COARSE = 1, 2
BANDWIDTH = 0.2


def perceptual(made: list[Tensor], wanted: list[Tensor]) -> Tensor:
    """The picture of an exemplar's own face looks like the exemplar."""
    return 0.5 * F.l1_loss(made[MIDDLE], wanted[MIDDLE]) + F.l1_loss(made[COARSE], wanted[COARSE])


def contextual(made: Tensor, wanted: Tensor) -> Tensor:
    """Every feature of the exemplar has a like one in the picture, wherever it is (Mechrez et al. 2018).

    (B, C, H, W) each; cosine distances, relative to the nearest, through a bandwidth. Takes (H * W)^2 numbers each.
    """
    center = wanted.mean((0, 2, 3), keepdim=True)
    ours, theirs = (F.normalize(features - center, dim=1).flatten(2) for features in (made, wanted))
    far = 1 - ours.transpose(1, 2) @ theirs  # (B, made places, wanted places)
    relative = far / (far.amin(2, keepdim=True) + 1e-5)
    alike = torch.softmax((1 - relative) / BANDWIDTH, 2)
    return -(alike.amax(1).mean(1) + 1e-5).log().mean()


def matching(made: list[Tensor], wanted: list[Tensor]) -> Tensor:
    """The features have the same means: colors and textures in all."""
    return sum(F.mse_loss(made[level].mean((2, 3)), wanted[level].mean((2, 3))) for level in (MIDDLE, COARSE))


def another_person(made: Tensor, wanted: Tensor) -> Tensor:
    """1 - the cosine of two descriptors (B, F) of unit length, in the mean."""
    return 1 - (made * wanted).sum(1).mean()


def size_of(modules: Iterable[nn.Module]) -> Tensor:
    """The sum of the norms of all tensors: what keeps residual blocks from doing more than the style needs."""
    return sum(parameter.norm() for module in modules for parameter in module.parameters())
