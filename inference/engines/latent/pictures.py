# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Between what a network makes, (1, colors, H, W) of nominally -1..1, and pictures, (H, W, 3) uint8, sRGB."""

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from ...weights.network_build import Generator

ROUGH = 128  # pixels a side


def to_pixels(picture: Tensor) -> NDArray:
    """(1, colors, H, W) -> (H, W, 3) uint8; one color becomes gray."""
    levels = (picture.detach()[0] * 127.5 + 128).clamp(0, 255).to(torch.uint8)
    return levels.permute(1, 2, 0).expand(-1, -1, 3).cpu().numpy()


@torch.no_grad()
def rough_picture(generator: Generator, latent: Tensor) -> Tensor | None:
    """The picture (1, colors, H, W) without its finest detail, for a fraction of the time.

    A StyleGAN2 that sums its picture up block by block stops at ROUGH pixels. None for other networks, and small ones.
    """
    shape = generator.shape
    if getattr(shape, "architecture", "") != "skip" or shape.resolution < 2 * ROUGH:
        return None
    for _, features, picture in generator.synthesis.pyramid(latent):
        if features.shape[2] == ROUGH:
            return F.interpolate(picture, [shape.resolution, shape.width], mode="bilinear")
    return None


def to_tensor(pixels: NDArray, generator: Generator) -> Tensor:
    """(H, W, 3) uint8 -> (1, colors, height, width), -1..1, as that network makes them: the middle, resized."""
    shape = generator.shape
    picture = torch.tensor(_fitted(pixels, shape.resolution, shape.width)).permute(2, 0, 1)[None]
    picture = picture.to(generator.mapping.w_avg) / 127.5 - 1
    return picture if shape.img_channels == 3 else picture.mean(1, keepdim=True).expand(-1, shape.img_channels, -1, -1)


def _fitted(pixels: NDArray, height: int, width: int) -> NDArray:
    """The largest part of that aspect around the middle, at that size."""
    tall, wide = pixels.shape[:2]
    rows, columns = min(tall, round(wide * height / width)), min(wide, round(tall * width / height))
    top, left = (tall - rows) // 2, (wide - columns) // 2
    part = np.ascontiguousarray(pixels[top : top + rows, left : left + columns, :3])
    if part.shape[:2] == (height, width):
        return part
    return np.array(Image.fromarray(part).resize((width, height), Image.Resampling.LANCZOS))
