# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holding still what the mask fixes (DragGAN, equation 1, second term), with the gradient written out.

A mask is (H, W), 1 where the picture is to stay, 0 where it may change.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from .pixel_grid import PixelGrid

BAND = 16  # channels enlarged at a time: all together would take 256 MiB at 512 pixels, several times


class ExactMaskLoss:
    """The published term: mean over channels and pixels of |enlarge(F - F0)| * mask, the whole map enlarged."""

    def __init__(self, mask: Tensor) -> None:
        self.mask = mask

    def __call__(self, change: Tensor) -> tuple[Tensor, Tensor]:
        """change: F - F0, (n, n, C). Returns the loss and its gradient, (n, n, C)."""
        size, count = list(self.mask.shape), change.shape[2] * self.mask.numel()
        total, pieces = 0.0, []
        for part in change.permute(2, 0, 1)[None].split(BAND, 1):
            large = F.interpolate(part, size, mode="bilinear") * self.mask
            total += float(large.abs().sum(dtype=torch.float64))
            pull = large.sign_() * (self.mask / count)
            pieces.append(torch.ops.aten.upsample_bilinear2d_backward(pull, size, list(part.shape), False))
        return change.new_tensor(total / count), torch.cat(pieces, 1)[0].permute(1, 2, 0)


class FastMaskLoss:
    """The same with the absolute value taken before enlarging: an upper bound, equal where a change has one sign.

    Vanishes, as the published term does, when nothing has changed.
    """

    def __init__(self, grid: PixelGrid, mask: Tensor) -> None:
        spread = grid.y.weights[:-1].T @ mask.cpu() @ grid.x.weights[:-1]  # what a feature weighs in the enlarged map
        self.weights = (spread / mask.numel())[:, :, None].to(mask.device)

    def __call__(self, change: Tensor) -> tuple[Tensor, Tensor]:
        """change: F - F0, (n, n, C). Returns the loss and its gradient, (n, n, C)."""
        gradient = change.sign().mul_(self.weights / change.shape[2])
        return torch.dot(gradient.flatten(), change.flatten()), gradient
