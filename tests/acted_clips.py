# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Short clips of a real photographed face that sways, for tests of capturing and driving."""

from fractions import Fraction

import cv2
import numpy as np
import pytest
from pastiche.inference.media.movie import MovieWriter

SIZE = 240


def photograph():
    """(SIZE, SIZE, 3) uint8 RGB: the astronaut's head, which scikit-image lends."""
    data = pytest.importorskip("skimage.data", reason="scikit-image lends the photograph")
    return cv2.resize(data.astronaut()[0:304, 72:376], (SIZE, SIZE), interpolation=cv2.INTER_AREA)


def swaying(count):
    """`count` pictures of the face, which drifts and tilts a little."""
    face = photograph()
    for i in range(count):
        turn = cv2.getRotationMatrix2D((SIZE / 2, SIZE / 2), 6 * np.sin(i / 4), 1.0)
        turn[0, 2] += 3 * np.sin(i / 3)
        yield cv2.warpAffine(face, turn, (SIZE, SIZE), borderMode=cv2.BORDER_REPLICATE)


def empty(count):
    """`count` pictures without a face."""
    for i in range(count):
        yield np.full((SIZE, SIZE, 3), 60 + i, np.uint8)


def two_faces(count):
    """`count` pictures of the face twice, side by side; the left one is smaller."""
    for picture in swaying(count):
        small = cv2.resize(picture, (SIZE * 3 // 4, SIZE * 3 // 4), interpolation=cv2.INTER_AREA)
        small = cv2.copyMakeBorder(small, 0, SIZE - len(small), 0, 0, cv2.BORDER_CONSTANT)
        yield np.hstack([small, picture])


def film(path, pictures, fps=25, audio=None):
    """Write pictures as an MP4; returns its path."""
    pictures = list(pictures)
    with MovieWriter(path, Fraction(fps), pictures[0].shape[1::-1], audio) as movie:
        for picture in pictures:
            movie.write(picture)
    return path
