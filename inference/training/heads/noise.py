# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Smooth random values at points of space, the same on every device (value noise on a repeating grid).

Not for: dice of a training; those are torch's and numpy's.
"""

from functools import lru_cache

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

PERIOD = 32  # cells until the grid repeats
CHANNELS = 4


@lru_cache
def _volume(device: torch.device) -> Tensor:
    cells = np.random.default_rng(1978).random((CHANNELS, PERIOD, PERIOD, PERIOD), np.float32)
    cells = np.pad(cells, ((0, 0), (0, 1), (0, 1), (0, 1)), "wrap")
    return torch.from_numpy(cells)[None].to(device)


def noise(points: Tensor, frequency: float) -> Tensor:
    """Values 0..1, mean 0.5, four independent ones, (N, 4).   points: (N, 3).   frequency: cells per unit."""
    place = (points.float() * frequency).remainder(PERIOD) * (2 / PERIOD) - 1
    found = F.grid_sample(_volume(points.device), place[None, None, None], mode="bilinear", align_corners=True)
    return found[0, :, 0, 0].T


def octaves(points: Tensor, frequency: float, count: int = 4) -> Tensor:
    """Noise summed over `count` octaves, each half as strong as the one before, 0..1 (N, 4)."""
    total, weight = torch.zeros(len(points), CHANNELS, device=points.device), 0.0
    for octave in range(count):
        total += noise(points + 7.3 * octave, frequency * 2**octave) / 2**octave
        weight += 1 / 2**octave
    return total / weight
