# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drawn and painted as animation cels are: flat colors, one tone of shade with a clear edge, inked contours."""

import torch
import torch.nn.functional as F
from torch import Tensor

from .anatomy import LASHES, SKIN, TEETH
from .ink import contours
from .light import blur, shade
from .regions import step
from .scene import EYES, HAIR, View
from .surfaces import Finish, look_at


def draw(view: View, finish: Finish, line: float = 1.0) -> tuple[Tensor, Tensor]:
    """Linear colors (B, 3, side, side) before black, and coverage (B, 1, side, side).   line: thickness, 1 usual."""
    s = look_at(view, finish)
    seen, shot, picture = view.seen, view.shot, s.picture
    light = shade(view, s.position, s.normal)
    scale = float(view.pixels.mean())
    is_hair, is_soft = s.part == HAIR, (s.part == SKIN) & (s.paint.cloth < 0.5)
    normal = torch.where(is_soft[:, None], _smoothed(view, s.normal, is_soft, 0.035 * scale), s.normal)
    outward = F.normalize(s.position - s.position.new_tensor((0.0, 0.05, -0.7)), dim=-1)
    normal = torch.where(is_hair[:, None], F.normalize(0.35 * s.normal + outward, dim=-1), normal)
    lit = blur(seen.image(light.shadow[:, None], 1.0), 0.012 * scale)
    lit = lit.permute(0, 2, 3, 1).reshape(-1)[seen.pixel]
    facing = (normal * shot.key[picture]).sum(-1)
    tone = step(facing, 0.02, 0.1) * step(lit, 0.42, 0.58)
    tone = torch.where(s.part == EYES, _lid_shadow(view, s.part == EYES, scale), tone)
    toward = F.normalize(shot.key[picture] * 0.6 + s.normal.new_tensor((0.0, 0.75, 0.5)), dim=-1)
    height = (outward * toward).sum(-1) + 0.035 * torch.sin(s.rest[:, 2] * 2.3) + 0.02 * (1 - s.rest[:, 0] ** 2)
    angel = step(height, 0.8, 0.81) * (1 - step(height, 0.885, 0.895)) * is_hair * tone

    shadow_tint = s.color.new_tensor((0.62, 0.5, 0.66))
    color = s.color * torch.lerp(shadow_tint.expand_as(s.color), torch.full_like(s.color, 1.06), tone[:, None])
    color = torch.lerp(color, (color * 1.6 + 0.12).clamp(max=1), 0.75 * angel[:, None])
    color = torch.where((s.part == LASHES)[:, None], color.new_tensor((0.012, 0.008, 0.014)), color)
    color = torch.where((s.part == TEETH)[:, None], color.new_tensor((0.9, 0.88, 0.88)), color)
    gullet = (s.part == SKIN) & (s.masks[:, 3] > 0.5)
    color = torch.where(gullet[:, None], color.new_tensor((0.2, 0.035, 0.045)), color)
    glint = _glints(s.rest, s.part == EYES)
    color = torch.lerp(color, torch.ones_like(color), glint[:, None])
    image = seen.image(color)
    covered = seen.image(torch.ones_like(color[:, :1]))
    lines = contours(view, s, 0.0042 * line)
    dark = (image * 0.16).clamp(max=0.05)
    return torch.lerp(image, dark, lines * torch.maximum(covered, lines)), torch.maximum(covered, lines)


def _smoothed(view: View, normal: Tensor, where: Tensor, sigma: float) -> Tensor:
    """Normals (N, 3) blurred among the pixels `where` (N,)."""
    image = blur(view.seen.image(normal * where[:, None]), sigma)
    return F.normalize(image, dim=1, eps=1e-6).permute(0, 2, 3, 1).reshape(-1, 3)[view.seen.pixel]


def _lid_shadow(view: View, is_eye: Tensor, scale: float) -> Tensor:
    """The upper lid's shadow on the eye, (N,) 1 lit."""
    eye = view.seen.image(is_eye.float()[:, None])
    lowered = torch.roll(eye, round(0.035 * scale), 2)
    return step(blur(lowered, 1.0), 0.35, 0.65).permute(0, 2, 3, 1).reshape(-1)[view.seen.pixel]


def _glints(rest: Tensor, is_eye: Tensor) -> Tensor:
    """White reflections of eyes, at places of the eyeball that do not turn: a large one and a small one."""
    large = ((rest[:, 0] + 0.2) ** 2 * 1.2 + (rest[:, 1] - 0.27) ** 2).sqrt()
    small = ((rest[:, 0] - 0.2) ** 2 + (rest[:, 1] + 0.27) ** 2).sqrt()
    glint = torch.maximum(1 - step(large, 0.14, 0.17), 0.8 * (1 - step(small, 0.06, 0.09)))
    return glint * is_eye * (rest[:, 2] > 0)
