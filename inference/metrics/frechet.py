# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Frechet distance of two sets of features, each taken for a Gaussian (M. Heusel et al., 2017: FID)."""

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh


class Gaussian:
    """Mean and covariance of vectors that come in pieces; memory is that of one covariance."""

    def __init__(self) -> None:
        self.count = 0
        self._shift: NDArray[np.float64] | None = None

    def add(self, features: NDArray) -> None:
        """features: (N, D)."""
        features = np.asarray(features, np.float64)
        if self._shift is None:
            self._shift = features.mean(axis=0)  # sums of what is left are small, and exact
            self._sum = np.zeros(features.shape[1])
            self._products = np.zeros((features.shape[1],) * 2)
        features = features - self._shift
        self.count += len(features)
        self._sum += features.sum(axis=0)
        self._products += features.T @ features

    @property
    def mean(self) -> NDArray[np.float64]:
        """(D,)."""
        return self._shift + self._sum / self.count

    @property
    def covariance(self) -> NDArray[np.float64]:
        """(D, D), unbiased."""
        center = self._sum / self.count
        return (self._products - self.count * np.outer(center, center)) / (self.count - 1)


def frechet_distance(a: Gaussian, b: Gaussian) -> float | None:
    """|mean difference|^2 + trace(A + B - 2 (A B)^1/2), at least 0; None with fewer than two vectors on a side."""
    if min(a.count, b.count) < 2:
        return None
    first, second = a.covariance, b.covariance
    root = _root(first)
    cross = np.sqrt(np.clip(eigh(root @ second @ root, eigvals_only=True), 0, None)).sum()
    distance = np.square(a.mean - b.mean).sum() + np.trace(first) + np.trace(second) - 2 * cross
    return max(float(distance), 0.0)


def _root(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    values, vectors = eigh(matrix)
    return (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T
