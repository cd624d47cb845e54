# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
from pastiche.inference.faces.face_frame import Pose, angles_to_rotation
from pastiche.inference.motion.head import NAMES, head_channels, head_poses

NEUTRAL = Pose(np.float64(10), angles_to_rotation(np.array((12, -4, 3))), np.array((200.0, 150.0, 7.0)))


def test_the_neutral_frame_is_at_rest():
    same = Pose(np.array([10.0]), NEUTRAL.rotation[None], NEUTRAL.translation[None])
    assert np.allclose(head_channels(same, NEUTRAL, 80.0), [[0, 0, 0, 0, 0, 1]], atol=1e-6)


def test_channels_say_what_the_head_did_in_the_picture():
    turn = angles_to_rotation(np.array((25, 0, 0)))
    moved = Pose(np.array([15.0]), (turn @ NEUTRAL.rotation)[None], (NEUTRAL.translation + (40, -80, 0))[None])
    values = dict(zip(NAMES, head_channels(moved, NEUTRAL, 80.0)[0], strict=True))
    assert np.isclose(values["headYaw"], 25, atol=1e-4)
    assert np.isclose(values["headX"], 0.5) and np.isclose(values["headY"], 1.0)  # up is positive
    assert np.isclose(values["headScale"], 1.5)


def test_poses_come_back_from_channels():
    rows = np.random.default_rng(0).uniform((-40, -30, -60, -1, -1, 0.5), (40, 30, 60, 1, 1, 2), (9, 6))
    poses = head_poses(rows, NEUTRAL, 80.0)
    assert np.allclose(head_channels(poses, NEUTRAL, 80.0), rows, atol=1e-3)
