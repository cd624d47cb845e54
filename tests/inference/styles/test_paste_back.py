# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest
from pastiche.inference.faces.region import Region
from pastiche.inference.styles.aligned_face import cut
from pastiche.inference.styles.paste_back import color_change, paste_back, soft_mask

SQUARE = Region((150.0, 120.0), 120.0, 0.4)


def inside(square, shape):
    """Which pixels lie in a square."""
    y, x = np.mgrid[: shape[0], : shape[1]] + 0.5
    cos, sin = np.cos(square.angle), np.sin(square.angle)
    u = cos * (x - square.center[0]) + sin * (y - square.center[1])
    v = -sin * (x - square.center[0]) + cos * (y - square.center[1])
    return np.maximum(np.abs(u), np.abs(v)) / (square.side / 2)


@pytest.mark.parametrize("square", [SQUARE, Region((150.5, 120.5), 64.0, 0.0), Region((10.0, 20.0), 90.0, -0.7)])
@pytest.mark.parametrize("size", [64, 256])
def test_a_face_put_back_unchanged_leaves_the_picture_as_it_was(picture, square, size):
    face = cut(picture[..., :3], square, size).astype(np.float32) / 255
    result = paste_back(picture, square, face)
    off = np.abs(result.astype(int) - picture)
    assert off.max() <= 8 and off.mean() < 0.5
    assert np.array_equal(result[..., 3], picture[..., 3])


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_the_rest_and_the_alpha_stay_exact(picture, dtype):
    image = picture.astype(dtype) * (257 if dtype == np.uint16 else 1)
    result = paste_back(image, SQUARE, np.zeros((64, 64, 3), np.float32))
    outside = inside(SQUARE, image.shape) > 1.02
    assert result.dtype == dtype
    assert np.array_equal(result[outside], image[outside])
    assert np.array_equal(result[..., 3], image[..., 3])
    assert result[inside(SQUARE, image.shape) < 0.7][:, :3].max() == 0


def test_no_seam_shows(picture):
    flat = np.full_like(picture, 255)
    result = paste_back(flat, SQUARE, np.zeros((64, 64, 3), np.float32))[..., 0].astype(int)
    assert np.abs(np.diff(result, axis=0)).max() < 50 and np.abs(np.diff(result, axis=1)).max() < 50


def test_a_square_past_the_border_touches_only_what_there_is(picture):
    for center in ((0.0, 0.0), (330.0, 260.0), (-500.0, 40.0)):
        result = paste_back(picture, Region(center, 100.0, 0.3), np.ones((64, 64, 3), np.float32))
        assert result.shape == picture.shape


def test_the_crop_has_the_styles_size_and_the_pictures_alpha(picture):
    square = Region((270.0, 100.0), 80.0)
    cropped = paste_back(picture, square, np.full((64, 64, 3), 0.5, np.float32), 'CROP')
    assert cropped.shape == (64, 64, 4)
    assert (cropped[..., :3] == 128).all()
    assert cropped[:, 2, 3].min() > 200 and cropped[:, -2, 3].max() < 10


def test_a_matched_picture_takes_over_the_change_of_color(picture):
    face = cut(picture[..., :3], SQUARE, 64).astype(np.float32) / 255
    warmer = np.clip(face * (0.8, 0.6, 0.5) + (0.15, 0.1, 0.0), 0, 1).astype(np.float32)
    result = paste_back(picture, SQUARE, warmer, 'MATCH')
    outside = inside(SQUARE, picture.shape) > 1.05
    expected = np.clip(picture[..., :3] / 255 * (0.8, 0.6, 0.5) + (0.15, 0.1, 0.0), 0, 1) * 255
    assert np.abs(result[..., :3][outside] - expected[outside]).mean() < 4
    assert np.array_equal(result[..., 3], picture[..., 3])


def test_a_flat_face_does_not_blow_up_the_rest():
    gain, _ = color_change(np.full((8, 8, 3), 100, np.uint8), np.random.default_rng(0).random((8, 8, 3), np.float32))
    assert gain.max() <= 2


def test_the_mask_is_whole_in_the_middle_and_gone_at_the_edge():
    mask = soft_mask(100)
    assert mask[50, 50] == 1 and mask[0].max() < 0.01 and mask[:, -1].max() < 0.01
    assert np.array_equal(mask, mask.T) and np.abs(np.diff(mask, axis=1)).max() < 0.15


def test_with_a_matte_the_background_in_the_square_stays(picture):
    matte = np.zeros((32, 32), np.float32)
    matte[8:24, 8:24] = 1
    result = paste_back(picture, SQUARE, np.zeros((64, 64, 3), np.float32), matte=matte)
    place = inside(SQUARE, picture.shape)
    assert result[place < 0.4][:, :3].max() == 0
    assert np.array_equal(result[place > 0.8], picture[place > 0.8])
