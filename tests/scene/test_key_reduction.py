# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pastiche.scene.key_reduction import reduce_keys


def played_back(values, kept):
    frames = np.arange(len(values))
    curves = [np.interp(frames, frames[kept[:, c]], values[kept[:, c], c]) for c in range(values.shape[1])]
    return np.stack(curves, axis=1)


@given(arrays(np.float32, (37, 5), elements=st.floats(-2, 2, width=32)), st.floats(0.001, 1.0))
def test_the_kept_keys_play_every_value_within_the_tolerance(values, tolerance):
    kept = reduce_keys(values, np.full(5, tolerance))
    assert np.abs(played_back(values, kept) - values).max() <= tolerance + 1e-5


def test_a_straight_line_keeps_its_ends_alone():
    kept = reduce_keys(np.linspace(0, 7, 100)[:, None], np.array([0.01]))
    assert np.flatnonzero(kept[:, 0]).tolist() == [0, 99]


def test_a_constant_curve_keeps_one_key():
    assert reduce_keys(np.full((50, 2), 3.0), np.array([0.01, 0.01])).sum(axis=0).tolist() == [1, 1]


def test_a_peak_is_kept_on_its_frame():
    values = np.zeros((11, 1))
    values[4] = 1
    assert np.flatnonzero(reduce_keys(values, np.array([0.01]))[:, 0]).tolist() == [0, 3, 4, 5, 10]


def test_one_frame_is_one_key():
    assert reduce_keys(np.ones((1, 3)), np.full(3, 0.1)).tolist() == [[True, True, True]]


def test_a_still_tail_of_many_frames_costs_no_keys():
    rng = np.random.default_rng(1)
    values = np.concatenate([rng.normal(size=(30, 1)), np.zeros((300, 1))])
    assert reduce_keys(values, np.array([0.01]))[31:-1].sum() == 0
