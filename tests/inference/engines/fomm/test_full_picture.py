# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A frame at the picture's own resolution, and the seam around it."""

import cv2
import numpy as np
import pytest

pytest.importorskip("torch", reason="the FOMM engine needs torch")

from pastiche.inference.engines.fomm.full_picture import FullPicture
from pastiche.inference.engines.fomm.pyramids import Seam
from pastiche.inference.faces.region import Region

SIZE = 64
STILL = np.zeros((16, 16, 2), np.float32)


def picture(dtype=np.uint8, side=300, alpha=None):
    dice = np.random.default_rng(0)
    coarse = cv2.resize(dice.random((9, 9, 3), np.float32), (side, side), interpolation=cv2.INTER_CUBIC)
    pixels = np.clip(0.1 + 0.7 * coarse + 0.1 * dice.standard_normal((side, side, 3)), 0, 1)
    top = np.iinfo(dtype).max
    alpha = np.ones((side, side)) if alpha is None else alpha
    return np.rint(np.dstack([pixels, alpha]) * top).astype(dtype)


SQUARES = [Region((150, 150), 200), Region((40, 150), 160), Region((150, 150), 500), Region((150, 150), 40)]


@pytest.mark.parametrize("square", SQUARES)
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_the_picture_at_rest_is_the_picture(square, dtype):
    image = picture(dtype)
    full = FullPicture(image, square, SIZE)
    network = np.clip(cv2.GaussianBlur(full.small, (0, 0), 2) + 0.05, 0, 1)  # a network that blurs and brightens
    full.at_rest(network)
    assert np.abs(full.compose(network, STILL).astype(int) - image).max() <= 1


def test_colors_under_transparency_and_alpha_are_kept():
    alpha = np.clip(cv2.GaussianBlur(np.pad(np.ones((120, 120)), 90), (0, 0), 8), 0, 1)
    image = picture(alpha=alpha)
    full = FullPicture(image, Region((150, 150), 200), SIZE)
    full.at_rest(full.small)
    result = full.compose(full.small, STILL)
    assert np.array_equal(result[..., 3], image[..., 3])
    clear = image[..., 3] < 2
    assert np.array_equal(result[clear], image[clear])
    solid = image[..., 3] > 100
    assert np.abs(result[solid].astype(int) - image[solid]).max() <= 1


def test_motion_moves_full_resolution_pixels():
    image = picture()
    full = FullPicture(image, Region((150, 150), 200), SIZE)
    full.at_rest(full.small)
    motion = STILL.copy()
    motion[..., 0] = 2 * 8 / 200 * SIZE / (SIZE - 1)  # every place shows what stands 8 pixels to its right
    bent = np.roll(image, -8, axis=1)
    small = cv2.resize(bent[50:250, 50:250, :3].astype(np.float32) / 255, (SIZE, SIZE), interpolation=cv2.INTER_AREA)
    result = full.compose(small, motion)
    middle = (slice(100, 200), slice(100, 200))
    assert np.abs(result[middle].astype(int) - bent[middle]).mean() < 1.5
    assert np.array_equal(result[:50], image[:50])


def test_transparency_moves_with_the_picture():
    alpha = np.pad(np.ones((60, 60)), 120)
    full = FullPicture(picture(alpha=alpha), Region((150, 150), 240), SIZE)
    full.at_rest(full.small)
    motion = STILL.copy()
    motion[..., 1] = -2 * 10 / 240 * SIZE / (SIZE - 1)  # 10 pixels down
    result = full.compose(full.small, motion)
    assert result[185, 150, 3] == 255 and result[125, 150, 3] == 0


def test_what_the_network_invents_is_painted():
    image = picture()
    full = FullPicture(image, Region((150, 150), 200), SIZE)
    full.at_rest(full.small)
    invented = full.small.copy()
    invented[24:40, 24:40] = (0.9, 0.1, 0.1)
    result = full.compose(invented, STILL)
    assert np.abs(result[145:155, 145:155, :3] / 255 - (0.9, 0.1, 0.1)).max() < 0.03
    assert np.array_equal(result[:60], image[:60])


def test_fine_detail_outlives_the_network():
    """256 pixels enlarged lose what the bent picture keeps."""
    image = picture(side=600)
    full = FullPicture(image, Region((300, 300), 500), SIZE)
    full.at_rest(full.small)
    middle = (slice(200, 400), slice(200, 400), slice(0, 3))

    def grain(pixels):
        return cv2.Laplacian(pixels[middle].astype(np.float32), cv2.CV_32F).std()

    assert grain(full.compose(full.small, STILL)) > 0.98 * grain(image)
    assert grain(full.enlarge(full.small)) < 0.2 * grain(image)


def test_a_blend_of_equals_is_the_same():
    image = np.random.default_rng(0).random((70, 45, 3), np.float32)
    mask = np.linspace(0, 1, 45, dtype=np.float32)[None].repeat(70, 0)
    np.testing.assert_allclose(Seam(mask, 3).blend(image, image), image, atol=1e-6)


def test_a_blend_hides_a_step_of_light():
    inner, outer = (np.full((128, 128, 3), light, np.float32) for light in (0.7, 0.3))
    mask = np.zeros((128, 128), np.float32)
    mask[:, 64:] = 1
    row = Seam(mask, 3).blend(inner, outer)[64, :, 0]
    assert np.abs(np.diff(row)).max() < 0.02
    assert row[0] < 0.4 and row[-1] > 0.6
