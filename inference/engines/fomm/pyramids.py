# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Joining two pictures band by band, so that neither an edge nor a change of light shows.

P. J. Burt, E. H. Adelson, "A Multiresolution Spline with Application to Image Mosaics" (1983).
"""

import cv2
import numpy as np
from numpy.typing import NDArray

LEAST_SIDE = 8  # pixels of the smallest level
MOST_LEVELS = 6


def blend(inner: NDArray[np.float32], outer: NDArray[np.float32], mask: NDArray[np.float32]) -> NDArray[np.float32]:
    """inner, outer: (H, W, C), C > 1.   mask: (H, W), 1 shows the inner picture. Equal inputs stay."""
    differences, masks = [inner - outer], [mask]
    while min(masks[-1].shape) >= 2 * LEAST_SIDE and len(masks) < MOST_LEVELS:
        differences.append(cv2.pyrDown(differences[-1]))
        masks.append(cv2.pyrDown(masks[-1]))
    result = differences[-1] * masks[-1][..., None]
    for finer, coarser, weight in zip(differences[-2::-1], differences[:0:-1], masks[-2::-1], strict=True):
        size = finer.shape[1::-1]
        band = finer - cv2.pyrUp(coarser, dstsize=size)
        result = cv2.pyrUp(result, dstsize=size) + band * weight[..., None]
    return outer + result
