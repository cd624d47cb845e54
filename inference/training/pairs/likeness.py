# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""How unlike pictures are of what they should be, where that is known pixel by pixel."""

import torch.nn.functional as F
from torch import Tensor

COARSEST = 16  # pixels of the smallest size compared


def unlike(made: Tensor, wanted: Tensor, weight: Tensor, edges: float) -> Tensor:
    """Weighted mean distance of colors and of differences between neighbors, at every size down to COARSEST.

    made, wanted: (B, 3, S, S).   weight: (B, 1, S, S), how much each pixel counts.   edges: of the differences.
    Differences are what the eye sees of a line; coarse sizes forgive a line that is a pixel off, not one that is
    missing.
    """
    off = made - wanted
    total = off.new_zeros(())
    while True:
        scale = weight.mean()
        across, down = off[..., 1:] - off[..., :-1], off[..., 1:, :] - off[..., :-1, :]
        steps = (across.abs() * weight[..., 1:]).mean() + (down.abs() * weight[..., 1:, :]).mean()
        total = total + ((off.abs() * weight).mean() + edges * steps) / scale
        if off.shape[-1] <= COARSEST:
            return total
        off, weight = F.avg_pool2d(off, 2), F.avg_pool2d(weight, 2)
