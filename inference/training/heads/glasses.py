# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Glasses: two rims, a bridge and two temples as tubes. Not for: how they shine."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

_RIM, _BAR, _SIDES = 36, 8, 6


def triangles(device: torch.device) -> Tensor:
    """(T, 3) for the vertices of `vertices`."""
    parts, start = [], 0
    for count, is_closed in ((_RIM, True), (_RIM, True), (_BAR, False), (_BAR, False), (_BAR, False)):
        index = torch.arange(count * _SIDES, device=device).view(count, _SIDES) + start
        ahead = index.roll(-1, 0) if is_closed else index[1:]
        here = index if is_closed else index[:-1]
        a, b, c, d = here, ahead, ahead.roll(-1, 1), here.roll(-1, 1)
        parts.append(torch.stack((torch.stack((a, b, c), -1), torch.stack((a, c, d), -1)), -2).reshape(-1, 3))
        start += count * _SIDES
    return torch.cat(parts)


def vertices(shape: Tensor, eyes: Tensor, scale: float) -> Tensor:
    """(B, N, 3) for a shape (B, 5: worn, half width, half height, roundness, thickness) before eyes (B, 2, 3)."""
    _worn, wide, high, power, thick = (column[:, None] for column in shape.unbind(1))
    grow = 1 + 0.8 * (scale - 1)
    wide, high = wide * grow, high * grow
    middle = eyes.mean(1)
    apart = torch.maximum((eyes[:, 1, 0] - eyes[:, 0, 0]).abs()[:, None] / 2, wide + 0.045)
    angle = torch.arange(_RIM, device=shape.device) / _RIM * 2 * math.pi
    cos, sin = angle.cos(), angle.sin()
    x = wide * cos.sign() * cos.abs() ** (2 / power)
    y = high * sin.sign() * sin.abs() ** (2 / power)
    front = middle[:, 2:] + 0.29 + 0.03 * (scale - 1)
    lines = []
    for sign in (-1, 1):
        at = sign * apart + x
        z = front - 0.16 * at**2
        lines.append(torch.stack((middle[:, :1] + at, middle[:, 1:2] - 0.03 + y, z.expand_as(at)), -1))
    t = torch.linspace(-1, 1, _BAR, device=shape.device)
    half = apart - wide
    bar = half * t
    lines.append(
        torch.stack(
            (middle[:, :1] + bar, middle[:, 1:2] + 0.03 + 0.03 * (1 - t**2) + bar * 0, front + bar * 0 + 0.01), -1
        )
    )
    t = torch.linspace(0, 1, _BAR, device=shape.device)
    for sign in (-1, 1):
        edge = apart + wide
        x = middle[:, :1] + sign * (edge + (0.75 - edge).clamp(min=0.02) * t.clamp(max=0.35) / 0.35)
        z = front - 0.16 * edge**2 - 1.0 * t
        lines.append(torch.stack((x, middle[:, 1:2] + 0.05 - 0.04 * t + x * 0, z + x * 0), -1))
    return torch.cat([_tube(line, thick, index < 2) for index, line in enumerate(lines)], 1)


def _tube(line: Tensor, radius: Tensor, is_closed: bool) -> Tensor:
    """Points (B, N * SIDES, 3) around a line (B, N, 3)."""
    ahead = line.roll(-1, 1) if is_closed else torch.cat((line[:, 1:], 2 * line[:, -1:] - line[:, -2:-1]), 1)
    along = F.normalize(ahead - line, dim=-1, eps=1e-9)
    up = line.new_tensor((0.31, 0.2, 0.93)).expand_as(along)
    one = F.normalize(torch.linalg.cross(along, up), dim=-1, eps=1e-9)
    other = torch.linalg.cross(along, one)
    angle = torch.arange(_SIDES, device=line.device) / _SIDES * 2 * math.pi
    ring = one[:, :, None] * angle.cos()[:, None] + other[:, :, None] * angle.sin()[:, None]
    return (line[:, :, None] + ring * radius[..., None, None]).flatten(1, 2)
