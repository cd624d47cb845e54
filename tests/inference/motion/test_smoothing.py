# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest
from pastiche.inference.faces import topology
from pastiche.inference.motion.smoothing import SECONDS, margin_frames, smooth, smooth_values

LIDS, STEADY = topology.RIGHT_UPPER_LID[3], topology.NOSE_TIP


def clip(times, noise=0.0, seed=0):
    """Landmarks that all go along one slow sine, (T, 478, 3), and tremble."""
    path = 20 * np.sin(2 * np.pi * 0.5 * times)
    tremble = np.random.default_rng(seed).normal(0, noise, (len(times), topology.N_LANDMARKS, 3))
    return (path[:, None, None] + tremble).astype(np.float32)


def jitter(landmarks):
    return np.linalg.norm(np.diff(landmarks, 2, axis=0), axis=2).mean()


def test_tremble_goes_and_motion_stays_without_delay():
    times = np.arange(150) / 30
    noisy, clean = clip(times, 1.0), clip(times)
    for level, most in (("LOW", 0.45), ("HIGH", 0.15)):
        smoothed = smooth(noisy, times, level)
        assert jitter(smoothed) < most * jitter(noisy)
        path = smoothed[10:-10, STEADY, 0]
        lags = [np.abs(path - clean[10 + lag : 140 + lag, STEADY, 0]).mean() for lag in (-1, 0, 1)]
        assert np.argmin(lags) == 1


def test_off_changes_nothing():
    times = np.arange(10) / 30
    assert np.array_equal(smooth(clip(times, 1.0), times, "OFF"), clip(times, 1.0))


def test_lids_lips_and_irises_are_smoothed_less():
    times = np.arange(61) / 30
    blink = np.zeros((61, topology.N_LANDMARKS, 3), np.float32)
    blink[30] = 1.0
    smoothed = smooth(blink, times, "LOW")
    assert smoothed[30, LIDS, 0] > 1.5 * smoothed[30, STEADY, 0]
    assert smoothed[30, 13, 0] == smoothed[30, 470, 0] == smoothed[30, LIDS, 0]


def test_it_is_seconds_that_count_not_frames():
    slow, fast = np.arange(50) / 25, np.arange(100) / 50
    a, b = (smooth(clip(t, 0), t, "HIGH")[:: len(t) // 50, STEADY, 0] for t in (slow, fast))
    assert np.allclose(a[5:-5], b[5:-5], atol=0.15)


def test_variable_rates_keep_a_straight_motion_straight_in_the_middle_of_even_steps():
    times = np.concatenate([np.arange(20) / 30, 0.7 + np.arange(20) / 12])
    values = smooth_values(np.ones((40, 3), np.float32) * 5, times, 0.04)
    assert np.allclose(values, 5)


def test_a_gap_in_time_is_not_smoothed_over():
    times = np.concatenate([np.arange(10) / 30, 10 + np.arange(10) / 30])
    values = np.repeat([0.0, 1.0], 10)[:, None].astype(np.float32)
    assert np.array_equal(smooth_values(values, times, SECONDS["HIGH"]), values)


@pytest.mark.parametrize("level", ["LOW", "HIGH"])
def test_a_piece_with_its_margin_is_smoothed_as_in_the_whole(level):
    times = np.sort(np.random.default_rng(3).uniform(0, 4, 120))
    landmarks = clip(times, 1.0)
    margin = margin_frames(times, level)
    piece = slice(40 - margin, 80 + margin)
    part = smooth(landmarks[piece], times[piece], level)[margin : margin + 40]
    assert np.allclose(part, smooth(landmarks, times, level)[40:80], atol=1e-4)


def test_one_frame_is_left_as_it_is():
    one = clip(np.zeros(1), 1.0)
    assert np.array_equal(smooth(one, np.zeros(1), "HIGH"), one)
