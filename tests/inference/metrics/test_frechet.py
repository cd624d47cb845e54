# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The distance of two sets of features."""

import numpy as np
import pytest

pytest.importorskip("scipy", reason="metrics need SciPy")

from pastiche.inference.metrics.frechet import Gaussian, frechet_distance


def gaussian(*pieces):
    made = Gaussian()
    for piece in pieces:
        made.add(piece)
    return made


def test_pieces_add_up_to_the_whole():
    vectors = 1000 + np.random.default_rng(0).standard_normal((40, 6))
    made = gaussian(vectors[:1], vectors[1:30], vectors[30:])
    np.testing.assert_allclose(made.mean, vectors.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(made.covariance, np.cov(vectors.T), atol=1e-9)


def test_a_set_is_at_no_distance_from_itself_and_a_shift_counts_squared():
    vectors = np.random.default_rng(0).standard_normal((30, 5))
    assert frechet_distance(gaussian(vectors), gaussian(vectors)) == pytest.approx(0, abs=1e-9)
    shift = np.array((1.0, 2.0, 0, 0, 0))
    assert frechet_distance(gaussian(vectors), gaussian(vectors + shift)) == pytest.approx(5)


def test_spreads_that_commute_count_as_differences_of_deviations():
    vectors = np.random.default_rng(1).standard_normal((50, 4))
    vectors -= vectors.mean(axis=0)
    expected = np.trace(np.cov(vectors.T)) * (3 - 1) ** 2
    assert frechet_distance(gaussian(vectors), gaussian(3 * vectors)) == pytest.approx(expected)


def test_fewer_vectors_than_dimensions_have_a_distance_too():
    dice = np.random.default_rng(2)
    distance = frechet_distance(gaussian(dice.standard_normal((5, 60))), gaussian(dice.standard_normal((5, 60)) + 1))
    assert np.isfinite(distance) and distance > 30
    assert frechet_distance(gaussian(np.zeros((1, 3))), gaussian(np.zeros((5, 3)))) is None
