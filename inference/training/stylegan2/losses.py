# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The losses of StyleGAN2 (Karras et al. 2020, "Analyzing and Improving the Image Quality of StyleGAN")."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor


def adversarial(fake: Tensor) -> Tensor:
    """The generator's, non-saturating (Goodfellow et al. 2014), of scores (B, 1)."""
    return F.softplus(-fake).mean()


def discrimination(real: Tensor, fake: Tensor) -> Tensor:
    """The discriminator's, of scores (B, 1) each."""
    return F.softplus(-real).mean() + F.softplus(fake).mean()


def gradient_penalty(scores: Tensor, pictures: Tensor) -> Tensor:
    """R1 (Mescheder et al. 2018): the mean squared gradient of the scores of real pictures (B, 3, H, W)."""
    (gradient,) = torch.autograd.grad(scores.sum(), pictures, create_graph=True)
    return gradient.square().sum((1, 2, 3)).mean()


def path_lengths(pictures: Tensor, latents: Tensor, noise: Tensor) -> Tensor:
    """How far pictures (B, 3, H, W) move for a step of their latents (B, L, S), along noise of their shape: (B,)."""
    scaled = noise / math.sqrt(pictures.shape[2] * pictures.shape[3])
    (gradient,) = torch.autograd.grad((pictures * scaled).sum(), latents, create_graph=True)
    return gradient.square().sum(2).mean(1).sqrt()


class PathMean:
    """The running mean of path lengths, which the penalty pulls every length towards."""

    DECAY = 0.01

    def __init__(self) -> None:
        self.mean = torch.zeros(())

    def penalty(self, lengths: Tensor) -> Tensor:
        """Of lengths (B,); the mean follows them."""
        self.mean = self.mean.to(lengths.device)
        self.mean = self.mean + self.DECAY * (lengths.detach().mean() - self.mean)
        return (lengths - self.mean).square().mean()

    def state_dict(self) -> dict[str, Tensor]:
        """The state."""
        return {"mean": self.mean.cpu()}

    def load_state_dict(self, state: dict[str, Tensor]) -> None:
        """Take a state over."""
        self.mean = state["mean"]
