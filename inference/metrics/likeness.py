# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""How like two pictures are, pixel by pixel and window by window.

PSNR and SSIM are scikit-image's, the latter with the Gaussian window and constants of its paper (Z. Wang et al., 2004);
MS-SSIM (Z. Wang et al., "Multiscale structural similarity for image quality assessment", 2003) is built on the same.
"""

import math

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

EXPONENTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)  # of MS-SSIM's scales, fine to coarse; the paper's
SIGMA, WINDOW = 1.5, 11  # pixels
C1, C2 = 0.01**2, 0.03**2  # for values 0..1
LEAST_SIDE = WINDOW * 2 ** (len(EXPONENTS) - 1)  # 176: of a picture that has all scales


def likeness(made: NDArray[np.uint8], real: NDArray[np.uint8]) -> dict[str, float | None]:
    """l1: mean absolute difference, 0..1.   psnr: decibels.   ssim, ms_ssim: 1 for the same picture.

    made, real: (H, W, 3) uint8 RGB. None: not defined (PSNR of equal pictures, SSIM of ones smaller than its window,
    MS-SSIM of ones smaller than 176 pixels a side).
    """
    side = min(real.shape[:2])
    a, b = made.astype(np.float64) / 255, real.astype(np.float64) / 255
    return {
        "l1": float(np.abs(a - b).mean()),
        "psnr": None if np.array_equal(made, real) else float(peak_signal_noise_ratio(b, a, data_range=1)),
        "ssim": ssim(a, b) if side >= WINDOW else None,
        "ms_ssim": ms_ssim(a, b) if side >= LEAST_SIDE else None,
    }


def ssim(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Structural similarity of (H, W, 3) pictures, 0..1, mean over colors."""
    return float(
        structural_similarity(
            a, b, data_range=1, channel_axis=2, gaussian_weights=True, sigma=SIGMA, use_sample_covariance=False
        )
    )


def ms_ssim(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Structural similarity over five scales, of (H, W, 3) pictures, 0..1, at least LEAST_SIDE pixels a side.

    Contrast and structure count at every scale, light at the coarsest; a negative mean counts as none.
    """
    result = 1.0
    for scale, exponent in enumerate(EXPONENTS):
        light, structure = _components(a, b)
        is_last = scale == len(EXPONENTS) - 1
        result *= max(float((light * structure if is_last else structure).mean()), 0.0) ** exponent
        a, b = _halved(a), _halved(b)
    return result


def _components(a: NDArray[np.float64], b: NDArray[np.float64]) -> tuple[NDArray, NDArray]:
    """SSIM's light and its contrast with structure, where the window lies inside the picture."""
    mean_a, mean_b = _windowed(a), _windowed(b)
    variance_a, variance_b = _windowed(a * a) - mean_a**2, _windowed(b * b) - mean_b**2
    covariance = _windowed(a * b) - mean_a * mean_b
    light = (2 * mean_a * mean_b + C1) / (mean_a**2 + mean_b**2 + C1)
    return light, (2 * covariance + C2) / (variance_a + variance_b + C2)


def _windowed(values: NDArray[np.float64]) -> NDArray[np.float64]:
    reach = WINDOW // 2
    return cv2.GaussianBlur(values, (WINDOW, WINDOW), SIGMA)[reach:-reach, reach:-reach]


def _halved(values: NDArray[np.float64]) -> NDArray[np.float64]:
    height, width = (2 * (side // 2) for side in values.shape[:2])
    values = values[:height, :width]
    return values.reshape(height // 2, 2, width // 2, 2, -1).mean(axis=(1, 3))


def mean_of(values: list[float | None]) -> float | None:
    """The mean of those that are defined."""
    known = [value for value in values if value is not None and math.isfinite(value)]
    return float(np.mean(known)) if known else None
