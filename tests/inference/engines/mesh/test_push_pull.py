# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Smooth completion keeps what is known and stays within its range."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pastiche.inference.engines.mesh.background_plate import background_plate
from pastiche.inference.engines.mesh.completion import completed
from pastiche.inference.engines.mesh.push_pull import push_pull


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 70), st.integers(1, 70), st.integers(0, 1000))
def test_known_pixels_stay_and_others_lie_between_them(height, width, seed):
    random = np.random.default_rng(seed)
    picture = random.uniform(10, 200, (height, width, 3)).astype(np.float32)
    weight = (random.random((height, width)) < 0.3).astype(np.float32)
    weight.flat[random.integers(height * width)] = 1
    filled = push_pull(picture, weight)
    assert np.allclose(filled[weight == 1], picture[weight == 1], atol=1e-3)
    known = picture[weight == 1]
    assert (filled >= known.min(axis=0) - 0.1).all() and (filled <= known.max(axis=0) + 0.1).all()


def test_texture_goes_on_into_the_hole():
    x = np.arange(120)
    stripes = np.repeat((100 + 40 * ((x // 4) % 2))[None, :, None], 90, axis=0).astype(np.float32)
    hole = np.zeros((90, 120), np.uint8)
    hole[30:60, 40:80] = 1
    filled = completed(stripes, hole, sigma=6.0)
    assert np.array_equal(filled[hole == 0], stripes[hole == 0])
    assert filled[34:40, 44:76].std() > 8, "a smooth fill has no stripes"


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_plate_is_the_picture_but_for_the_person(dtype):
    random = np.random.default_rng(0)
    picture = random.integers(0, np.iinfo(dtype).max, (200, 160, 4)).astype(dtype)
    person = np.zeros((200, 160), np.float32)
    person[60:140, 50:110] = 1
    plate = background_plate(picture, person, unit_px=80.0)
    far = plate.share == 0
    assert far.mean() > 0.4 and np.array_equal(plate.pixels[far], picture[far])
    assert plate.pixels.dtype == dtype and plate.share[100, 80] == 1


def test_a_picture_full_of_person_has_no_plate():
    assert background_plate(np.zeros((50, 50, 4), np.uint8), np.ones((50, 50), np.float32), 40.0) is None
