# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture painted over with brush strokes, broad ones first (after Hertzmann 1998, Litwinowicz 1997), and lines
combed along a flow (Cabral and Leedom 1993).

Each cell of a jittered grid holds one stroke; each pixel looks at the strokes of the cells around it and keeps the one
on top, so that a batch is painted at once. Not for: what the strokes show.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from .light import blur
from .noise import noise
from .regions import step


def flow_angle(picture: Tensor, sigma: float) -> Tensor:
    """Along which way a picture (B, 3, H, W) changes least: radians (B, 1, H, W), by its structure tensor."""
    gray = blur(picture.mean(1, keepdim=True), 0.5 * sigma)
    dx = F.pad(gray[..., 2:] - gray[..., :-2], (1, 1, 0, 0), "replicate")
    dy = F.pad(gray[..., 2:, :] - gray[..., :-2, :], (0, 0, 1, 1), "replicate")
    tensor = blur(torch.cat((dx * dx, dx * dy, dy * dy), 1), sigma)
    return 0.5 * torch.atan2(2 * tensor[:, 1:2], tensor[:, :1] - tensor[:, 2:]) + math.pi / 2


def paint(picture: Tensor, angle: Tensor, detail: Tensor, seed: Tensor, broad: float = 1.0) -> Tensor:
    """The picture (B, 3, H, W) sRGB 0..1, in oil.

    angle: (B, 1, H, W) of the strokes.   detail: (B, 1, H, W), where fine strokes go, 0..1.   seed: (B, 3).
    broad: width of the brushes, 1 usual at 256 pixels.
    """
    side = picture.shape[-1]
    unit = broad * side / 256
    canvas, height = blur(picture, 6 * unit), torch.zeros_like(picture[:, :1])
    for layer, (cell, long, least) in enumerate(((15, 2.2, -1.0), (8, 2.3, 0.02), (4.6, 2.2, 0.03), (2.7, 2.0, 0.035))):
        wanted = blur(picture, 0.32 * cell * unit)
        error = (canvas - wanted).abs().mean(1, keepdim=True)
        where = blur(error, 0.5 * cell * unit) * (1 + (1.5 if layer > 1 else 0) * detail) > least
        if layer == 3:
            where &= detail > 0.12
        color, thick, shown = _strokes(wanted, angle, where, seed + 5.3 * layer, cell * unit, long)
        canvas = torch.lerp(canvas, color, shown)
        height = torch.lerp(height * 0.6, thick, shown)
    weave_axis = (torch.arange(side, device=picture.device) + 0.5) * 2.1 * 256 / side
    weave = 0.5 + 0.25 * (torch.sin(weave_axis)[:, None] + torch.sin(weave_axis))
    height = height + 0.12 * weave
    slope = F.pad(height[..., 1:, 1:] - height[..., :-1, :-1], (0, 1, 0, 1))
    return (canvas + 0.16 * (-slope).clamp(-0.6, 0.6) + 0.02 * (height - 0.5)).clamp(0, 1)


