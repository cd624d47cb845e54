# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Heads turn as asked while that can be shown, and give way softly where it cannot."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pastiche.inference.engines.mesh.head_motion import HeadMotion, Room, soft_limit
from pastiche.inference.faces.face_frame import Pose, angles_to_rotation, rotation_to_angles

limits = st.floats(0.1, 90)


def head(yaw=0.0, pitch=0.0, gain=1.0, room=500.0, is_cut_above=False):
    rest = Pose(np.float64(10), angles_to_rotation(np.array((yaw, pitch, 0.0))), np.array((100.0, 100.0, 0.0)))
    return HeadMotion(rest, eye_distance_px=90.0, room=Room(room, is_cut_above), turn_limit=28.0, gain=gain)


@given(st.floats(-1e4, 1e4), limits, limits)
def test_a_limited_value_stays_within_its_limits(value, low, high):
    assert -low <= soft_limit(value, -low, high) <= high


@given(st.floats(-200, 200), st.floats(-200, 200), limits, limits)
def test_more_is_never_less(first, second, low, high):
    first, second = sorted((first, second))
    assert soft_limit(first, -low, high) <= soft_limit(second, -low, high) + 1e-9


@given(st.floats(-0.6, 0.6), limits)
def test_small_values_are_exact(share, limit):
    assert soft_limit(share * limit, -limit, limit) == pytest.approx(share * limit)


def test_a_small_turn_is_what_was_asked():
    asked = np.array((9.0, -6.0, 12.0))
    pose, _ = head(yaw=5.0).pose({"headYaw": 9.0, "headPitch": -6.0, "headRoll": 12.0})
    rest = angles_to_rotation(np.array((5.0, 0.0, 0.0)))
    assert np.allclose(rotation_to_angles(pose.rotation @ rest.T), asked)


@pytest.mark.parametrize("side", [-1, 1])
def test_a_three_quarter_face_turns_away_further_than_towards_the_viewer(side):
    turned = head(yaw=side * 35.0)
    towards, away = (abs(turned.angles({"headYaw": turn})[0]) for turn in (-side * 80.0, side * 80.0))
    assert turned.is_turned and towards < 12 < away
    assert not head().is_turned


def test_shift_is_in_eye_distances_and_up_is_up():
    _, shift = head().pose({"headX": 0.5, "headY": 0.25})
    assert np.allclose(shift, (45.0, -22.5, 0.0))


def test_a_head_without_room_below_rises_less():
    cramped, roomy = (head(room=room).pose({"headY": 3.0})[1][1] for room in (40.0, 600.0))
    assert -cramped < 0.5 * -roomy and roomy == pytest.approx(-270.0)


def test_a_head_that_the_border_cuts_sinks_less():
    cut, whole = (head(is_cut_above=each).pose({"headY": -2.0})[1][1] for each in (True, False))
    assert cut <= 45.0 < whole == pytest.approx(180.0)


def test_gain_scales_everything():
    pose, shift = head(gain=0.5).pose({"headYaw": 10.0, "headX": 1.0, "headScale": 1.44})
    assert rotation_to_angles(pose.rotation)[0] == pytest.approx(5.0)
    assert shift[0] == pytest.approx(45.0) and pose.scale == pytest.approx(12.0)
