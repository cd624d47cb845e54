# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pixels and windows: the measures against their definitions."""

import numpy as np
import pytest

pytest.importorskip("skimage", reason="metrics need scikit-image")

from pastiche.inference.metrics.likeness import LEAST_SIDE, likeness, mean_of, ms_ssim, ssim
from scipy.ndimage import gaussian_filter


def picture(seed=0, side=176):
    noise = np.random.default_rng(seed).random((side, side, 3))
    smooth = gaussian_filter(noise, (3, 3, 0))
    smooth = (smooth - smooth.min()) / np.ptp(smooth)
    return np.rint(255 * smooth).astype(np.uint8)


def test_a_picture_is_like_itself():
    assert likeness(picture(), picture()) == {"l1": 0, "psnr": None, "ssim": 1, "ms_ssim": 1}


def test_a_shade_costs_what_the_definitions_say():
    real = np.full((40, 50, 3), 100, np.uint8)
    found = likeness(real + 10, real)
    assert found["l1"] == pytest.approx(10 / 255)
    assert found["psnr"] == pytest.approx(20 * np.log10(25.5))
    a, b = 110 / 255, 100 / 255
    assert found["ssim"] == pytest.approx((2 * a * b + 1e-4) / (a * a + b * b + 1e-4))


def test_worse_pictures_score_worse():
    real = picture()
    blurred = [gaussian_filter(real, (sigma, sigma, 0)) for sigma in (1, 2, 4, 8)]
    scores = [likeness(each, real) for each in blurred]
    for name, sign in (("l1", 1), ("psnr", -1), ("ssim", -1), ("ms_ssim", -1)):
        assert (np.diff([sign * score[name] for score in scores]) > 0).all(), name


def test_one_scale_of_many_is_ssim(monkeypatch):
    monkeypatch.setattr("pastiche.inference.metrics.likeness.EXPONENTS", (1.0,))
    a, b = (picture(seed) / 255 for seed in (0, 1))
    b = 0.7 * a + 0.3 * b
    assert ms_ssim(a, b) == pytest.approx(ssim(a, b), abs=1e-9)


def test_coarse_scales_forgive_fine_noise():
    real = picture()
    noisy = np.clip(real + np.random.default_rng(5).normal(0, 12, real.shape), 0, 255).astype(np.uint8)
    found = likeness(noisy, real)
    assert found["ms_ssim"] > found["ssim"] + 0.05


@pytest.mark.parametrize(
    ("side", "missing"), [(8, {"ssim", "ms_ssim"}), (LEAST_SIDE - 1, {"ms_ssim"}), (LEAST_SIDE, set())]
)
def test_small_pictures_lack_what_they_are_too_small_for(side, missing):
    found = likeness(picture(1, side), picture(0, side))
    assert {name for name, value in found.items() if value is None} == missing


def test_means_leave_out_what_is_not_defined():
    assert mean_of([1.0, None, 3.0]) == 2 and mean_of([None]) is None and mean_of([]) is None
