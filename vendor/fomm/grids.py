# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Coordinates, Gaussians around points, and sampling: what every part of the model shares.

Coordinates are (x, y), x right, y down; the first pixel center of a raster is -1, the last +1. Flow is backward: for
every place of the output it says where in the input to look.
"""

import torch
import torch.nn.functional as F
from torch import Tensor


def coordinate_grid(height: int, width: int, like: Tensor) -> Tensor:
    """The coordinates of every pixel center, (H, W, 2), in the dtype and on the device of `like`."""
    x = 2 * torch.arange(width, dtype=like.dtype, device=like.device) / (width - 1) - 1
    y = 2 * torch.arange(height, dtype=like.dtype, device=like.device) / (height - 1) - 1
    return torch.stack((x.expand(height, width), y[:, None].expand(height, width)), -1)


def gaussian_heatmaps(points: Tensor, height: int, width: int, variance: float) -> Tensor:
    """One Gaussian of peak 1 around each point: (N, K, 2) -> (N, K, H, W). `variance` in squared coordinates."""
    distance = coordinate_grid(height, width, points) - points[:, :, None, None]  # (N, K, H, W, 2)
    return torch.exp(-0.5 * distance.square().sum(-1) / variance)


def expected_position(heatmap: Tensor) -> Tensor:
    """The mean coordinate of each map: (N, K, H, W), each map summing to 1 -> (N, K, 2)."""
    grid = coordinate_grid(*heatmap.shape[-2:], like=heatmap)
    return (heatmap[..., None] * grid).sum((2, 3))


def sample(image: Tensor, flow: Tensor, align_corners: bool) -> Tensor:
    """Look up (N, C, H, W) at the places of (N, H', W', 2): bilinear, zero outside.

    align_corners: whether -1 and +1 are pixel centers (True) or picture edges; see `configurations.AS_TRAINED`.
    """
    return F.grid_sample(image, flow, mode="bilinear", padding_mode="zeros", align_corners=align_corners)


def resize(image: Tensor, height: int, width: int) -> Tensor:
    """Bilinear resize of (N, C, H, W) without anti-aliasing, edges aligned; the same tensor when the size agrees."""
    if image.shape[-2:] == (height, width):
        return image
    return F.interpolate(image, size=(height, width), mode="bilinear", align_corners=False)


def resize_flow(flow: Tensor, height: int, width: int) -> Tensor:
    """The same flow at another raster, (N, h, w, 2) -> (N, H, W, 2); values are coordinates and stay."""
    return resize(flow.permute(0, 3, 1, 2), height, width).permute(0, 2, 3, 1)
