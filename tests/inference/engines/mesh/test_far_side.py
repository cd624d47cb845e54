# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Skin that a turned face hides is unfolded when, and only when, it turns into view."""

import dataclasses

import numpy as np
import pytest
from painted_face import make_portrait
from pastiche.inference.engines.mesh.coverage import person_coverage
from pastiche.inference.engines.mesh.far_side import FarSide
from pastiche.inference.engines.mesh.silhouette import onto_person
from pastiche.inference.faces import topology


def doubled_area(points):
    a, b, c = (points[topology.triangles()[:, i]] for i in range(3))
    return np.cross(b - a, c - a)


def folded(points, yaw):
    """Area, square pixels, of the far cheek that folds back behind itself."""
    frontal = doubled_area(topology.canonical_shape()[: topology.N_SKIN, :2])
    x = topology.canonical_shape()[topology.triangles(), 0].mean(axis=1)
    area = doubled_area(points) / 2
    return np.abs(area[(area * frontal < 0) & (np.sign(yaw) * x > 4.0)]).sum()


@pytest.mark.parametrize("yaw", [-40.0, 40.0])
def test_what_turns_into_view_is_unfolded(yaw):
    portrait = make_portrait(yaw=yaw)
    far = FarSide(portrait.landmarks, portrait.pose, 97.0)
    rest = portrait.landmarks[: topology.N_SKIN, :2]
    assert np.allclose(far.source(0.0), rest) and np.allclose(far.source(yaw / 2), rest)
    assert folded(rest, yaw) > 100
    assert folded(far.source(-yaw / 2), yaw) < 0.4 * folded(rest, yaw)


def test_landmarks_on_the_wall_come_back_onto_the_person():
    portrait = make_portrait()
    coverage = person_coverage(portrait, 190.0)
    landmarks = portrait.landmarks.copy()
    beside = int(np.nonzero(coverage[150] > 0.95)[0][0]) - 9
    landmarks[234, :2] = (beside, 150.5)
    moved = onto_person(landmarks, coverage)
    assert coverage[150, beside] < 0.5
    assert coverage[int(moved[234, 1]), int(moved[234, 0])] >= 0.9
    assert np.allclose(moved[4], landmarks[4])


def test_a_matte_that_misses_the_face_is_not_used():
    portrait = make_portrait()
    missed = dataclasses.replace(portrait, matte=1 - portrait.matte)
    assert person_coverage(missed, 190.0) is None and person_coverage(portrait, 190.0) is not None
