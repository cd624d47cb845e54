# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Layers of StyleGAN2 whose row of w does not change: plain convolutions, made once per latent.

Style, demodulation and the activation's gain are multiplied into kernel, bias and noise. A part of the output can be
computed from the part of the input it sees; the numbers are those of the whole.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from ....vendor.stylegan2_ada.layers import ACTIVATIONS
from ....vendor.stylegan2_ada.modulation import SynthesisLayer, demodulation
from ....vendor.stylegan2_ada.shape import GeneratorShape
from .pixel_grid import Area
from .winograd import WinogradConv

Span = tuple[int, int]  # first and last, both included
_GAIN = ACTIVATIONS["lrelu"][1]


class FixedLayer:
    """One layer with its row of w."""

    def __init__(self, layer: SynthesisLayer, w: Tensor) -> None:
        style = layer.affine(w)
        scale = demodulation(layer.weight, style)[0, :, None, None, None] * style[0, :, None, None] * _GAIN
        self.is_up, self.clamp = layer.is_up, layer.clamp
        weight = layer.weight * scale
        self.bias = layer.bias * _GAIN
        grain = layer.noise("const", self.bias)
        self.noise = None if grain is None else grain * _GAIN
        if layer.is_up:
            weight = weight.transpose(0, 1)
            taps = layer.resample_filter
            self.filter = (taps.flip((0, 1)) * 4).expand(len(self.bias), 1, *taps.shape)
        self.weight = weight.contiguous(memory_format=torch.channels_last)
        self.winograd: WinogradConv | None = None  # made when the whole map is wanted

    def needs(self, span: Span, size: int) -> Span:
        """The samples of an input of that size which a span of the output sees."""
        first, last = span
        seen = ((first - 2) // 2, (last + 2) // 2) if self.is_up else (first - 1, last + 1)
        return max(seen[0], 0), min(seen[1], size - 1)

    def __call__(self, x: Tensor, seen: tuple[Span, Span], wanted: tuple[Span, Span]) -> Tensor:
        """x: (1, I, m, n), rows and columns `seen` of the input -> (1, O, m', n'), those `wanted` of the output."""
        if self.is_up:
            y = F.conv_transpose2d(x, self.weight, stride=2)
            seen = tuple((2 * first, 2 * last + 2) for first, last in seen)
            margin = (1, 2)  # of the four taps, before and after
        else:
            y, margin = x, (1, 1)
        pads = [
            amount
            for (have, there), (first, last) in zip(reversed(seen), reversed(wanted), strict=True)
            for amount in (have - first + margin[0], last + margin[1] - there)
        ]
        is_whole = pads == [1, 1, 1, 1]
        if not is_whole:
            y = F.pad(y, pads)
        if self.is_up:
            y = F.conv2d(y, self.filter, self.bias, padding=int(is_whole), groups=len(self.bias))
        elif is_whole and WinogradConv.suits(self.weight, tuple(x.shape[2:])):
            self.winograd = self.winograd or WinogradConv(self.weight)
            y = self.winograd(y).add_(self.bias[:, None, None])
        else:
            y = F.conv2d(y, self.weight, self.bias, padding=int(is_whole))
        return self._activate(y, wanted)

    def _activate(self, y: Tensor, wanted: tuple[Span, Span]) -> Tensor:
        (top, bottom), (left, right) = wanted
        if self.noise is not None:
            y = y.add_(self.noise[:, :, top : bottom + 1, left : right + 1])
        y = F.leaky_relu_(y, 0.2)
        return y if self.clamp is None else F.hardtanh(y, -self.clamp, self.clamp)


@dataclass
class FixedLayers:
    """Layers in a row; `size` is that of their last output."""

    layers: list[FixedLayer]
    size: tuple[int, int]

    @staticmethod
    def fit(shape: GeneratorShape) -> bool:
        """Whether a network's layers are of the plain kind."""
        return shape.architecture != "resnet" and shape.activation == "lrelu" and len(shape.resample_filter) == 4

    def __call__(self, x: Tensor, area: Area | None = None) -> Tensor:
        """x: the whole input (1, I, ...). Returns that part of the output, or all of it: (1, O, m, n)."""
        area = area or Area(0, self.size[0], 0, self.size[1])
        wanted = ((area.top, area.bottom - 1), (area.left, area.right - 1))
        steps, size = [], self.size
        for layer in reversed(self.layers):
            size = tuple(side // 2 for side in size) if layer.is_up else size
            seen = tuple(layer.needs(span, side) for span, side in zip(wanted, size, strict=True))
            steps.append((layer, seen, wanted))
            wanted = seen
        (top, bottom), (left, right) = wanted
        x = x[:, :, top : bottom + 1, left : right + 1]
        for layer, seen, wanted in reversed(steps):
            x = layer(x, seen, wanted)
        return x
