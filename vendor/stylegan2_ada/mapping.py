# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""From z (and a label) to the rows of w a picture takes, with truncation (StyleGAN, Karras et al. 2019)."""

import torch
from torch import Tensor, nn

from ..stylegan2.layers import pixel_norm
from .layers import FullyConnectedLayer
from .shape import MappingShape


class MappingNetwork(nn.Module):
    """StyleGAN2's and StyleGAN3's mapping network."""

    def __init__(self, shape: MappingShape) -> None:
        super().__init__()
        self.shape = shape
        inner = shape.layer_features or shape.w_dim
        embedded = (shape.embed_features or shape.w_dim) if shape.c_dim else 0
        widths = [shape.z_dim + embedded, *[inner] * (shape.num_layers - 1), shape.w_dim]
        if shape.c_dim:
            self.embed = FullyConnectedLayer(shape.c_dim, embedded)
        for i in range(shape.num_layers):
            layer = FullyConnectedLayer(widths[i], widths[i + 1], shape.activation, rate=shape.lr_multiplier)
            setattr(self, f"fc{i}", layer)
        self.register_buffer("w_avg", torch.zeros(shape.w_dim))

    def forward(self, z: Tensor, c: Tensor | None = None, psi: float = 1.0, cutoff: int | None = None) -> Tensor:
        """The latent of a picture: (B, num_ws, w_dim), float32, all rows alike but for the truncation.

        z: (B, z_dim), standard normal.   c: (B, c_dim) label, None for none: all zeros, which conditional networks
        take. psi: 1 the network's own variety, 0 its mean face.   cutoff: truncate the first rows only, None for all.
        """
        x = pixel_norm(z.float())
        if self.shape.c_dim:
            c = z.new_zeros(len(z), self.shape.c_dim) if c is None else c
            x = torch.cat([x, pixel_norm(self.embed(c))], 1)
        for i in range(self.shape.num_layers):
            x = getattr(self, f"fc{i}")(x)
        ws = x[:, None].repeat(1, self.shape.num_ws, 1)
        if psi != 1:
            ws[:, :cutoff] = self.w_avg.float().lerp(ws[:, :cutoff], psi)
        return ws
