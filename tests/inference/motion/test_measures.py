# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest
from pastiche.inference.faces import topology
from pastiche.inference.faces.face_frame import angles_to_rotation
from pastiche.inference.motion import measures

SHAPE = topology.canonical_shape()


def with_iris(eye, shift):
    shape = SHAPE.copy()
    shape[468 + 5 * eye : 473 + 5 * eye, :2] += shift
    return shape


def test_openness_goes_from_open_to_shut():
    shut = SHAPE.copy()
    shut[list(topology.RIGHT_UPPER_LID)] = shut[list(topology.RIGHT_LOWER_LID)]
    right, left = measures.eye_openness(shut)
    assert right == 0 and left == pytest.approx(measures.eye_openness(SHAPE)[1])
    assert 0.15 < left < 0.4


def test_closing_is_0_neutral_1_shut_and_negative_wide():
    openness = np.array([[0.3, 0.3]] * 50 + [[0.05, 0.3]] * 5 + [[0.36, 0.3]])
    closing = measures.eye_closing(openness, np.array((0.3, 0.3)))
    assert np.allclose(closing[0], 0) and closing[52, 0] == pytest.approx(1, abs=0.05) and closing[-1, 0] < 0
    assert np.allclose(closing[:, 1], 0)  # that eye never shut, and is not taken to be


def test_the_gap_of_the_lips_is_measured_down():
    opened = SHAPE.copy()
    opened[[87, 14, 317], 1] += 2
    assert measures.mouth_gap(opened) - measures.mouth_gap(SHAPE) == pytest.approx(2, abs=1e-5)


@pytest.mark.parametrize("eye", [0, 1])
def test_gaze_is_to_the_right_and_down_in_eye_widths(eye):
    width = np.linalg.norm((SHAPE[33] - SHAPE[133])[:2])
    change = measures.gaze(with_iris(eye, (0.2 * width, 0.1 * width))) - measures.gaze(SHAPE)
    tilt = np.arctan2(SHAPE[133, 1] - SHAPE[33, 1], SHAPE[133, 0] - SHAPE[33, 0]) * (1 if eye == 0 else -1)
    turn = np.array([[np.cos(tilt), np.sin(tilt)], [-np.sin(tilt), np.cos(tilt)]])
    assert np.allclose(change[eye], turn @ (0.2, 0.1), atol=1e-4)
    assert np.allclose(change[1 - eye], 0, atol=1e-6)


def test_gaze_does_not_change_when_the_picture_is_turned_moved_and_scaled():
    turned = 7 * SHAPE @ angles_to_rotation(np.array((0, 0, 33))).T + (50, -20, 9)
    assert np.allclose(measures.gaze(turned), measures.gaze(SHAPE), atol=1e-5)
