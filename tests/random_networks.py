# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of small random networks whose pictures can be dragged."""

import torch
from network_pickles import dump, snapshot
from pastiche.vendor.stylegan2_ada.generator import Generator as StyleGAN2
from pastiche.vendor.stylegan2_ada.shape import GeneratorShape as StyleGAN2Shape
from pastiche.vendor.stylegan2_ada.shape import MappingShape
from pastiche.vendor.stylegan3.generator import Generator as StyleGAN3
from pastiche.vendor.stylegan3.shape import GeneratorShape as StyleGAN3Shape

SIZE = 128  # the smallest that has the block that dragging looks at
WIDE = 16


def stylegan2(seed=3, blocks=6, is_narrow=False):
    """A StyleGAN2 of 128 pixels, in milliseconds a step; of 256 with 7 blocks; half as wide as high."""
    torch.manual_seed(seed)
    mapping = MappingShape(WIDE, WIDE, 2 * blocks, num_layers=2, layer_features=WIDE)
    shape = StyleGAN2Shape(mapping, (12,) * blocks, is_narrow=is_narrow)
    return StyleGAN2(shape).requires_grad_(False)


def stylegan3(seed=3):
    """A StyleGAN3-t of 64 pixels: few channels, all of its layers."""
    torch.manual_seed(seed)
    mapping = MappingShape(WIDE, WIDE, 16, num_layers=2, layer_features=WIDE)
    return StyleGAN3(StyleGAN3Shape(mapping, 64, channel_base=512, channel_max=8)).requires_grad_(False)


def write_network(network, path):
    """As NVIDIA's programs write it; returns the path."""
    keywords = {} if isinstance(network, StyleGAN2) else {"channel_base": 512, "channel_max": 8}
    return dump(snapshot(network, keywords), path)