def _strokes(
    picture: Tensor, angle: Tensor, where: Tensor, seed: Tensor, cell: float, long: float
) -> tuple[Tensor, Tensor, Tensor]:
    """Color (B, 3, H, W), thickness and coverage (B, 1, H, W) of one layer."""
    batch, _c, height, width = picture.shape
    rows, columns = math.ceil(height / cell) + 1, math.ceil(width / cell) + 1
    axis_y, axis_x = torch.arange(rows, device=picture.device), torch.arange(columns, device=picture.device)
    grid = torch.stack(torch.meshgrid(axis_y, axis_x, indexing="ij"), -1).float()
    spots = torch.cat((grid, torch.zeros_like(grid[..., :1])), -1)[None] + seed[:, None, None].floor() + 0.5
    dice = noise(spots.reshape(-1, 3), 1.0).view(batch, rows, columns, 4)
    cy, cx = ((grid[..., k] + 0.15 + 0.7 * dice[..., k]) * cell for k in (0, 1))
    at = torch.stack((cx / width * 2 - 1, cy / height * 2 - 1), -1)

    def read(image: Tensor, mode: str = "bilinear") -> Tensor:
        return F.grid_sample(image, at, mode=mode, padding_mode="border", align_corners=False)

    turn = read(angle, "nearest")[:, 0] + 0.5 * (dice[..., 2] - 0.5)
    color = read(picture) + 0.055 * (dice[..., :3].permute(0, 3, 1, 2) - 0.5)
    present = read(where.float(), "nearest")[:, 0]
    cells = torch.cat((
        color, torch.stack((cx, cy, turn.cos(), turn.sin(), present, dice[..., 3], dice[..., 2]), 1)
    ), 1).flatten(2)  # fmt: skip
    y, x = torch.meshgrid(
        torch.arange(height, device=picture.device), torch.arange(width, device=picture.device), indexing="ij"
    )
    home_y, home_x = (y / cell).long(), (x / cell).long()
    best = torch.full((batch, height, width), -1.0, device=picture.device)
    out = torch.zeros(batch, 5, height, width, device=picture.device)
    reach = math.ceil(long * 0.5 + 0.35)
    for dy in range(-reach, reach + 1):
        for dx in range(-reach, reach + 1):
            index = ((home_y + dy).clamp(0, rows - 1) * columns + (home_x + dx).clamp(0, columns - 1)).view(-1)
            c = cells[:, :, index].view(batch, -1, height, width)
            ox, oy = x + 0.5 - c[:, 3], y + 0.5 - c[:, 4]
            u = (ox * c[:, 5] + oy * c[:, 6]) / (0.5 * long * cell)
            v = (oy * c[:, 5] - ox * c[:, 6]) / (0.62 * cell)
            hair = torch.sin(v * 9 + c[:, 8] * 40) * 0.5 + 0.5 * torch.sin(v * 17 + c[:, 9] * 60)
            edge = 1 - step(u.abs() + 0.16 * hair * u.abs() + 0.25 * v * v, 0.78, 1.0)
            alpha = edge * (1 - step(v.abs(), 0.72, 1.0)) * c[:, 7]
            wins = (alpha > 0.35) & (c[:, 8] > best)
            best = torch.where(wins, c[:, 8], best)
            thick = (0.55 + 0.3 * hair) * (1 - 0.6 * v * v) + 0.35 * step(u, 0.5, 1.0)
            mine = torch.cat((c[:, :3] + 0.012 * hair[:, None], thick[:, None], alpha[:, None]), 1)
            out = torch.where(wins[:, None], mine, out)
    return out[:, :3], out[:, 3:4], (out[:, 4:] * 1.6).clamp(0, 1)


def combed(values: Tensor, angle: Tensor, length: float) -> Tensor:
    """Values (B, 1, H, W) averaged along the flow over `length` pixels to either side."""
    batch, _c, height, width = values.shape
    y, x = torch.meshgrid(
        torch.arange(height, device=values.device), torch.arange(width, device=values.device), indexing="ij"
    )
    start = torch.stack((x, y), -1)[None].expand(batch, -1, -1, -1) + 0.5
    size = start.new_tensor((width, height))
    field = torch.cat((angle.cos(), angle.sin()), 1)
    total, count = values.clone(), 1
    steps = max(2, round(length / 1.5))
    for sign in (-1, 1):
        place = start.float()
        heading = sign * field.permute(0, 2, 3, 1)
        for _ in range(steps):
            place = place + 1.5 * heading
            grid = place / size * 2 - 1
            total = total + F.grid_sample(values, grid, padding_mode="reflection", align_corners=False)
            count += 1
            found = F.grid_sample(field, grid, mode="nearest", padding_mode="border", align_corners=False)
            found = found.permute(0, 2, 3, 1)
            heading = torch.where((found * heading).sum(-1, keepdim=True) < 0, -found, found)
    return total / count
