# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest
from pastiche.inference.faces import topology
from pastiche.inference.faces.face_frame import Pose, angles_to_rotation, fit_pose
from pastiche.inference.motion.expression import expression_model
from pastiche.inference.motion.neutral import choose_neutral, describe_frames

SHAPE = topology.canonical_shape().copy()
SHAPE[[*topology.INNER_LOWER_LIP]] -= (0, 0.3, 0)  # the canonical lips are a little apart


def described(rows):
    """Frames that show (channels, angles), described."""
    shapes = np.array([SHAPE + expression_model().decode(channels) for channels, _ in rows])
    rotation = angles_to_rotation(np.array([angles for _, angles in rows], np.float64))
    landmarks = Pose(np.full(len(rows), 10.0), rotation, np.zeros((len(rows), 3))).to_image(shapes)
    poses = fit_pose(landmarks, SHAPE)
    return describe_frames(poses.to_face(landmarks), poses, landmarks)


def choose(rows, fps=25, lost=()):
    seen = ~np.isin(np.arange(len(rows)), lost)
    return choose_neutral(described(rows), np.arange(len(rows)) / fps, seen)


REST = ({}, (0, 0, 0))
BROWS = {"browInnerUp": 1, "browOuterUpLeft": 1, "browOuterUpRight": 1}
LOUD = [
    ({"jawOpen": 0.8}, (0, 0, 0)), ({"eyeBlinkLeft": 1, "eyeBlinkRight": 1}, (0, 0, 0)), ({}, (24, -8, 0)),
    ({**BROWS, "jawOpen": 0.4}, (15, 0, 0)), ({"eyeLookOutLeft": 1, "eyeLookInRight": 1}, (12, 9, 0)),
]  # fmt: skip


@pytest.mark.parametrize("where", [0, 12, 20, 39])
def test_the_one_calm_frame_is_found_wherever_it_is(where):
    rows = [LOUD[i % len(LOUD)] for i in range(40)]
    rows[max(0, where - 3) : where + 4] = [REST] * len(rows[max(0, where - 3) : where + 4])
    assert abs(choose(rows) - where) <= 3


def test_a_fair_opening_beats_a_perfect_frame_later():
    rows = [({"mouthSmileLeft": 0.1}, (3, 0, 0))] * 10 + [REST] * 30
    assert choose(rows) < 8


def test_lost_frames_are_never_neutral():
    assert choose([REST] * 3 + [LOUD[2]] * 5, lost=(0, 1, 2)) >= 3


def test_one_frame_is_its_own_neutral():
    assert choose([LOUD[0]]) == 0
