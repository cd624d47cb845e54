# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The input layer: waves of fixed frequency, moved and turned by the latent and by the user (section 3.2)."""

import math

import torch
from torch import Tensor, nn

from ..stylegan2_ada.layers import FullyConnectedLayer
from .shape import GeneratorShape


def moved(x: float = 0.0, y: float = 0.0, degrees: float = 0.0) -> Tensor:
    """The transform that shifts the picture, then turns it about its center: (3, 3), for `SynthesisInput`.

    x: to the right, y: down, in picture widths.   degrees: clockwise.
    """
    angle = math.radians(degrees)
    turn = torch.tensor([[math.cos(angle), -math.sin(angle), 0.0], [math.sin(angle), math.cos(angle), 0.0], [0, 0, 1]])
    shift = torch.tensor([[1.0, 0.0, x], [0.0, 1.0, y], [0.0, 0.0, 1.0]])
    return torch.linalg.inv(turn @ shift)  # the network asks where a sample comes from


class SynthesisInput(nn.Module):
    """Waves -> features of the first layer's input size."""

    def __init__(self, shape: GeneratorShape) -> None:
        super().__init__()
        self.band = shape.bands[0]
        channels = self.band.channels
        angle, radius = torch.rand(2, channels) * torch.tensor([[2 * math.pi], [1.0]])
        self.weight = nn.Parameter(torch.randn(channels, channels))
        self.affine = FullyConnectedLayer(shape.mapping.w_dim, 4)
        self.register_buffer("transform", torch.eye(3))
        self.register_buffer("freqs", torch.view_as_real(torch.polar(radius.sqrt() * self.band.cutoff, angle)))
        self.register_buffer("phases", torch.rand(channels) - 0.5)

    def forward(self, w: Tensor, transform: Tensor | None = None) -> Tensor:
        """w: (B, w_dim); transform: (3, 3) as `moved` makes it, None for the stored one. -> (B, C, n, n) float32."""
        where = self._placement(w, self.transform if transform is None else transform.to(w))
        phases = self.phases + (self.freqs @ where[:, :2, 2:])[:, :, 0]  # (B, C)
        freqs = self.freqs @ where[:, :2, :2]  # (B, C, 2)
        rate, cutoff = self.band.rate, self.band.cutoff
        fade = (1 - (freqs.norm(dim=2) - cutoff) / (rate / 2 - cutoff)).clamp(0, 1)  # what the grid cannot carry
        waves = torch.sin(2 * math.pi * (self._grid(w) @ freqs.mT[:, None] + phases[:, None, None]))  # (B, n, n, C)
        mixing = (self.weight / math.sqrt(self.weight.shape[1])).T
        return (waves * fade[:, None, None] @ mixing).permute(0, 3, 1, 2)  # (B, n, n, C) -> (B, C, n, n)

    def _placement(self, w: Tensor, transform: Tensor) -> Tensor:
        """(B, 3, 3): the latent's own rotation and shift after the user's transform."""
        own = self.affine(w)
        cos, sin, x, y = (own / own[:, :2].norm(dim=1, keepdim=True)).unbind(1)
        zero, one = torch.zeros_like(cos), torch.ones_like(cos)
        turn = torch.stack([cos, -sin, zero, sin, cos, zero, zero, zero, one], 1).view(-1, 3, 3)
        shift = torch.stack([one, zero, -x, zero, one, -y, zero, zero, one], 1).view(-1, 3, 3)
        return turn @ shift @ transform

    def _grid(self, like: Tensor) -> Tensor:
        """Centers of the samples, x then y, in picture widths from the middle: (n, n, 2)."""
        n = self.band.size
        line = ((2 * torch.arange(n, dtype=like.dtype, device=like.device) + 1) / n - 1) * (0.5 * n / self.band.rate)
        y, x = torch.meshgrid(line, line, indexing="ij")
        return torch.stack([x, y], 2)
