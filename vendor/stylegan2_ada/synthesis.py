# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the rows of w to the picture, block by block (StyleGAN2, figures 2 and 7)."""

import math
from collections import deque
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from .modulation import SynthesisLayer, ToRGBLayer, low_pass, upsample
from .shape import GeneratorShape


class Skip(nn.Module):
    """The shortcut of the 'resnet' architecture: 1 x 1 convolution to twice the size."""

    def __init__(self, shape: GeneratorShape, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, 1, 1))
        self.register_buffer("resample_filter", low_pass(shape.resample_filter))

    def forward(self, x: Tensor) -> Tensor:
        """(B, I, H, W) -> (B, O, 2H, 2W), times sqrt(1/2)."""
        weight = self.weight * math.sqrt(0.5 / self.weight.shape[1])
        return upsample(nn.functional.conv2d(x, weight.to(x.dtype)), self.resample_filter)


class SynthesisBlock(nn.Module):
    """The layers of one resolution: `conv0` (twice the size), `conv1`, `torgb`; the first starts from a constant."""

    def __init__(self, shape: GeneratorShape, resolution: int) -> None:
        super().__init__()
        index = shape.resolutions.index(resolution)
        self.may_be_half = resolution >= shape.half_from
        outputs = shape.channels[index]
        self.register_buffer("resample_filter", low_pass(shape.resample_filter))
        if index == 0:
            self.const = nn.Parameter(torch.randn(outputs, resolution, resolution >> shape.is_narrow))
        else:
            self.conv0 = SynthesisLayer(shape, shape.channels[index - 1], outputs, resolution, is_up=True)
        self.conv1 = SynthesisLayer(shape, outputs, outputs, resolution)
        if shape.has_picture(resolution):
            self.torgb = ToRGBLayer(shape, outputs)
        if index and shape.architecture == "resnet":
            self.skip = Skip(shape, shape.channels[index - 1], outputs)

    def forward(self, x: Tensor | None, ws: Tensor, noise: str = "const", is_half: bool = False) -> Tensor:
        """x: features of the block before, None for the first; ws: (B, convolutions, w_dim) -> (B, C, H, W)."""
        dtype = torch.float16 if is_half and self.may_be_half else torch.float32
        if hasattr(self, "const"):
            x = self.const.to(dtype).expand(len(ws), -1, -1, -1).contiguous(memory_format=torch.channels_last)
            return self.conv1(x, ws[:, 0], noise)
        x = x.to(dtype)
        y = self.conv0(x, ws[:, 0], noise)
        if hasattr(self, "skip"):
            return self.skip(x) + self.conv1(y, ws[:, 1], noise, gain=math.sqrt(0.5))
        return self.conv1(y, ws[:, 1], noise)

    def picture(self, x: Tensor, w: Tensor, smaller: Tensor | None) -> Tensor | None:
        """The picture so far: features of this block, added to the enlarged picture of the block before."""
        larger = None if smaller is None else upsample(smaller, self.resample_filter)
        if not hasattr(self, "torgb"):
            return larger
        colors = self.torgb(x, w)
        return colors if larger is None else larger + colors


class SynthesisNetwork(nn.Module):
    """The blocks `b4`, `b8`, ...

    A block takes as many rows of w as it has convolutions; its to-RGB layer shares the next block's first.
    """

    def __init__(self, shape: GeneratorShape) -> None:
        super().__init__()
        self.shape = shape
        for resolution in shape.resolutions:
            setattr(self, f"b{resolution}", SynthesisBlock(shape, resolution))

    def features(self, ws: Tensor, noise: str = "const", is_half: bool = False) -> Iterator[tuple[str, Tensor]]:
        """Name and output (B, C, H, W) of each block, coarse to fine; what is not asked for is not computed.

        ws: (B, num_ws, w_dim).   noise: 'const', 'random' or 'none'.   is_half: the finest blocks in half precision.
        """
        x, row = None, 0
        for resolution in self.shape.resolutions:
            rows = 1 if x is None else 2
            name = f"b{resolution}"
            x = getattr(self, name)(x, ws[:, row : row + rows], noise, is_half)
            row += rows
            yield name, x

    def pyramid(
        self, ws: Tensor, noise: str = "const", is_half: bool = False
    ) -> Iterator[tuple[str, Tensor, Tensor | None]]:
        """As `features`, with the picture so far (B, colors, H, W), None while there is none."""
        picture = None
        for index, (name, x) in enumerate(self.features(ws, noise, is_half)):
            picture = getattr(self, name).picture(x, ws[:, 2 * index + 1], picture)
            yield name, x, picture

    def forward(self, ws: Tensor, noise: str = "const", is_half: bool = False) -> Tensor:
        """The picture: (B, colors, H, W), float32, nominally -1..1, not clipped."""
        ((_, _, picture),) = deque(self.pyramid(ws, noise, is_half), maxlen=1)  # one block's features at a time
        return picture
