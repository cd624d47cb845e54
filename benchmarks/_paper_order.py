# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""DualStyleGAN in the order its papers write it down: the baseline of benchmarks/stylize.py.

Weights are modulated for each picture and grouped, filters run with the channels folded into the batch, noise, bias and
gain take a pass each, pictures are NCHW. The same numbers as vendor/dualstylegan, from the same network.
"""

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor


def contiguous(network: torch.nn.Module) -> None:
    """Every weight back to NCHW."""
    for parameter in network.parameters():
        parameter.data = parameter.data.contiguous()


def stylize(network: torch.nn.Module, intrinsic: Tensor, extrinsic: Tensor, weights: Sequence[float]) -> Tensor:
    """The picture (B, 3, size, size) of W+ latents (B, L, S), with the stored noise."""
    net, structure_slots = network.generator, network.shape.structure_slots
    structure = network.style(extrinsic[:, :structure_slots])

    def layer(conv: torch.nn.Module, x: Tensor, slot: int) -> Tensor:
        y = _modulated(conv.conv, x, style(slot)) + conv.noise.weight * getattr(net.noises, f"noise_{slot}")
        x = F.leaky_relu(y + conv.activate.bias[:, None, None], 0.2) * math.sqrt(2)
        if slot >= structure_slots or not weights[slot]:
            return x
        return network.res[slot](x, structure[:, slot], torch.tensor([weights[slot]]))

    def style(slot: int) -> Tensor:
        if slot < structure_slots:
            return intrinsic[:, slot]
        return weights[slot] * network.res[slot](extrinsic[:, slot]) + (1 - weights[slot]) * intrinsic[:, slot]

    def picture(to_rgb: torch.nn.Module, x: Tensor, slot: int, before: Tensor | None) -> Tensor:
        rgb = _modulated(to_rgb.conv, x, style(slot)) + to_rgb.bias
        return rgb if before is None else rgb + _filtered(before, to_rgb.upsample.kernel, up=2, pad=(2, 1))

    x = layer(net.conv1, net.input.input.repeat(len(intrinsic), 1, 1, 1), 0)
    rgb = picture(net.to_rgb1, x, 1, None)
    for slot, to_rgb in zip(range(1, network.shape.generator.slots, 2), net.to_rgbs, strict=False):
        x = layer(net.convs[slot - 1], x, slot)
        x = layer(net.convs[slot], x, slot + 1)
        rgb = picture(to_rgb, x, slot + 2, rgb)
    return rgb


def _modulated(conv: torch.nn.Module, x: Tensor, style: Tensor) -> Tensor:
    batch, inputs = x.shape[:2]
    weight = conv.weight * conv.modulation(style)[:, None, :, None, None] / math.sqrt(conv.weight[0, 0].numel())
    if conv.is_demodulated:
        weight = weight * torch.rsqrt(weight.square().sum((2, 3, 4), keepdim=True) + 1e-8)
    grouped = x.reshape(1, batch * inputs, *x.shape[2:])
    if conv.is_up:
        y = F.conv_transpose2d(grouped, weight.transpose(1, 2).flatten(0, 1), stride=2, groups=batch)
        return _filtered(y.unflatten(1, (batch, -1))[0], conv.blur.kernel, pad=(1, 1))
    y = F.conv2d(grouped, weight.flatten(0, 1), padding=weight.shape[-1] // 2, groups=batch)
    return y.unflatten(1, (batch, -1))[0]


def _filtered(x: Tensor, kernel: Tensor, up: int = 1, pad: tuple[int, int] = (0, 0)) -> Tensor:
    batch, channels, height, width = x.shape
    spread = F.pad(x.reshape(-1, 1, height, 1, width, 1), (0, up - 1, 0, 0, 0, up - 1))
    spread = F.pad(spread.reshape(-1, 1, height * up, width * up), (*pad, *pad))
    return F.conv2d(spread, kernel.flip((0, 1))[None, None]).unflatten(0, (batch, channels))[:, :, 0]
