# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""An emotion is one click: which points of a face go where, whatever its size and tilt."""

import numpy as np
import pytest
from pastiche.bridge.drag_presets import PRESETS, preset_points
from pastiche.bridge.face_points import NAMED, named_points, snapped
from pastiche.inference.faces import topology

SIZE = (512, 512)


def face(turn=0.0, scale=18.0):
    """Landmarks of the canonical face in the middle of the picture, turned by radians in the picture's plane."""
    shape = topology.canonical_shape().copy()
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    shape[:, :2] = shape[:, :2] @ rotation.T * scale + 256
    return shape


def moves(name, landmarks, strength=1.0):
    """Named point -> its move in pixels, for those the preset moves."""
    pairs = preset_points(name, landmarks, SIZE, strength)
    return {pull.point: np.subtract(end, start) for pull, (start, end) in zip(PRESETS[name], pairs, strict=True)}


def test_names_are_those_of_the_landmarks_the_worker_finds():
    assert NAMED["right mouth corner"] == (topology.OUTER_LIP_CORNERS[0],)
    assert NAMED["left mouth corner"] == (topology.OUTER_LIP_CORNERS[1],)
    assert NAMED["right upper lid"][0] in topology.RIGHT_UPPER_LID
    assert NAMED["left lower lid"][0] in topology.LEFT_LOWER_LID
    assert set(NAMED["right inner brow"]) == {topology.RIGHT_BROW_UPPER[-1], topology.RIGHT_BROW_LOWER[-1]}
    assert NAMED["chin"] == (topology.CHIN,)


def test_right_is_the_subjects_own():
    points = named_points(face())
    assert all(points[name][0] < 256 for name in NAMED if name.startswith("right"))
    assert all(points[name][0] > 256 for name in NAMED if name.startswith("left"))


def test_a_smile_pulls_both_corners_out_and_up():
    smile = moves("smile", face())
    assert smile["right mouth corner"][0] < -8 and smile["left mouth corner"][0] > 8
    assert smile["right mouth corner"][1] < -8 and smile["left mouth corner"][1] < -8


def test_surprise_opens_mouth_and_eyes():
    surprise = moves("surprise", face())
    assert surprise["lower lip"][1] > 10 and surprise["left upper lid"][1] < 0 and surprise["right inner brow"][1] < 0


def test_a_wink_shuts_one_eye_and_leaves_the_other():
    landmarks = face()
    wink, points = moves("wink", landmarks), named_points(landmarks)
    gap = np.subtract(points["left lower lid"], points["left upper lid"])
    assert wink["left upper lid"] == pytest.approx(gap * 0.9, abs=1e-3)
    assert not any(name.startswith("right") for name in wink)


@pytest.mark.parametrize("name", PRESETS)
def test_a_tilted_and_smaller_face_gets_the_same_expression(name):
    upright, tilted = moves(name, face()), moves(name, face(turn=0.5, scale=9.0))
    rotation = np.array([[np.cos(0.5), -np.sin(0.5)], [np.sin(0.5), np.cos(0.5)]])
    for point, move in upright.items():
        assert tilted[point] == pytest.approx(rotation @ move / 2, abs=1e-3)


@pytest.mark.parametrize("name", PRESETS)
def test_every_point_stays_inside_the_picture(name):
    pairs = np.array(preset_points(name, face(scale=40.0), SIZE, strength=3.0))
    assert pairs.min() >= 0 and pairs.max() <= 511


def test_a_point_snaps_to_what_is_near_and_to_nothing_else():
    landmarks = face()
    corner = named_points(landmarks)["left mouth corner"]
    assert snapped((corner[0] + 3, corner[1] - 3), landmarks, 8) == pytest.approx(tuple(corner))
    assert snapped((5.0, 5.0), landmarks, 8) == (5.0, 5.0)
    assert snapped((5.0, 5.0), None, 8) == snapped((5.0, 5.0), np.empty((0, 2)), 8) == (5.0, 5.0)
