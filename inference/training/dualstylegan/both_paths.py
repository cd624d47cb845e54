# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""How DualStyleGAN draws while it learns: both paths in full, without truncation."""

from torch import Tensor

from ....vendor.dualstylegan.network import DualStyleGAN
from ....vendor.stylegan2.latents import spread


def drawn(network: DualStyleGAN, intrinsic: Tensor, extrinsic: Tensor, fresh: bool = True) -> Tensor:
    """Latents W (B, S) or W+ (B, L, S) -> (B, 3, size, size).   fresh: noise by torch's dice, not the stored one."""
    noise = network.generator.fresh_noise(len(intrinsic)) if fresh else None
    return network(intrinsic, extrinsic, [1.0] * network.shape.generator.slots, noise)


def along_intrinsic(network: DualStyleGAN, intrinsic: Tensor, extrinsic: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The first `count` pictures, and the intrinsic W+ (count, L, S) along which their paths are measured."""
    latents = spread(intrinsic[:count], network.shape.generator.slots).clone().requires_grad_()
    return drawn(network, latents, extrinsic[:count]), latents
