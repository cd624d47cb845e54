# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""0 shuts an eye without a slit, 1 is the eye as painted."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pastiche.inference.engines.mesh import lids
from pastiche.inference.faces import topology

REST = topology.canonical_shape().astype(float)
EYES = (lids.RIGHT, lids.LEFT)


@pytest.mark.parametrize("eye", EYES)
def test_ratio_0_closes_every_pair_of_lid_points(eye):
    shape = REST.copy()
    lids.place(shape, REST, eye, 0.0)
    assert np.allclose(shape[eye.upper], shape[eye.lower], atol=1e-9)


@pytest.mark.parametrize("eye", EYES)
def test_ratio_1_changes_nothing(eye):
    shape = REST.copy()
    lids.place(shape, REST, eye, 1.0)
    assert np.allclose(shape, REST)


@given(st.floats(0, 1.6))
def test_openness_follows_the_ratio(ratio):
    shape = REST.copy()
    lids.place(shape, REST, lids.RIGHT, ratio)
    assert lids.openness(shape, lids.RIGHT) / lids.openness(REST, lids.RIGHT) == pytest.approx(ratio, abs=1e-6)


def test_crossed_lids_read_as_less_than_shut():
    shape = REST.copy()
    shape[lids.RIGHT.upper, 1] += 2.0
    assert lids.openness(shape, lids.RIGHT) < 0
