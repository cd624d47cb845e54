# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pencil on paper: contours and hatching that follows the form, in graphite, red chalk or colors."""

import torch
from torch import Tensor

from .brush import combed
from .light import blur
from .noise import noise, octaves
from .regions import step

INKS = ((0.13, 0.13, 0.15), (0.42, 0.16, 0.1), (0.24, 0.15, 0.09), (0.1, 0.13, 0.26))
PAPERS = ((0.965, 0.955, 0.93), (0.96, 0.93, 0.86), (0.95, 0.92, 0.86), (0.93, 0.945, 0.95))


def draw(photo: Tensor, covered: Tensor, lines: Tensor, angle: Tensor, seed: Tensor, ink: Tensor) -> Tensor:
    """sRGB 0..1 (B, 3, H, W) of a photo of the same shape.

    covered: (B, 1, H, W), where the head is.   lines: contours, the same shape.   angle: of the hatching, radians.
    seed: (B, 3).   ink: (B,) 0..1, which pencil; from 0.7 on they are colored.
    """
    batch, _c, height, width = photo.shape
    y, x = torch.meshgrid(
        torch.arange(height, device=photo.device) * 256 / height,
        torch.arange(width, device=photo.device) * 256 / width,
        indexing="ij",
    )
    points = (torch.stack((x, y, x * 0), -1)[None] + seed[:, None, None] * 41.3).reshape(-1, 3)

    def speckle(frequency: float, channel: int) -> Tensor:
        return noise(points, frequency)[:, channel].view(batch, 1, height, width)

    scale = height / 256
    gray = (photo * photo.new_tensor((0.3, 0.59, 0.11)).view(1, 3, 1, 1)).sum(1, keepdim=True)
    wide = blur(gray, 10 * scale)
    tone = (gray + 0.6 * (gray - wide)).clamp(0, 1)
    tone = 1 - (1 - tone) * (0.1 + 0.9 * blur(covered, 3 * scale))
    hatch = combed(speckle(0.62, 0), angle, 11 * scale)
    cross = combed(speckle(0.62, 1), angle + 0.9, 9 * scale)
    spread = 0.11
    dark = step(0.86 - tone + 1.8 * (hatch - 0.5), 0.12, 0.12 + 3 * spread) * 0.62
    dark = 1 - (1 - dark) * (1 - 0.7 * step(0.42 - tone + 1.5 * (cross - 0.5), 0.0, 0.35))
    dark = 1 - (1 - dark) * (1 - 0.32 * step(0.9 - tone, 0.0, 0.9))
    strokes = blur(lines, 0.45 * scale) * (0.72 + 0.5 * (speckle(0.09, 2) - 0.5))
    dark = 1 - (1 - dark) * (1 - 0.95 * strokes.clamp(0, 1))
    grain = octaves(points, 0.55, 2)[:, 3].view(batch, 1, height, width)
    dark = dark * (0.62 + 0.75 * grain).clamp(max=1.06)
    which = (ink * len(INKS) / 0.7).long().clamp(max=len(INKS) - 1)
    color = photo.new_tensor(INKS)[which].view(batch, 3, 1, 1)
    paper = photo.new_tensor(PAPERS)[which].view(batch, 3, 1, 1) - 0.035 * (grain - 0.5)
    tint = blur(photo, 1.2 * scale)
    tint = (tint + 0.35 * (tint - tint.mean(1, keepdim=True))).clamp(0, 1) * 0.8
    is_colored = (ink > 0.7).view(-1, 1, 1, 1)
    color = torch.where(is_colored, torch.lerp(tint, color.expand_as(tint), strokes.clamp(0, 1) * 0.7), color)
    dark = torch.where(
        is_colored, (dark * 1.0 + 0.35 * blur(covered, 2 * scale) * (0.5 + 0.5 * hatch)).clamp(max=1), dark
    )
    return torch.lerp(paper.expand_as(photo), color, dark.clamp(0, 1)).clamp(0, 1)
