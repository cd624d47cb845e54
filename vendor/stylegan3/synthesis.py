# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the rows of w to the picture, layer by layer."""

from collections import deque
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from .fourier_input import SynthesisInput
from .layer import SynthesisLayer
from .shape import GeneratorShape


class SynthesisNetwork(nn.Module):
    """The input and the layers `L0_...` to `L14_...`. The first row of w is the input's, the next are the layers'."""

    def __init__(self, shape: GeneratorShape) -> None:
        super().__init__()
        self.shape = shape
        self.input = SynthesisInput(shape)
        for layer in shape.layers:
            setattr(self, layer.name, SynthesisLayer(layer, shape.mapping.w_dim, shape.conv_clamp))

    def features(
        self, ws: Tensor, noise: str = "const", is_half: bool = False, transform: Tensor | None = None
    ) -> Iterator[tuple[str, Tensor]]:
        """Name and output (B, C, n, n) of each layer, coarse to fine; what is not asked for is not computed.

        ws: (B, num_ws, w_dim).   noise: StyleGAN2's, has no effect here.   is_half: the finest layers in half
        precision. transform: (3, 3) from `fourier_input.moved`, None for the network's own.   A margin surrounds the
        picture in all but the last two outputs.
        """
        x = self.input(ws[:, 0], transform)
        for index, layer in enumerate(self.shape.layers):
            x = x.to(torch.float16 if is_half and layer.may_be_half else torch.float32)
            x = getattr(self, layer.name)(x, ws[:, index + 1])
            yield layer.name, x

    def forward(
        self, ws: Tensor, noise: str = "const", is_half: bool = False, transform: Tensor | None = None
    ) -> Tensor:
        """The picture: (B, colors, H, W), float32, nominally -1..1, not clipped. Arguments as of `features`."""
        ((_, x),) = deque(self.features(ws, noise, is_half, transform), maxlen=1)
        return x.float() * self.shape.output_scale
