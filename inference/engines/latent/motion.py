# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Motion supervision (DragGAN, section 3.2): features around a handle are pulled one pixel towards the target."""

import math

import torch
from torch import Tensor

from .pixel_grid import Area, PixelGrid


def disc(point: tuple[int, int], radius: int, size: tuple[int, int], is_faithful: bool) -> Tensor:
    """The pixels nearer to a point than `radius`: (K, 2), y then x.

    The published program measures from coordinates stretched by h / (h - 1), which moves the disc by up to a pixel
    towards the top left; `is_faithful` copies that.
    """
    (near_y, dy), (near_x, dx) = (
        _near(center, radius, count, is_faithful) for center, count in zip(point, size, strict=True)
    )
    inside = (dy[:, None].square() + dx[None].square()).sqrt() < radius
    return torch.stack([near_y[:, None].expand_as(inside)[inside], near_x[None].expand_as(inside)[inside]], 1)


def _near(center: int, radius: int, count: int, is_faithful: bool) -> tuple[Tensor, Tensor]:
    """The pixels of one axis that may lie within the radius, and how far from the center they are measured."""
    pixels = torch.arange(max(center - radius - 1, 0), min(center + radius + 2, count))
    return pixels, pixels * (count / (count - 1) if is_faithful else 1.0) - center


def motion_loss(
    grid: PixelGrid, patch: Tensor, area: Area, point: tuple[int, int], target: tuple[int, int], pixels: Tensor
) -> Tensor:
    """How the features of `pixels` (K, 2) differ from those one pixel on towards the target: a mean, differentiable.

    patch: (m, n, C), the features of `area`. Only the features one pixel on are differentiated.
    """
    dy, dx = target[0] - point[0], target[1] - point[1]
    length = math.hypot(dy, dx) + 1e-7
    y, x = pixels.unbind(1)
    here = grid.sample(patch.detach(), area, y.float(), x.float())
    ahead = grid.sample(patch, area, y + dy / length, x + dx / length)
    return (here - ahead).abs().mean()
