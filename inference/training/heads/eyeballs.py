# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Eyeballs: where they sit in a head, and a sphere to draw them with.

Not for: how an eye looks (eye_paint.py).
"""

import math

import torch
from torch import Tensor

from .anatomy import Anatomy

RINGS, SPOKES = 18, 28
REACH = 1.9  # radians from the pole that are drawn; the rest is never seen


def sphere(device: torch.device) -> tuple[Tensor, Tensor]:
    """Unit directions (E, 3), the pole along z, and triangles (T, 3)."""
    ring = torch.arange(RINGS, device=device) / (RINGS - 1) * REACH
    spoke = torch.arange(SPOKES, device=device) / SPOKES * 2 * math.pi
    x, y = ring.sin()[:, None] * spoke.cos(), ring.sin()[:, None] * spoke.sin()
    directions = torch.stack((x, y, ring.cos()[:, None].expand_as(x)), -1).view(-1, 3)
    index = torch.arange(RINGS * SPOKES, device=device).view(RINGS, SPOKES)
    after = index.roll(-1, 1)
    a, b, c, d = index[:-1], index[1:], after[1:], after[:-1]
    triangles = torch.stack((torch.stack((a, b, c), -1), torch.stack((a, c, d), -1)), -2).reshape(-1, 3)
    return directions, triangles


def place(anatomy: Anatomy, coarse: Tensor) -> tuple[Tensor, Tensor]:
    """Centers (B, 2, 3), right then left, and radii (B, 2) of the eyeballs in coarse vertices (B, V, 3)."""
    centers, radii = [], []
    for vertices in anatomy.eye_vertices:
        low, high = coarse[:, vertices].amin(1), coarse[:, vertices].amax(1)
        centers.append((low + high) / 2)
        radii.append((high - low)[:, :2].mean(1) / 2)
    return torch.stack(centers, 1), torch.stack(radii, 1)


def gaze_rotation(gaze: Tensor) -> Tensor:
    """Rotations (B, 3, 3) of eyeballs that look to the picture's right and up by `gaze` (B, 2), radians."""
    cx, sx, cy, sy = gaze[:, 0].cos(), gaze[:, 0].sin(), gaze[:, 1].cos(), gaze[:, 1].sin()
    zero = torch.zeros_like(cx)
    side = torch.stack((cx, zero, sx, zero, zero + 1, zero, -sx, zero, cx), -1).view(-1, 3, 3)
    lift = torch.stack((zero + 1, zero, zero, zero, cy, sy, zero, -sy, cy), -1).view(-1, 3, 3)
    return side @ lift
