# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is behind a head: a wall with a glow, a blurred room, foliage, or lights out of focus. Linear colors."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from .noise import noise, octaves
from .person import Shot
from .regions import step

_SIDE = 128  # it is out of focus


def backdrop(shot: Shot, side: int) -> Tensor:
    """(B, 3, side, side), linear."""
    small = _paint(shot, min(side, _SIDE))
    return F.interpolate(small, (side, side), mode="bicubic", align_corners=False).clamp(0.002, 1.2)


def _paint(shot: Shot, side: int) -> Tensor:
    batch, device = len(shot.key), shot.key.device
    axis = (torch.arange(side, device=device) + 0.5) / side
    y, x = torch.meshgrid(axis, axis, indexing="ij")
    x, y = x.expand(batch, -1, -1), y.expand(batch, -1, -1)
    kind, focus, contrast = (shot.backdrop[:, k, None, None] for k in range(3))
    place = shot.backdrop[:, 3:]
    first, second, third = (shot.backdrop_colors[:, k, :, None, None] for k in range(3))
    points = (torch.stack((x, y, x * 0), -1).reshape(batch, -1, 3) + place[:, None]).reshape(-1, 3)

    def at(frequency: float, count: int, channel: int) -> Tensor:
        return octaves(points, frequency, count)[:, channel].view(batch, side, side)

    center = 0.5 + 0.3 * (place[:, :2] / 32 - 0.5)
    glow = torch.exp(-((x - center[:, :1, None]) ** 2 + (y - center[:, 1:, None]) ** 2) * 3.2)
    wall = torch.lerp(first * 0.45, first * 1.15 + 0.05, (glow * (0.9 + 0.2 * at(5.0, 4, 0)))[:, None])
    soft = 0.02 + 0.12 * focus
    rows = torch.sin((x * (3 + 4 * contrast) + place[:, :1, None]) * math.pi)
    planks = torch.sigmoid((rows + 0.6 * (at(1.7, 2, 1) - 0.5)) / soft)
    upper = torch.sigmoid((y - 0.35 - 0.3 * focus + 0.05 * torch.sin(place[:, 1:2, None])) / soft)
    room = torch.lerp(second, third, planks[:, None])
    room = torch.lerp(room, first * 0.8, (upper * 0.7)[:, None])
    clouds = torch.lerp(first, second, step(at(2.2, 4, 2), 0.3, 0.7)[:, None])
    clouds = torch.lerp(clouds, third, step(at(4.5, 3, 3), 0.52, 0.72)[:, None] * 0.7)
    lights = first * 0.12 + second * 0.1 * at(2.0, 2, 1)[:, None]
    for layer in range(3):
        lights = lights + _discs(x, y, place, 4 + 2 * layer, 0.04 + 0.05 * focus, layer)[:, None] * (
            (second, third, first)[layer] * 0.9 + 0.15
        )
    kind = kind[:, None]
    picture = torch.where(kind < 0.42, wall, torch.where(kind < 0.62, room, torch.where(kind < 0.84, clouds, lights)))
    shade = 1 - 0.25 * (y - 0.5)[:, None]
    return picture * shade


def _discs(x: Tensor, y: Tensor, place: Tensor, cells: int, radius: Tensor, layer: int) -> Tensor:
    """Discs, one per cell of a grid at a random place and with a random brightness."""
    total = torch.zeros_like(x)
    column, row = (x * cells).floor(), (y * cells).floor()
    for dx in (-1, 0, 1):
        for dy in (-1, 0, 1):
            cell = torch.stack((column + dx + 0.5, row + dy + 0.5, torch.full_like(x, layer + 0.5)), -1)
            dice = noise((cell + place[:, None, None].floor()).reshape(-1, 3), 1.0).view(*x.shape, 4)
            cx, cy = (column + dx + dice[..., 0]) / cells, (row + dy + dice[..., 1]) / cells
            distance = ((x - cx) ** 2 + (y - cy) ** 2).sqrt()
            mine = radius * (0.6 + 0.8 * dice[..., 3])
            total = total + torch.sigmoid((mine - distance) * 220) * step(dice[..., 2], 0.45, 0.8)
    return total
