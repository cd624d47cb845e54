# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""How networks that play against each other take their steps."""

import torch
from torch import Tensor, nn


def lazy_adam(network: nn.Module, rate: float, every: int) -> torch.optim.Adam:
    """Adam for the parameters that learn, where each `every`-th step is taken twice; 0: none (lazy regularization,
    Karras et al. 2020, section 3.1)."""
    ratio = every / (every + 1) if every else 1.0
    learning = [parameter for parameter in network.parameters() if parameter.requires_grad]
    return torch.optim.Adam(learning, rate * ratio, (0.0, 0.99**ratio))


def descend(optimizer: torch.optim.Optimizer, loss: Tensor) -> None:
    """One step down a loss."""
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()


@torch.no_grad()
def follow(average: nn.Module, network: nn.Module, pictures: int, half: int) -> None:
    """Move an averaged network towards one that saw `pictures` more; after `half` of them half is forgotten."""
    keep = 0.5 ** (pictures / half)
    for old, new in zip(average.parameters(), network.parameters(), strict=True):
        old.lerp_(new, 1 - keep)
