# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest
from pastiche.inference.faces.face_detector import (
    Detection,
    FaceDetector,
    best_of_overlapping,
    overlap,
    whole_view,
)
from pastiche.inference.faces.region import Region

data = pytest.importorskip("skimage.data", reason="scikit-image lends the photograph")


@pytest.fixture(scope="module")
def detector():
    return FaceDetector()


def test_the_astronaut_is_found_where_she_is(detector):
    image = data.astronaut()
    (found,) = detector.detect(image, whole_view(image))
    assert np.linalg.norm(np.array(found.region.center) - (222, 122)) < 25
    assert 120 < found.region.side < 260
    assert found.score > 0.7


def test_a_turned_view_gives_the_face_its_turn(detector):
    image = np.ascontiguousarray(np.rot90(data.astronaut()[:360]))
    found = detector.detect(image, whole_view(image).changed(turn=-np.pi / 2))
    assert found and abs(found[0].region.angle + np.pi / 2) < 0.3


def test_an_empty_picture_has_no_face(detector):
    image = np.full((200, 300, 3), 128, np.uint8)
    assert detector.detect(image, whole_view(image)) == []


def test_the_better_of_two_on_one_face_stays():
    one, same, other = (Region((x, 50.0), 40.0) for x in (50, 55, 120))
    kept = best_of_overlapping([Detection(one, 0.6), Detection(same, 0.9), Detection(other, 0.5)])
    assert [each.region for each in kept] == [same, other]


def test_overlap_is_of_the_union():
    assert overlap(Region((0, 0), 2), Region((0, 0), 2)) == 1
    assert overlap(Region((0, 0), 2), Region((1, 0), 2)) == pytest.approx(1 / 3)
    assert overlap(Region((0, 0), 2), Region((5, 5), 2)) == 0
