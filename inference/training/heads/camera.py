# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""From light to picture: averaging of the fine picture, exposure, lens, sensor noise and compression.

Not for: styles other than photographs beyond `develop_plain`.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from .light import blur
from .noise import noise
from .person import Shot


def shrink(picture: Tensor, factor: int) -> Tensor:
    """(B, C, H, W) averaged over squares of `factor` pixels."""
    return F.avg_pool2d(picture, factor) if factor > 1 else picture


def encode(linear: Tensor) -> Tensor:
    """Linear light to sRGB, 0..1 (IEC 61966-2-1)."""
    linear = linear.clamp(0, 1)
    return torch.where(linear < 0.0031308, 12.92 * linear, 1.055 * linear.clamp(min=1e-6) ** (1 / 2.4) - 0.055)


def film(linear: Tensor) -> Tensor:
    """Highlights rolled off: linear up to a half, ever slower above."""
    over = (linear - 0.5).clamp(min=0)
    return torch.where(linear > 0.5, 0.5 + 0.5 * (1 - torch.exp(-over / 0.5)), linear)


def develop(linear: Tensor, shot: Shot, seed: Tensor) -> Tensor:
    """A photograph, sRGB 0..1 (B, 3, side, side), from linear light of the same size.   seed: (B, 3) for the grain."""
    exposure, contrast, grain, soft, vignette, packed = (shot.camera[:, k].view(-1, 1, 1, 1) for k in range(6))
    side = linear.shape[-1]
    axis = (torch.arange(side, device=linear.device) + 0.5) / side - 0.5
    corner = (axis[:, None] ** 2 + axis**2) * 2
    picture = linear * torch.exp2(exposure) * (1 - vignette * corner)
    picture = torch.lerp(picture, blur(picture, side / 300), soft.clamp(0, 1) * 0.9)
    picture = encode(film(picture))
    picture = torch.lerp(picture, picture * picture * (3 - 2 * picture), contrast * 0.35)
    y, x = torch.meshgrid(axis * side, axis * side, indexing="ij")
    points = (torch.stack((x, y, x * 0), -1)[None] * 0.731 + seed[:, None, None] * 31.7).reshape(-1, 3)
    speckle = (noise(points, 1.0)[:, :3].view(len(linear), side, side, 3).permute(0, 3, 1, 2) - 0.5) * 3.2
    picture = picture + speckle * grain * (0.6 + 0.8 * (1 - picture))
    return torch.where(packed > 0, compress(picture, packed), picture).clamp(0, 1)


def develop_plain(linear: Tensor) -> Tensor:
    """Linear light to sRGB 0..1 as a renderer shows it."""
    return encode(film(linear))


def compress(picture: Tensor, strength: Tensor) -> Tensor:
    """What a JPEG of this strength (B, 1, 1, 1) 0..1 leaves: cosine waves of 8 x 8 pixels, coarsely rounded."""
    side = picture.shape[-1]
    fit = (-side) % 8
    padded = F.pad(picture, (0, fit, 0, fit), "replicate")
    k = torch.arange(8, device=picture.device, dtype=picture.dtype)
    basis = torch.cos((2 * k[None] + 1) * k[:, None] * math.pi / 16) * math.sqrt(2 / 8)
    basis[0] /= math.sqrt(2)
    tiles = F.unfold(padded.reshape(-1, 1, *padded.shape[-2:]), 8, stride=8).transpose(1, 2).unflatten(2, (8, 8))
    waves = basis @ tiles @ basis.T
    step = (4 + 5 * (k[:, None] + k)) / 255 * 1.0
    step = step * (0.4 + 3.0 * strength.view(-1, 1, 1, 1).repeat_interleave(picture.shape[1], 0))
    tiles = basis.T @ (torch.round(waves / step) * step) @ basis
    out = F.fold(tiles.flatten(2).transpose(1, 2), padded.shape[-2:], 8, stride=8)
    return out.view_as(padded)[..., :side, :side]
