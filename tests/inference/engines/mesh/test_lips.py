# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Closed is closed, open adds up, and skin never passes the lips."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pastiche.inference.engines.mesh import lips
from pastiche.inference.engines.mesh.skin_rows import SkinRows
from pastiche.inference.faces import topology

CLOSED = topology.canonical_shape().astype(float).copy()
CLOSED[lips.LOWER] = CLOSED[lips.UPPER]


def opened(by):
    shape = CLOSED.copy()
    lips.open_by(shape, np.full(9, by))
    return shape


@given(st.floats(0, 3), st.floats(0, 3))
def test_the_wanted_gap_is_the_gap(first, second):
    shape = opened(first)
    lips.open_by(shape, np.full(9, second))
    assert np.allclose(lips.gap(shape), second)


def test_no_opening_leaves_any_mouth_as_it_is():
    for own in (-0.1, 0.0, 0.4):
        card = opened(own)
        assert np.allclose(lips.wanted_gap(card, np.zeros(9)), own)


@given(st.floats(0, 3))
def test_a_closed_mouth_opens_as_far_as_the_actors(opening):
    assert np.allclose(lips.wanted_gap(CLOSED, np.full(9, opening)), opening)


@given(st.floats(0.01, 2), st.floats(0.01, 3))
def test_an_open_mouth_opens_further_but_not_by_the_sum(own, opening):
    wanted = lips.wanted_gap(opened(own), np.full(9, opening))
    assert (wanted > max(own, opening) - 1e-9).all() and (wanted < own + opening).all()


@given(st.floats(0, 2))
def test_closing_stops_at_closed(own):
    assert (lips.wanted_gap(opened(own), np.full(9, -5.0)) >= -1e-9).all()


def test_skin_that_the_lower_lip_has_passed_is_put_below_it_again():
    rows = SkinRows(topology.OUTER_LIPS, topology.INNER_LIPS, count=2, axes=(1, 1))
    shape = CLOSED.copy()
    shape[list(topology.OUTER_LOWER_LIP)] += (0, 1.2, 0)
    assert shape[18, 1] < shape[17, 1]
    rows.keep_outside(shape, CLOSED)
    assert shape[18, 1] > shape[17, 1] and shape[200, 1] > shape[18, 1]


def test_skin_that_nothing_presses_stays():
    rows = SkinRows(topology.RIGHT_LID_RING, (), count=4, axes=(0, 1))
    shape = CLOSED.copy()
    shape[[70, 63, 105, 66, 107, 46, 53, 52, 65, 55]] -= (0, 0.5, 0)  # a raised brow
    kept = shape.copy()
    rows.keep_outside(shape, CLOSED)
    assert shape == pytest.approx(kept)


def test_a_brow_stops_above_the_eye():
    rows = SkinRows(topology.RIGHT_LID_RING, (), count=4, axes=(0, 1))
    shape = CLOSED.copy()
    shape[[105, 66, 107, 52, 65, 55, 53, 63]] += (0, 3.0, 0)
    rows.keep_outside(shape, CLOSED)
    assert shape[52, 1] < shape[27, 1] < shape[159, 1]
