# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest
from pastiche.inference.faces.matte import Segmenter

data = pytest.importorskip("skimage.data", reason="scikit-image lends the photograph")


def test_the_matte_holds_the_person_and_leaves_out_the_background():
    image = data.astronaut()
    matte = Segmenter().matte(image)
    assert matte.shape == image.shape[:2] and matte.dtype == np.float32
    assert matte.min() >= 0 and matte.max() <= 1
    assert matte[90:170, 190:260].mean() > 0.95  # her face
    assert matte[:60, 440:].mean() < 0.1


def test_the_matte_has_the_pictures_size_whatever_it_is():
    assert Segmenter().matte(np.zeros((37, 501, 3), np.uint8)).shape == (37, 501)
