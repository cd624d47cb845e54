# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Arithmetic on latents. W: (B, S), one latent for all layers; W+: (B, L, S), one for each of the L slots."""

import torch
from torch import Tensor


def spread(latent: Tensor, slots: int) -> Tensor:
    """W or W+ -> W+ (B, slots, S). Raises ValueError when a W+ latent has another number of slots."""
    if latent.dim() == 2:
        return latent[:, None].expand(-1, slots, -1)
    if latent.dim() != 3 or latent.shape[1] != slots:
        raise ValueError(f"latent of shape {tuple(latent.shape)} does not fit a network of {slots} slots")
    return latent


def truncate(latent: Tensor, psi: float, center: Tensor | float = 0.0) -> Tensor:
    """`latent` moved towards `center`: psi 1 leaves it, psi 0 is the center (Karras et al. 2019, appendix B)."""
    return latent if psi == 1 else center + psi * (latent - center)


def mix(coarse: Tensor, fine: Tensor, slot: int, slots: int) -> Tensor:
    """Style mixing: slots before `slot` from `coarse`, the others from `fine`; W or W+ each -> W+ (B, slots, S)."""
    return torch.cat((spread(coarse, slots)[:, :slot], spread(fine, slots)[:, slot:]), 1)
