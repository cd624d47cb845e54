# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest
from pastiche.inference.motion.expression import expression_model
from pastiche.inference.motion.gaze import FULL, channels_of_gaze, combine_eyes, gaze_of_channels

NAMES = expression_model().names


def test_channels_and_gaze_are_each_others_inverse():
    gaze = np.random.default_rng(0).uniform(-0.3, 0.3, (20, 2, 2))
    for row, asked in zip(channels_of_gaze(gaze, NAMES), gaze, strict=True):
        assert row.min() >= 0
        assert np.allclose(gaze_of_channels(dict(zip(NAMES, row, strict=True))), asked, atol=1e-6)


def test_in_and_out_are_the_subjects_own():
    right, left = gaze_of_channels({"eyeLookOutRight": 1, "eyeLookInLeft": 1})
    assert right[0] == left[0] == -FULL[0]  # both to the picture's left
    assert np.allclose(gaze_of_channels({"eyeLookUpRight": 1})[0], (0, -FULL[1]))


def test_gaze_goes_on_through_a_blink():
    gaze = np.zeros((30, 2, 2))
    gaze[15:, :, 0] = 0.2
    openness = np.full((30, 2), 0.3)
    gaze[12:18, :, 1] += 0.15  # lids drag the tracker's irises down
    openness[12:18] = 0.02
    combined = combine_eyes(gaze, openness)
    assert np.abs(combined[..., 1]).max() < 0.01
    assert np.all(np.diff(combined[:, 0, 0]) >= -1e-9)


def test_a_wink_follows_the_open_eye():
    gaze, openness = np.zeros((40, 2, 2)), np.full((40, 2), 0.3)
    gaze[10:30, 0] = 0.18  # the open eye looks aside
    gaze[10:30, 1] = -0.3
    openness[10:30, 1] = 0.01
    assert np.allclose(combine_eyes(gaze, openness)[20], 0.18, atol=0.01)


def test_eyes_go_up_and_down_together_and_aside_nearly_so():
    gaze, openness = np.zeros((40, 2, 2)), np.full((40, 2), 0.3)
    gaze[20:25] = [[0.1, 0.1], [0.2, 0.0]]
    right, left = combine_eyes(gaze, openness)[22]
    assert right[1] == left[1] == pytest.approx(0.05)
    assert 0.1 < right[0] < left[0] < 0.2
