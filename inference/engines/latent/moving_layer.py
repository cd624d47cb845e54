# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Layers of StyleGAN2 whose row of w moves, on small maps, with what does not move made once.

A convolution on 4 to 16 pixels a side is bound by reading its kernel: here it is one product with a matrix that is
kept in the right order. Input and output are scaled rather than the kernel, so the backward pass needs no gradient of
it.
"""

import math

import torch.nn.functional as F
from torch import Tensor

from ....vendor.stylegan2_ada.modulation import SynthesisLayer


class MovingLayer:
    """One layer for any row of w."""

    def __init__(self, layer: SynthesisLayer) -> None:
        self.layer = layer
        weight = layer.weight
        outputs, inputs = weight.shape[:2]
        self.energy = weight.square().sum((2, 3)).T.contiguous()  # (I, O)
        if layer.is_up:
            self.matrix = weight.permute(0, 2, 3, 1).reshape(outputs * 9, inputs).contiguous()
            taps = layer.resample_filter
            self.filter = (taps.flip((0, 1)) * 4).expand(outputs, 1, *taps.shape)
        else:
            self.matrix = weight.reshape(outputs, inputs * 9)
        grain = layer.noise("const", layer.bias)
        self.shift = layer.bias[:, None, None] if grain is None else layer.bias[:, None, None] + grain

    def __call__(self, x: Tensor, w: Tensor) -> Tensor:
        """x: (1, I, n, m), w: (1, w_dim) -> (1, O, n, m), or twice as large."""
        style = self.layer.affine(w)
        scale = (style.square() @ self.energy + 1e-8).rsqrt()
        y = self._convolve(x * style[:, :, None, None]) * scale[:, :, None, None]
        y = F.leaky_relu(y + self.shift, 0.2) * math.sqrt(2)
        clamp = self.layer.clamp
        return y if clamp is None else y.clamp(-clamp, clamp)

    def _convolve(self, x: Tensor) -> Tensor:
        height, width = x.shape[2:]
        if self.layer.is_up:
            spread = self.matrix @ x.flatten(2)
            y = F.fold(spread, (2 * height + 1, 2 * width + 1), 3, stride=2)
            return F.conv2d(y, self.filter, padding=1, groups=y.shape[1])
        return (self.matrix @ F.unfold(x, 3, padding=1)).unflatten(2, (height, width))
