# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The feature map that dragging looks at, as a function of the six rows of w that dragging moves.

Of StyleGAN2 it is the sixth block's, 128 x 128; of StyleGAN3 that of the layer `L5`. Nothing beyond it is computed,
and what does not depend on the moved rows is made once per latent. Of StyleGAN2 a part of the map can be had without
the rest.
"""

from itertools import islice

import torch
from torch import Tensor

from ....bridge.errors import InputError
from ....vendor.stylegan3.shape import GeneratorShape as StyleGAN3Shape
from ...weights.network_build import Generator
from .fixed_layers import FixedLayer, FixedLayers
from .moving_layer import MovingLayer
from .pixel_grid import Area

INDEX = 5  # of the block, counted from 0 (DragGAN, section 4: best for tracking and for motion)
MOVED_ROWS = 6


def feature_block(generator: Generator, ws: Tensor) -> "WholeBlock | SplitBlock":
    """The block of a network for edits of `ws` (1, num_ws, w_dim), whose rows from the seventh on stay as they are.

    Raises InputError for a network too small to have it.
    """
    shape = generator.shape
    is_third = isinstance(shape, StyleGAN3Shape)
    if len(shape.layers if is_third else shape.channels) <= INDEX:
        what = f"The network makes pictures of {shape.resolution} pixels; dragging needs at least 128."
        raise InputError(what, "Choose a larger network.")
    return SplitBlock(generator, ws) if not is_third and FixedLayers.fit(shape) else WholeBlock(generator, ws)


class WholeBlock:
    """By the network itself: any network. `size` of the map, `margin` of it on each side lies outside the picture."""

    early_size = None

    def __init__(self, generator: Generator, ws: Tensor) -> None:
        self.synthesis, self.rest = generator.synthesis, ws[:, MOVED_ROWS:].detach()
        self.margin = getattr(generator.shape, "margin_size", 0)
        with torch.no_grad():
            self.size = tuple(self(ws[:, :MOVED_ROWS]).whole().shape[:2])

    def __call__(self, rows: Tensor) -> "Features":
        """rows: (1, 6, w_dim), the moved ones."""
        maps = self.synthesis.features(torch.cat([rows, self.rest], 1))
        return Features(next(islice(maps, INDEX, None))[1])


class SplitBlock:
    """StyleGAN2 in two: layers up to `b32.conv0`, which the moved rows feed, and fixed ones from there on.

    `early_size`: of the map between the two.
    """

    margin = 0

    def __init__(self, generator: Generator, ws: Tensor) -> None:
        blocks = [getattr(generator.synthesis, f"b{4 << index}") for index in range(INDEX + 1)]
        layers = [block.conv1 for block in blocks[:1]] + [
            layer for block in blocks[1:] for layer in (block.conv0, block.conv1)
        ]
        self.const = blocks[0].const[None]
        self.size = (128, 128 >> generator.shape.is_narrow)
        self.early_size = (32, 32 >> generator.shape.is_narrow)
        with torch.no_grad():
            self.moving = [MovingLayer(layer) for layer in layers[:MOVED_ROWS]]
            fixed = [FixedLayer(layer, ws[:, row]) for row, layer in enumerate(layers) if row >= MOVED_ROWS]
        self.fixed = FixedLayers(fixed, self.size)

    def __call__(self, rows: Tensor) -> "Features":
        """rows: (1, 6, w_dim), the moved ones."""
        x = self.const
        for row, layer in enumerate(self.moving):
            x = layer(x, rows[:, row])
        return Features(x, self.fixed)


class Features:
    """The map of one step, in parts or whole; (rows, columns, C)."""

    def __init__(self, x: Tensor, fixed: FixedLayers | None = None) -> None:
        self.x, self.fixed = x, fixed
        self.map: Tensor | None = None if fixed else x
        self.parts: dict[Area, Tensor] = {}

    def whole(self) -> Tensor:
        """All of it, without gradient."""
        if self.map is None:
            self.map = self.fixed(self.x)
        return _rows_first(self.map.detach())

    def early(self) -> Tensor:
        """What enters the fixed layers, without gradient: picture and map follow from it alone. (m, n, C)."""
        return _rows_first(self.x.detach())

    def patch(self, area: Area) -> Tensor:
        """An area of it, without gradient."""
        if self.map is not None:
            return self.whole()[area.top : area.bottom, area.left : area.right]
        if area not in self.parts:
            self.parts[area] = self.fixed(self.x, area)
        return _rows_first(self.parts[area].detach())

    def backward(
        self, pulls: list[tuple[Area, Tensor]], everywhere: Tensor | None = None, early: Tensor | None = None
    ) -> None:
        """Carry gradients of patches, of the whole map, and of `early` to the rows; they add to what the rows have."""
        ends = {self.x: _like(self.x, early)} if early is not None else {}
        if self.map is None:
            sums = {area: torch.zeros_like(part) for area, part in self.parts.items()}
            for area, pull in pulls:
                _rows_first(sums[area]).add_(pull)
            ends |= {part: sums[area] for area, part in self.parts.items()}
        else:
            whole = torch.zeros_like(self.map) if everywhere is None else _like(self.map, everywhere)
            for area, pull in pulls:
                _rows_first(whole)[area.top : area.bottom, area.left : area.right] += pull
            ends[self.map] = whole
        torch.autograd.backward(list(ends), list(ends.values()))


def _like(x: Tensor, gradient: Tensor) -> Tensor:
    """A gradient (m, n, C) in the layout of x, (1, C, m, n)."""
    result = torch.empty_like(x)
    _rows_first(result).copy_(gradient)
    return result


def _rows_first(x: Tensor) -> Tensor:
    return x[0].permute(1, 2, 0)
