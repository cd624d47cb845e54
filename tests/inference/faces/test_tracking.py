# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest
from acted_clips import empty, swaying, two_faces
from pastiche.inference.faces import topology
from pastiche.inference.faces.face_detector import Detection
from pastiche.inference.faces.region import region_of_landmarks
from pastiche.inference.faces.tracking import FaceTracker, region_of_head

SHAPE = topology.canonical_shape()


def face_at(x, y=200.0, scale=8.0):
    return (SHAPE * scale + (x, y, 0)).astype(np.float32)


class Puppets:
    """A backend whose faces are told, frame by frame; the "image" is the list of where they are."""

    def detect(self, image, view, least_score=0.5):
        return [Detection(region_of_landmarks(face), 0.9) for face in self.faces]

    def fit(self, image, region):
        near = min(self.faces, key=lambda face: self._way(face, region), default=None)
        if near is None or self._way(near, region) > region.side / 3:
            return SHAPE.copy(), 0.0
        return near, 1.0

    @staticmethod
    def _way(face, region):
        return float(np.hypot(*(np.array(region_of_landmarks(face).center) - region.center)))


@pytest.fixture
def play():
    backend, tracker = Puppets(), None
    tracker = FaceTracker(backend)
    picture = np.zeros((400, 800, 3), np.uint8)

    def frames(*rows):
        for faces in rows:
            backend.faces = faces
            yield tracker.follow(picture)

    return frames


def test_the_larger_face_of_the_first_frame_is_number_0(play):
    (seen,) = play([face_at(200, scale=6), face_at(560, scale=9)])
    assert seen[0][4, 0] > 500 and seen[1][4, 0] < 300


def test_ids_stay_with_faces_that_walk(play):
    rows = [[face_at(200 + 3 * i), face_at(600 - 3 * i)] for i in range(30)]
    for i, seen in enumerate(play(*rows)):
        assert seen[0][4, 0] == pytest.approx(rows[i][0][4, 0])
        assert set(seen) == {0, 1}


def test_a_face_that_comes_back_keeps_its_id(play):
    here = [face_at(300)]
    seen = [set(frame) for frame in play(here, here, [], [], [], here, here)]
    assert seen == [{0}, {0}, set(), set(), set(), {0}, {0}]


def test_the_only_person_of_a_clip_keeps_the_id_wherever_they_come_back(play):
    seen = list(play([face_at(150)], [], [], [face_at(650)]))
    assert set(seen[-1]) == {0}


def test_somebody_new_gets_the_next_id(play):
    both = [face_at(200), face_at(600)]
    seen = list(play(*[both[:1]] * 3, *[both] * 20))
    assert set(seen[2]) == {0} and set(seen[-1]) == {0, 1}
    assert seen[-1][1][4, 0] > 500


def test_of_two_who_left_the_one_who_comes_back_is_known_by_place(play):
    left, right = face_at(200), face_at(600)
    seen = list(play([left, right], [left, right], [], [], [right]))
    assert set(seen[-1]) == {1}


def test_the_square_of_a_head_does_not_follow_its_jaw():
    opened = face_at(300)
    opened[[152, 148, 176, 149, 377, 400, 378, 17, 14]] += (0, 30, 0)
    before, after = region_of_head(face_at(300)), region_of_head(opened)
    assert np.allclose([*after.center, after.side], [*before.center, before.side], rtol=1e-3)


def test_a_photographed_face_is_followed_through_every_picture():
    tracker = FaceTracker()
    seen = [tracker.follow(picture) for picture in swaying(12)]
    assert all(set(frame) == {0} for frame in seen)
    eyes = np.array([frame[0][[33, 263], :2] for frame in seen])
    tilt = np.degrees(np.arctan2(*(eyes[:, 1] - eyes[:, 0]).T[::-1]))
    asked = np.array([-6 * np.sin(i / 4) for i in range(12)])
    assert np.corrcoef(tilt, asked)[0, 1] > 0.98


def test_two_photographed_faces_have_two_ids():
    tracker = FaceTracker()
    seen = [tracker.follow(picture) for picture in two_faces(4)]
    assert all(set(frame) == {0, 1} for frame in seen)
    assert seen[-1][0][4, 0] > seen[-1][1][4, 0]  # the larger one stands on the right


def test_nobody_is_found_where_nobody_is():
    tracker = FaceTracker()
    assert all(tracker.follow(picture) == {} for picture in empty(3))
