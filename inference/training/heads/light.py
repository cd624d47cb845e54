# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Light that falls on what is seen: a key light with shadows, a rim light, sky and ground with the shade under things.

Shadows are looked up in depth pictures taken from the light (Williams 1978), softened by several looks (Reeves et al.
1987). Not for: what surfaces do with it (surfaces.py).
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from .raster import Seen, rasterize
from .scene import EYES, View

SHADOW_SIDE = 256
_REACH = 1.75  # decimeters around the middle of the head that throw shadows
_MIDDLE = (0.0, -0.1, -0.6)
_LOOKS = 12


@dataclass
class Light:
    """What reaches each seen pixel. shadow, open_sky: (N,), 0 dark .. 1 lit."""

    shadow: Tensor
    open_sky: Tensor


def shade(view: View, position: Tensor, normal: Tensor) -> Light:
    """Shadows at the seen pixels' positions (N, 3) with normals (N, 3)."""
    shot, picture = view.shot, view.seen.picture
    above = F.normalize(torch.tensor((0.0, 1.0, 0.75), device=position.device), dim=0).expand(len(shot.key), 3)
    key = _lit(view, shot.key, position, normal, 0.012 + 0.05 * shot.softness)
    sky = _lit(view, above, position, normal, torch.full_like(shot.softness, 0.13))
    facing = (normal * shot.key[picture]).sum(-1)
    return Light(key * (facing > -0.2), sky)


def _lit(view: View, toward: Tensor, position: Tensor, normal: Tensor, radius: Tensor) -> Tensor:
    """How much of a light in the directions (B, 3) reaches points (N, 3), over `radius` (B,) decimeters."""
    axes = _axes(toward)
    middle = position.new_tensor(_MIDDLE)

    def flat(points: Tensor, frames: Tensor) -> Tensor:
        local = torch.einsum("...ij,...j->...i", frames, points - middle)
        x, y = (local[..., k] / _REACH * 0.5 + 0.5 for k in (0, 1))
        return torch.stack((x * SHADOW_SIDE, y * SHADOW_SIDE, local[..., 2] / (4 * _REACH) + 0.5), -1)

    screen = flat(view.position, axes[:, None])
    casts = view.is_drawn & (view.stage.part != EYES)
    seen = rasterize(screen, view.stage.triangles, (SHADOW_SIDE, SHADOW_SIDE), False, casts)
    depth = seen.image(seen.blend(screen, view.stage.triangles)[:, 2:])[:, 0]  # larger is nearer to the light
    picture = view.seen.picture
    at = flat(position + 0.02 * normal, axes[picture])
    bias = 0.008
    total = torch.zeros(len(position), device=position.device)
    spin = torch.frac(torch.sin(view.seen.pixel.float() * 0.6180339) * 43758.5453) * 2 * math.pi
    for look in range(_LOOKS):  # a spiral, turned differently at each pixel
        reach = ((look + 0.5) / _LOOKS) ** 0.5 * radius[picture] * SHADOW_SIDE * 0.5 / _REACH
        angle = spin + look * 2.39996
        column = (at[:, 0] + reach * angle.cos()).long().clamp(0, SHADOW_SIDE - 1)
        row = (at[:, 1] + reach * angle.sin()).long().clamp(0, SHADOW_SIDE - 1)
        total += (depth[picture, row, column] <= at[:, 2] + bias).float()
    return total / _LOOKS


def _axes(toward: Tensor) -> Tensor:
    """Rotations (B, 3, 3) whose third row points to the light."""
    up = toward.new_tensor((0.1, 1.0, 0.2)).expand_as(toward)
    right = F.normalize(torch.linalg.cross(up, toward), dim=-1)
    return torch.stack((right, torch.linalg.cross(toward, right), toward), 1)


def scatter(values: Tensor, seen: Seen, is_skin: Tensor, sigmas: tuple[float, float, float]) -> Tensor:
    """Light (N, 3) that went through skin, blurred within it by as many pixels for red, green and blue."""
    mask = seen.image(is_skin.float()[:, None])
    image = seen.image(values * is_skin[:, None])
    out = []
    for channel, sigma in enumerate(sigmas):
        blurred = blur(torch.cat((image[:, channel : channel + 1], mask), 1), sigma)
        out.append(blurred[:, :1] / blurred[:, 1:].clamp(min=1e-3))
    soft = torch.cat(out, 1).permute(0, 2, 3, 1).reshape(-1, 3)[seen.pixel]
    return torch.where(is_skin[:, None], soft, values)


def blur(image: Tensor, sigma: float) -> Tensor:
    """Pictures (B, C, H, W) through a Gaussian of `sigma` pixels."""
    if sigma < 0.3:
        return image
    reach = math.ceil(2.5 * sigma)
    x = torch.arange(-reach, reach + 1, device=image.device, dtype=image.dtype)
    kernel = torch.exp(-0.5 * (x / sigma) ** 2)
    kernel = (kernel / kernel.sum()).view(1, 1, -1, 1)
    flat = image.reshape(-1, 1, *image.shape[-2:])
    flat = F.conv2d(F.pad(flat, (0, 0, reach, reach), "replicate"), kernel)
    flat = F.conv2d(F.pad(flat, (reach, reach, 0, 0), "replicate"), kernel.transpose(2, 3))
    return flat.view_as(image)
