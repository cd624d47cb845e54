# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pastiche.inference.faces import topology
from pastiche.inference.faces.face_frame import (
    Pose,
    angles_to_rotation,
    eye_distance,
    fit_pose,
    rotation_to_angles,
)

SHAPE = topology.canonical_shape()
NOSE = np.array((0.0, 0.0, -1.0))  # the way a face at rest looks
angle = st.floats(-80, 80)


@given(angle, angle, st.floats(-170, 170), st.floats(0.5, 80), st.floats(-900, 900))
def test_a_pose_is_found_again(yaw, pitch, roll, scale, shift):
    pose = Pose(scale, angles_to_rotation(np.array((yaw, pitch, roll))), np.array((shift, -shift, 3.0)))
    found = fit_pose(pose.to_image(SHAPE), SHAPE)
    assert np.allclose(found.rotation, pose.rotation, atol=1e-5)
    assert np.isclose(found.scale, scale, rtol=1e-5)
    assert np.allclose(found.to_face(pose.to_image(SHAPE)), SHAPE, atol=1e-4)
    assert np.allclose(rotation_to_angles(found.rotation), (yaw, pitch, roll), atol=1e-3)


def test_many_frames_are_fitted_at_once():
    angles = np.random.default_rng(1).uniform(-40, 40, (7, 3))
    poses = Pose(np.full(7, 12.0), angles_to_rotation(angles), np.zeros((7, 3)))
    found = fit_pose(poses.to_image(SHAPE), SHAPE)
    assert np.allclose(rotation_to_angles(found.rotation), angles, atol=1e-4)
    assert np.allclose(found[3].rotation, fit_pose(poses[3].to_image(SHAPE), SHAPE).rotation)


def test_angles_mean_what_the_channels_say():
    yaw, pitch = angles_to_rotation(np.array((20, 0, 0))) @ NOSE, angles_to_rotation(np.array((0, 20, 0))) @ NOSE
    assert yaw[0] > 0.3  # to the picture's right
    assert pitch[1] < -0.3  # up
    assert (angles_to_rotation(np.array((0, 0, 20))) @ (1, 0, 0))[1] > 0.3  # clockwise: the right side sinks


def test_a_mirror_image_is_not_taken_for_a_turned_head():
    pose = fit_pose(SHAPE * (-1, 1, 1), SHAPE)
    assert np.linalg.det(pose.rotation) == pytest.approx(1)


def test_an_open_jaw_does_not_tilt_the_head():
    opened = SHAPE.copy()
    opened[[152, 148, 377, 17, 14, 84, 314]] += (0, 3, 1)
    assert np.abs(rotation_to_angles(fit_pose(opened, SHAPE).rotation)).max() < 1e-3


def test_eye_distance_is_measured_in_the_picture():
    pose = Pose(10.0, angles_to_rotation(np.array((60, 0, 0))), np.zeros(3))
    assert eye_distance(pose.to_image(SHAPE)) < 0.6 * eye_distance(10 * SHAPE)
