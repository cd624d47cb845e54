# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pastiche.inference.motion.resample import (
    frame_count,
    frame_times,
    interpolate_rows,
    nearest_rows,
    resample_motion,
)
from pastiche.inference.motion.take import Motion

NTSC = Fraction(30000, 1001)


def motion(count, fps):
    times = frame_times(count, fps)
    return Motion(fps, 5, ("jawOpen", "headYaw"), np.column_stack([times, -times]).astype(np.float32),
                  np.ones(count, np.uint8), None)  # fmt: skip


@pytest.mark.parametrize("fps", [Fraction(24), Fraction(25), NTSC, Fraction(60), Fraction(12)])
def test_motion_lasts_as_long_at_another_rate_and_says_the_same(fps):
    before = motion(300, Fraction(30))
    after = resample_motion(before, fps)
    assert after.fps == fps and after.first == 5
    assert abs(len(after) / fps - 10) <= 1 / fps
    inner = frame_times(len(after), fps) < 299 / 30
    assert np.allclose(after.channels[inner, 0], frame_times(len(after), fps)[inner], atol=1e-5)


def test_the_same_rate_is_the_same_motion():
    before = motion(10, NTSC)
    assert resample_motion(before, NTSC) is before


@given(st.integers(1, 100_000), st.sampled_from([Fraction(24), Fraction(25), NTSC, Fraction(24000, 1001)]))
def test_a_clip_keeps_its_number_of_frames_at_its_own_rate(count, fps):
    assert frame_count(count / fps, fps) == count
    assert frame_count(float(count / fps), fps) == count


def test_moments_do_not_drift_in_ten_hours():
    last = frame_times(10 * 3600 * 30, NTSC)[-1]
    assert abs(Fraction(float(last)) - (10 * 3600 * 30 - 1) / NTSC) < Fraction(1, 10**8)


def test_rows_are_interpolated_between_uneven_moments_and_held_beyond():
    rows = np.array([[0.0], [10.0], [20.0]], np.float32)
    times = np.array([0.0, 0.1, 1.1])
    values = interpolate_rows(rows, times, np.array([-1.0, 0.05, 0.1, 0.6, 9.0]))
    assert np.allclose(values[:, 0], [0, 5, 10, 15, 20])
    assert nearest_rows(np.array([1, 2, 3]), times, np.array([0.04, 0.9])).tolist() == [1, 3]
