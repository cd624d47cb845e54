# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is a face in a picture, and what is not."""

import numpy as np
import pytest

data = pytest.importorskip("skimage.data")

from pastiche.inference.faces.face_frame import eye_distance, fit_pose, rotation_to_angles  # noqa: E402
from pastiche.inference.faces.landmarks import MediaPipeBackend, find_faces  # noqa: E402
from pastiche.inference.faces.topology import canonical_shape  # noqa: E402


@pytest.fixture(scope="module")
def backend():
    return MediaPipeBackend()


@pytest.fixture(scope="module")
def astronaut():
    return data.astronaut()


def test_the_photograph_has_one_face_where_it_is(astronaut, backend):
    (face,) = find_faces(astronaut, backend)
    assert face.shape == (478, 3)
    assert 170 < face[1, 0] < 270 and 60 < face[1, 1] < 170  # the nose
    assert 30 < eye_distance(face) < 80


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_picture_on_its_side_or_head_still_shows_its_face(astronaut, backend, turns):
    (face,) = find_faces(np.ascontiguousarray(np.rot90(astronaut, turns)), backend)
    roll = rotation_to_angles(fit_pose(face, canonical_shape()).rotation)[2]
    assert abs((roll + 90 * turns + 180) % 360 - 180) < 12


def test_two_faces_come_the_larger_first(astronaut, backend):
    small = astronaut[:256:2, 80:360:2]
    picture = np.full((512, 900, 3), 128, np.uint8)
    picture[:, :512] = astronaut
    picture[100 : 100 + small.shape[0], 650 : 650 + small.shape[1]] = small
    first, second = find_faces(picture, backend)
    assert first[1, 0] < 512 < second[1, 0]


@pytest.mark.parametrize("seed", [0, 1])
def test_noise_has_no_face(backend, seed):
    noise = np.random.default_rng(seed).integers(0, 255, (400, 400, 3), np.uint8)
    assert find_faces(noise, backend) == []


@pytest.mark.parametrize("name", ["coffee", "rocket"])
def test_a_photograph_of_things_has_no_face(backend, name):
    assert find_faces(np.ascontiguousarray(getattr(data, name)()), backend) == []
