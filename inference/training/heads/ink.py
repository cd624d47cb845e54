# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Contours, as a draftsman draws them: where matter, depth or direction changes (after Saito and Takahashi 1990)."""

import torch
import torch.nn.functional as F
from torch import Tensor

from .regions import step
from .scene import HAIR, View
from .surfaces import Surfaces


def contours(view: View, s: Surfaces, width: float, creases: float = 1.0) -> Tensor:
    """Lines (B, 1, side, side), 0..1.   width: in parts of the picture's side.   creases: how many inner lines."""
    seen, side = view.seen, view.side
    lock = view.stage.scalp.guide[s.rest[:, 2].long().clamp(0, len(view.stage.scalp.guide) - 1)]
    matter = s.part.float() + 10 * (s.paint.cloth > 0.5)
    depth = seen.image(s.position[:, 2:], -9.0)
    scale = side / 512
    lines = _jumps(seen.image(matter[:, None], -5.0), 0.5)
    lines = torch.maximum(lines, _jumps(depth, 0.09))
    strand = seen.image(torch.where(s.part == HAIR, lock.float(), torch.full_like(matter, -1.0))[:, None], -1.0)
    lines = torch.maximum(lines, 0.75 * _jumps(strand, 0.5) * _jumps(depth, 0.03))
    normal = seen.image(s.normal * (s.part != HAIR)[:, None])
    bend = _differences(normal).square().sum(1, keepdim=True).sqrt()
    lines = torch.maximum(lines, creases * 0.7 * step(bend * scale, 0.28, 0.6))
    reach = max(1, round(width * side))
    return F.max_pool2d(lines, reach, 1, reach // 2)[..., :side, :side] if reach > 1 else lines


def _differences(image: Tensor) -> Tensor:
    right = F.pad((image[..., 1:] - image[..., :-1]).abs(), (0, 1))
    down = F.pad((image[..., 1:, :] - image[..., :-1, :]).abs(), (0, 0, 0, 1))
    return torch.maximum(right, down)


def _jumps(image: Tensor, least: float) -> Tensor:
    return (_differences(image) > least).float()
