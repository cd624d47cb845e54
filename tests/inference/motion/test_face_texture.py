# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import cv2
import numpy as np
import pytest
from pastiche.bridge.errors import InputError
from pastiche.inference.faces import topology
from pastiche.inference.faces.face_frame import Pose, angles_to_rotation
from pastiche.inference.motion import face_texture as ft

SHAPE = topology.canonical_shape()


def coordinates(size):
    """A picture whose red is x and green is y, in parts of its size."""
    y, x = np.mgrid[0:size, 0:size] / size
    return np.stack([255 * x, 255 * y, 0 * x], axis=-1).astype(np.uint8)


def posed(yaw=0.0, scale=20.0, center=300.0):
    return Pose(scale, angles_to_rotation(np.array((yaw, 0, 5))), np.array((center, center, 0))).to_image(SHAPE)


@pytest.mark.parametrize(("yaw", "scale", "size"), [(0, 20, 600), (15, 20, 600), (0, 70, 2000)])
def test_each_texel_shows_what_lies_under_its_place_on_the_skin(yaw, scale, size):
    landmarks = posed(yaw, scale, size / 2)
    atlas = ft.make_texture(coordinates(size), landmarks)
    assert atlas.shape == (ft.FACE_SIDE + ft.MOUTH_HEIGHT, ft.FACE_SIDE, 3)
    for landmark in (4, 50, 280, 9, 152, 61, 234):
        x, y = np.clip(ft.texture_points()[landmark].astype(int), 1, ft.FACE_SIDE - 2)
        seen = atlas[y, x, :2] / 255 * size
        assert np.allclose(seen, landmarks[landmark, :2], atol=2 + 1.2 * scale / 10)


def test_the_same_skin_has_the_same_texel_whatever_the_head_does():
    rng = np.random.default_rng(0)
    skin = cv2.GaussianBlur(rng.normal(0, 1, (600, 600, 3)), (0, 0), 8)
    skin = cv2.normalize(skin, None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)
    here, there = posed(), posed(scale=24.0, center=280.0)
    warp = cv2.getAffineTransform(*(each[[33, 263, 152], :2].astype(np.float32) - 0.5 for each in (here, there)))
    moved = cv2.warpAffine(skin, warp, (600, 600))
    a, b = (ft.make_texture(*each)[: ft.FACE_SIDE].astype(float) for each in ((skin, here), (moved, there)))
    assert np.abs(a - b)[40:150, 40:150].mean() < 6 < np.abs(a - a[::-1])[40:150, 40:150].mean()


def test_the_mouth_runs_from_the_right_corner_to_the_left_and_from_lip_to_lip():
    opened = SHAPE.copy()
    opened[list(topology.INNER_LOWER_LIP)] += (0, 2, 0)
    landmarks = opened * 20 + (300, 300, 0)
    mouth = ft.make_texture(coordinates(600), landmarks)[ft.FACE_SIDE :, :, :2] / 255 * 600
    for row, lip in ((0, ft.MOUTH_UPPER), (-1, ft.MOUTH_LOWER)):
        for k in (1, 5, 9):
            assert np.allclose(mouth[row, k * ft.FACE_SIDE // 10], landmarks[lip[k], :2], atol=5)


def test_a_jpeg_brings_the_texture_back():
    atlas = ft.make_texture(coordinates(600), posed())
    texture = ft.decode_texture(ft.encode_texture(atlas))
    assert texture.face.shape == (ft.FACE_SIDE, ft.FACE_SIDE, 3)
    assert texture.mouth.shape == (ft.MOUTH_HEIGHT, ft.FACE_SIDE, 3)
    assert np.abs(np.vstack(texture).astype(int) - atlas).mean() < 4


def test_a_face_half_out_of_the_picture_still_gives_a_texture():
    assert ft.make_texture(coordinates(200), posed(center=10.0)).any()
    assert ft.make_texture(coordinates(200), posed(scale=60.0, center=-5000.0)).shape[1] == ft.FACE_SIDE


HUGE = cv2.imencode(".jpg", np.zeros((3000, 3000, 3), np.uint8))[1].tobytes()
SMALL = cv2.imencode(".jpg", np.zeros((8, 8, 3), np.uint8))[1].tobytes()


@pytest.mark.parametrize("jpeg", [b"", b"\xff\xd8", b"no picture", HUGE, SMALL, b"\x89PNG" + bytes(99)])
def test_anything_else_than_a_texture_is_refused(jpeg):
    with pytest.raises(InputError, match="texture"):
        ft.decode_texture(jpeg)


def test_a_truncated_texture_is_refused_or_whole():
    jpeg = ft.encode_texture(ft.make_texture(coordinates(600), posed()))
    for length in range(0, len(jpeg), 97):
        try:
            assert ft.decode_texture(jpeg[:length]).face.shape[0] == ft.FACE_SIDE
        except InputError:
            pass
