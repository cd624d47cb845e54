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


class Seam:
    """Where two pictures of one size meet, prepared for many pairs of them."""

    def __init__(self, mask: NDArray[np.float32], channels: int) -> None:
        """mask: (H, W), 1 shows the inner picture.   channels: of the pictures, 2 to 4."""
        levels = [mask]
        while min(levels[-1].shape) >= 2 * LEAST_SIDE and len(levels) < MOST_LEVELS:
            levels.append(cv2.pyrDown(levels[-1]))
        self._masks = [cv2.merge([level] * channels) for level in levels]

    def blend(self, inner: NDArray[np.float32], outer: NDArray[np.float32]) -> NDArray[np.float32]:
        """inner, outer: (H, W, channels). A new picture; equal inputs stay."""
        differences = [inner - outer]
        for _ in self._masks[1:]:
            differences.append(cv2.pyrDown(differences[-1]))
        result = differences[-1] * self._masks[-1]
        for finer, coarser, mask in zip(differences[-2::-1], differences[:0:-1], self._masks[-2::-1], strict=True):
            size = finer.shape[1::-1]
            band = cv2.pyrUp(coarser, dstsize=size)
            cv2.subtract(finer, band, band)
            cv2.multiply(band, mask, band)
            result = cv2.add(cv2.pyrUp(result, dstsize=size), band, band)
        return cv2.add(result, outer, result)
