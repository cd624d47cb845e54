# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest
from pastiche.bridge.errors import FaceNotFoundError
from pastiche.bridge.requests import Look
from pastiche.inference.styles.aligned_face import aligned_square
from pastiche.inference.styles.figure import figure_4
from pastiche.inference.styles.stylist import Stylist, over_gray


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("turn", [0.0, 0.8, -2.5])
def test_a_turned_face_changes_and_the_rest_and_the_alpha_stay(stylist, picture, face, turn, dtype):
    image = picture.astype(dtype) * (257 if dtype == np.uint16 else 1)
    landmarks = face(scale=5.0, turn=turn)
    result = stylist.stylize(image, landmarks, Look())
    square = aligned_square(landmarks)
    y, x = np.mgrid[: image.shape[0], : image.shape[1]]
    distance = np.hypot(x - square.center[0], y - square.center[1]) / square.side
    assert result.dtype == dtype and np.array_equal(result[..., 3], image[..., 3])
    assert np.array_equal(result[distance > 0.75], image[distance > 0.75])
    assert (result[distance < 0.2] != image[distance < 0.2]).mean() > 0.5


def test_the_same_look_gives_the_same_picture(stylist, picture, face):
    first, again = (stylist.stylize(picture, face(), Look(noise=3)) for _ in range(2))
    assert np.array_equal(first, again)


def test_the_picture_given_is_not_changed(stylist, picture, face):
    before = picture.copy()
    for surroundings in ('KEEP', 'MATCH', 'CROP'):
        stylist.stylize(picture, face(), Look(), surroundings)
    assert np.array_equal(picture, before)


class Half:
    """Finds the person in one half of whatever it is shown."""

    def matte(self, image):
        matte = np.zeros(image.shape[:2], np.float32)
        matte[:, : image.shape[1] // 2] = 1
        return matte


def test_with_matting_the_background_is_the_pictures_own(stylist, picture, face):
    landmarks = face(scale=5.0)
    result = Stylist(stylist.style, stylist.encoder, Half()).stylize(picture, landmarks, Look())
    square = aligned_square(landmarks)
    edge = int(square.center[0] + 0.15 * square.side)
    assert np.array_equal(result[:, edge:], picture[:, edge:])
    assert not np.array_equal(result[:, :edge], picture[:, :edge])


def test_the_crop_is_of_the_styles_size(stylist, picture, face):
    assert stylist.stylize(picture, face(), Look(), 'CROP').shape == (64, 64, 4)


def test_two_faces_take_two_looks(stylist, picture, face):
    left, right = face(scale=4.0, center=(80.0, 130.0)), face(scale=4.0, center=(240.0, 130.0))
    first = stylist.stylize(picture, left, Look(exemplar=0))
    both = stylist.stylize(first, right, Look(exemplar=2))
    assert np.array_equal(both[:, :160], first[:, :160])
    assert not np.array_equal(both[:, 160:], first[:, 160:])


@pytest.mark.parametrize(
    "change, text",
    [
        ({"scale": 1.5}, "48 is the least"),
        ({"center": (-200.0, 50.0)}, "outside the picture"),
        ({"center": (np.nan, 50.0)}, "no place"),
    ],
)
def test_a_face_that_cannot_be_cut_is_named(stylist, picture, face, change, text):
    with pytest.raises(FaceNotFoundError, match=text):
        stylist.stylize(picture, face(**change), Look())


def test_a_face_cut_by_the_border_is_stylized(stylist, picture, face):
    result = stylist.stylize(picture, face(scale=8.0, center=(5.0, 250.0)), Look())
    assert result.shape == picture.shape and not np.array_equal(result, picture)


def test_gray_shows_through_transparent_pixels():
    image = np.zeros((2, 2, 4), np.uint8)
    image[0, :, 3] = 255
    assert over_gray(image)[:, 0, 0].tolist() == [0, 128]
    assert over_gray(image.astype(np.uint16) * 257)[:, 0, 0].tolist() == [0, 128]


def test_figure_4_shows_the_face_and_four_pictures(stylist, picture, face):
    figure = figure_4(stylist, picture, face(), Look())
    assert figure.shape == (64, 5 * 64, 3)
    columns = np.split(figure, 5, axis=1)
    assert all(not np.array_equal(a, b) for i, a in enumerate(columns) for b in columns[:i])
