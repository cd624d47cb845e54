# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kaiser low-pass filters, separable or radially symmetric (StyleGAN3, appendix C). Networks bring their own along."""

import math

import torch
from torch import Tensor


def kaiser_beta(taps: int, width: float, rate: float) -> float:
    """Kaiser's parameter for that many taps over a transition of `width`, at the sampling `rate`."""
    attenuation = 2.285 * (taps - 1) * math.pi * (width / (rate / 2)) + 7.95
    if attenuation > 50:
        return 0.1102 * (attenuation - 8.7)
    over = max(attenuation - 21, 0.0)
    return 0.5842 * over**0.4 + 0.07886 * over


def low_pass(taps: int, cutoff: float, half_width: float, rate: float, is_radial: bool = False) -> Tensor | None:
    """The filter, sum 1, float32: (taps,), or (taps, taps) when radial; None for a single tap.

    cutoff, half_width (of the transition), rate: in cycles and samples per picture width.
    """
    if taps == 1:
        return None
    beta = kaiser_beta(taps, 2 * half_width, rate)
    window = torch.kaiser_window(taps, periodic=False, beta=beta, dtype=torch.float64)
    steps = torch.arange(taps, dtype=torch.float64) - (taps - 1) / 2
    if is_radial:
        radius = torch.hypot(*torch.meshgrid(steps / rate, steps / rate, indexing="ij"))
        ideal = torch.special.bessel_j1(2 * cutoff * math.pi * radius) / (math.pi * radius)  # taps are even: never 0
        kernel = ideal * torch.outer(window, window)
    else:
        relative = cutoff / (rate / 2)
        kernel = relative * torch.sinc(relative * steps) * window
    return (kernel / kernel.sum()).float()
