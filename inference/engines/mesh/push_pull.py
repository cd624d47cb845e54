# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Smooth completion of missing pixels: pull weighted averages down a pyramid, push them back up into the holes.

Gortler et al. 1996, "The Lumigraph", section 3.4.2. Gives color and light, no texture: completion.py adds that.
"""

import cv2
import numpy as np
from numpy.typing import NDArray


def push_pull(pixels: NDArray, weight: NDArray[np.float32]) -> NDArray[np.float32]:
    """Pixels kept where `weight` is 1, completed smoothly where it is 0.

    pixels: (H, W, C), any range.   weight: (H, W), 0..1, somewhere above 0; where it is nowhere, zeros come back.
    Returns (H, W, C) float32 in the range of `pixels`.
    """
    levels = [(pixels.astype(np.float32), weight.astype(np.float32))]
    while max(levels[-1][1].shape) > 1:
        colors, weights = levels[-1]
        height, width = weights.shape
        size = ((width + 1) // 2, (height + 1) // 2)
        sums = cv2.resize(colors * weights[..., None], size, interpolation=cv2.INTER_AREA).reshape(size[1], size[0], -1)
        mean = cv2.resize(weights, size, interpolation=cv2.INTER_AREA)
        levels.append((sums / np.maximum(mean, 1e-6)[..., None], np.minimum(4 * mean, 1)))  # one known child is enough
    filled = levels.pop()[0]
    for colors, weights in reversed(levels):
        size = (weights.shape[1], weights.shape[0])
        pushed = cv2.resize(filled, size, interpolation=cv2.INTER_LINEAR).reshape(colors.shape)
        filled = pushed + weights[..., None] * (colors - pushed)
    return filled
