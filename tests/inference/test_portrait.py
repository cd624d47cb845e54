# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A face is found in a picture, or placed by hand, or its lack is told."""

import numpy as np
import pytest
from painted_face import make_portrait
from pastiche.bridge.errors import FaceNotFoundError, InputError
from pastiche.bridge.requests import Placement
from pastiche.inference.faces import topology
from pastiche.inference.media.pictures import write_png
from pastiche.inference.portrait import make_portrait as portrait_of
from pastiche.inference.portrait import read_portrait
from skimage import data

FIVE = ((33, 133), (263, 362), (4,), (61,), (291,))


@pytest.fixture(scope="module")
def photograph():
    picture = data.astronaut()
    return np.dstack((picture, np.full(picture.shape[:2], 255, np.uint8)))


def five_points(landmarks):
    return tuple(tuple(float(v) for v in landmarks[list(each), :2].mean(axis=0)) for each in FIVE)


def box_of(landmarks):
    low, high = landmarks[: topology.N_SKIN, :2].min(axis=0), landmarks[: topology.N_SKIN, :2].max(axis=0)
    return (*map(float, low), *map(float, high))


@pytest.fixture(scope="module")
def found(photograph):
    return portrait_of(photograph, "photograph")


def test_a_photographed_face_is_found_with_its_matte(found):
    right_eye, left_eye = found.landmarks[33, :2], found.landmarks[263, :2]
    assert 180 < right_eye[0] < left_eye[0] < 270 and 80 < right_eye[1] < 150
    assert found.matte.shape == found.image.shape[:2] and found.matte[200, 220] > 0.8 > 0.2 > found.matte[40, 480]


@pytest.mark.parametrize("depth", [8, 16])
def test_a_file_gives_the_portrait_of_its_pixels(tmp_path, photograph, found, depth):
    path = tmp_path / "ein Bild ü.png"
    write_png(path, photograph if depth == 8 else photograph.astype(np.uint16) * 257)
    portrait = read_portrait(path)
    assert portrait.image.dtype == (np.uint8 if depth == 8 else np.uint16)
    assert np.allclose(portrait.landmarks, found.landmarks, atol=0.01)
    assert (portrait.sha256 == found.sha256) == (depth == 8)


def test_a_face_that_is_not_there_is_told_with_how_many_there_are(tmp_path, photograph):
    path = tmp_path / "one.png"
    write_png(path, photograph)
    with pytest.raises(FaceNotFoundError, match="one.png shows 1 faces.*no face 3"):
        read_portrait(path, face=3)


def test_a_picture_without_a_face_says_how_to_go_on():
    with pytest.raises(FaceNotFoundError, match="No face was found in wall.*box and five points"):
        portrait_of(np.full((200, 300, 4), 255, np.uint8), "wall")


def test_a_missing_file_is_an_input_error(tmp_path):
    with pytest.raises(InputError):
        read_portrait(tmp_path / "none.png")


def test_a_box_around_the_face_leads_to_the_same_landmarks(photograph, found):
    placed = portrait_of(photograph, "x", placement=Placement(box_of(found.landmarks), five_points(found.landmarks)))
    eye_distance = np.linalg.norm(found.landmarks[33] - found.landmarks[263])
    assert np.linalg.norm((placed.landmarks - found.landmarks)[:, :2], axis=1).mean() < 0.03 * eye_distance


def test_five_points_place_a_face_where_no_network_sees_one():
    wall = np.random.default_rng(0).integers(0, 255, (300, 300, 4)).astype(np.uint8)
    wall[..., 3] = 255
    points = ((100.0, 120.0), (180.0, 110.0), (144.0, 160.0), (115.0, 200.0), (172.0, 194.0))
    landmarks = portrait_of(wall, "noise", placement=Placement((60, 60, 220, 250), points)).landmarks
    assert np.allclose(five_points(landmarks), points, atol=2.0)
    assert np.ptp(landmarks[:, 2]) > 20, "it has depth"


def test_a_box_alone_places_a_face_as_large_as_the_box():
    wall = np.full((300, 300, 4), 200, np.uint8)
    landmarks = portrait_of(wall, "wall", placement=Placement((80, 60, 220, 250))).landmarks
    low, high = landmarks[: topology.N_SKIN, :2].min(axis=0), landmarks[: topology.N_SKIN, :2].max(axis=0)
    assert np.abs((low + high) / 2 - (150, 155)).max() < 3 and 130 < (high - low)[1] < 210


@pytest.mark.parametrize(
    "placement",
    [
        Placement((10, 10, 10, 50)),
        Placement((float("nan"), 0, 50, 50)),
        Placement((400, 400, 500, 500)),
        Placement((10, 10, 100, 100), ((20.0, 20.0),)),
        Placement((10, 10, 100, 100), ((50.0, 50.0),) * 5),
    ],
)
def test_a_bad_placement_is_refused_by_name(placement):
    with pytest.raises(InputError, match="picture.png"):
        portrait_of(make_portrait().image, "picture.png", placement=placement)
