# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Painted eyes come apart into white and iris, and go together again as they were."""

import cv2
import numpy as np
import pytest
from painted_face import make_portrait
from pastiche.inference.engines.mesh.eye_art import apply, take_apart
from pastiche.inference.engines.mesh.eye_opening import lids_of_the_art
from pastiche.inference.engines.mesh.eyes import draw_eye, opening
from pastiche.inference.engines.mesh.iris import Look, refine_irises
from pastiche.inference.engines.mesh.lids import LEFT, RIGHT


def drawn_look(center, radius, guess, guessed_radius):
    image = np.full((90, 140), 0.9, np.float32)
    cv2.circle(image, center, radius, 0.2, -1, cv2.LINE_AA)
    return Look(image, np.ones_like(image), np.array(guess, float), guessed_radius)


@pytest.mark.parametrize(("guess", "radius"), [((70, 45), 20.0), ((66, 43), 20.0), ((70, 45), 15.0), ((73, 46), 24.0)])
def test_an_iris_is_found_from_a_rough_guess(guess, radius):
    ((center, found),) = refine_irises([drawn_look((70, 45), 20, guess, radius)])
    assert np.linalg.norm(center - (70.5, 45.5)) < 2.5 and found == pytest.approx(20, abs=2.5)


def test_where_no_iris_can_be_seen_the_guess_stays():
    blank = Look(np.full((60, 90), 0.5, np.float32), np.ones((60, 90), np.float32), np.array((40.0, 30.0)), 10.0)
    ((center, radius),) = refine_irises([blank])
    assert tuple(center) == (40.0, 30.0) and radius == 10.0


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_the_white_behind_the_iris_is_white(dtype):
    portrait = make_portrait(dtype=dtype)
    peak = np.iinfo(dtype).max
    for art in take_apart(portrait.image, portrait.landmarks):
        x, y = art.center.astype(int)
        assert (art.white[y, x, :3] / peak).min() > 0.75
        color = art.iris[y, x, :3] / peak
        assert color[2] > color[0] + 0.15 and art.iris_share[y, x] == 1


def test_an_eye_that_has_not_moved_is_not_drawn():
    portrait = make_portrait()
    art = take_apart(portrait.image, portrait.landmarks)[0]
    out = portrait.image.copy()
    draw_eye(out, art, opening(portrait.landmarks, RIGHT, np.eye(2), 1.0, np.zeros(2)))
    assert np.array_equal(out, portrait.image)


def test_the_iris_lies_where_the_gaze_puts_it():
    portrait = make_portrait()
    art = take_apart(portrait.image, portrait.landmarks)[0]
    landmarks = portrait.landmarks.astype(float).copy()
    landmarks[RIGHT.iris, 0] += 6
    out = portrait.image.copy()
    draw_eye(out, art, opening(landmarks, RIGHT, np.eye(2), 1.0, np.array((0.2, 0.0))))
    x, y = landmarks[RIGHT.iris[0], :2].astype(int)
    assert out[y, x, 2] > out[y, x, 0] + 30, "iris where it looks"
    assert out[y, x - 11].min() > 180, "white where it was"


def test_a_shut_eye_shows_nothing_of_the_ball():
    portrait = make_portrait()
    art = take_apart(portrait.image, portrait.landmarks)[0]
    landmarks = portrait.landmarks.astype(float).copy()
    landmarks[RIGHT.upper] = landmarks[RIGHT.lower]
    out = portrait.image.copy()
    draw_eye(out, art, opening(landmarks, RIGHT, np.eye(2), 0.0, np.zeros(2)))
    assert np.array_equal(out, portrait.image)


def test_lids_move_out_to_eyes_that_are_larger_than_their_landmarks():
    portrait = make_portrait(size=480)
    image = portrait.image.copy()
    for eye in (RIGHT, LEFT):
        ring = portrait.landmarks[eye.ring, :2].astype(float)
        larger = ring.copy()
        larger[:, 1] = ring[0, 1] + 2.0 * (ring[:, 1] - ring[0, 1])
        cv2.fillPoly(image, [np.rint(larger).astype(np.int32)], (245, 245, 245, 255))
        center = tuple(int(v) for v in portrait.landmarks[eye.iris[0], :2])
        cv2.circle(image, center, 9, (40, 70, 120, 255), -1)
    moved = lids_of_the_art(image, portrait.landmarks)
    for eye in (RIGHT, LEFT):
        before, after = (points[eye.lower[3], 1] - points[eye.upper[3], 1] for points in (portrait.landmarks, moved))
        assert 1.3 < after / before < 2.2


def test_lids_of_an_ordinary_face_stay():
    portrait = make_portrait(size=480)
    moved = lids_of_the_art(portrait.image, portrait.landmarks)
    assert np.abs(moved - portrait.landmarks).max() < 2.0


def test_layer_frames_are_level():
    portrait = make_portrait()
    for art, eye in zip(take_apart(portrait.image, portrait.landmarks), (RIGHT, LEFT), strict=True):
        ends = apply(art.from_source, portrait.landmarks[list(eye.corners), :2].astype(float))
        assert ends[0, 1] == pytest.approx(ends[1, 1], abs=1e-6)
