# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a DualStyleGAN draws of a portrait, several ways at once, sharing what the ways have in common.

The numbers are those of vendor/dualstylegan; only the order differs. All of it holds for structure slots up to
32 pixels and color slots above, as published.
"""

import torch
from torch import Tensor

from ....vendor.dualstylegan.network import DualStyleGAN

Window = tuple[slice, slice]
ROUND = 4  # pixels at a window's edge that its surroundings would have changed


def draw_ways(
    network: DualStyleGAN,
    plain: Tensor,
    portrait: Tensor,
    extrinsic: Tensor,
    colors: tuple[Tensor, Tensor, Tensor],
    side: int,
    dtype: torch.dtype,
    window: Window | None = None,
) -> Tensor:
    """Three pictures each of B people: without a style, and twice in the structure of a style.

    plain, portrait: W+ (B, L, S) of the first picture and of the other two.   extrinsic: W+ of the exemplar.   colors:
    styles of the color slots of the three.   side: the resolution where to stop.   window: of the features one
    resolution below, all that is drawn in the last one. Returns (3 B, 3, side, side), or of the window's size doubled.
    """
    net, slots, n = network.generator, network.shape.generator.slots, network.shape.structure_slots
    structure = network.style(extrinsic[:, :n])
    noise = net.stored_noise()
    count, first = len(plain), torch.cat((plain, portrait))
    alpha = torch.ones(1)

    def shaped(x: Tensor, slot: int) -> Tensor:
        styled = network.res[slot](x[count:], structure[:, slot], alpha)
        return torch.cat((x[:count], styled))

    x = shaped(net.conv1(net.start(2 * count, dtype), first[:, 0], noise[0]), 0)
    rgb = net.to_rgb1(x, first[:, 1])
    w = first
    for i, to_rgb in zip(range(1, slots, 2), net.to_rgbs, strict=False):
        is_last = 4 << (i + 1) // 2 == side
        part = window if is_last and window is not None else None
        maps = noise[i : i + 2]
        if part is not None:
            x, rgb = x[..., part[0], part[1]], rgb[..., part[0], part[1]]
            double = tuple(slice(2 * cut.start, 2 * cut.stop) for cut in part)
            maps = [each[..., double[0], double[1]] for each in maps]
        for j in (0, 1):
            x = net.convs[i - 1 + j](x, w[:, i + j], maps[j])
            if i + j < n:
                x = shaped(x, i + j)
        if i + 2 == n:  # from here on the styled features go two ways
            x, rgb = (torch.cat((each, each[count:])) for each in (x, rgb))
            w = torch.cat(colors)
        rgb = to_rgb(x, w[:, i + 2], rgb)
        if is_last:
            return rgb
    raise ValueError(f"the network does not draw pictures of {side} pixels")
