# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The colors of a whole loop: one palette for all its frames, so that nothing at rest flickers.

Weighted k-means (S. Lloyd 1982) over a coarse histogram. A color counts by far less than its area: eyes and teeth
are small and must not be lost to the wall behind. Shades between the colors are dithered by a fixed pattern (B. Bayer
1973), which stands still where the picture does; error diffusion would boil.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

_BINS = 32  # of the histogram, along red, green, blue and alpha
_STEPS = 10  # of k-means
_AREA = 0.3  # exponent of a color's area
# How far apart red, green, blue and alpha count. Seen on drawn and painted faces: red and blue more than their share
# in brightness, or fair hair takes the color of skin.
_EYE = np.array([1.2, 1.0, 1.2, 1.2], np.float32)
_GRID = 64  # levels per color of the table that finds the nearest color
_OPAQUE = 250  # alpha from which a pixel counts as opaque: what encoders leave of 255


class Palette:
    """colors: (N, 4) uint8 RGBA, straight alpha; the entry `clear` is transparent."""

    def __init__(self, images: Iterable[NDArray[np.uint8]], count: int, is_alpha_soft: bool) -> None:
        """Find at most `count` colors for images (H, W, 4). is_alpha_soft: alpha has levels, not just on and off."""
        points, weights = _histogram(images, is_alpha_soft)
        centers = _k_means(points, weights, count - 1)
        self.colors = np.concatenate([np.zeros((1, 4), np.uint8), _straight(centers)])
        self.clear = 0
        self._is_alpha_soft = is_alpha_soft
        self._centers = np.concatenate([np.zeros((1, 4), np.float32), centers])
        solid = np.flatnonzero(self.colors[:, 3] >= _OPAQUE)
        self._solid = solid if len(solid) else np.arange(1, len(self.colors))
        self._table = self._nearest_of_grid()
        self._spread = _spacing(self._centers[self._solid, :3]) / 2

    def indices(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """(H, W): the palette's entry for each pixel of an image (H, W, 4)."""
        height, width = image.shape[:2]
        pattern = np.tile(_BAYER, (height // 8 + 1, width // 8 + 1))[:height, :width, None]
        cells = image[..., :3] + self._spread * pattern
        cells = np.clip(cells * (_GRID / 256), 0, _GRID - 1).astype(np.uint8)
        found = self._table[cells[..., 0], cells[..., 1], cells[..., 2]]
        alpha = image[..., 3]
        if not self._is_alpha_soft:
            return np.where(alpha < 128, np.uint8(self.clear), found)
        soft = alpha < _OPAQUE
        if soft.any():
            found[soft] = _nearest(_premultiplied(image[soft]), self._centers)
        return found

    def _nearest_of_grid(self) -> NDArray[np.uint8]:
        level = (np.arange(_GRID, dtype=np.float32) + 0.5) * (256 / _GRID)
        grid = np.stack(np.meshgrid(level, level, level, indexing="ij"), axis=-1).reshape(-1, 3)
        nearest = self._solid[_nearest(grid, self._centers[self._solid, :3])]
        return nearest.astype(np.uint8).reshape(_GRID, _GRID, _GRID)


def _bayer(order: int) -> NDArray[np.float32]:
    pattern = np.zeros((1, 1), np.float32)
    for _ in range(order):
        pattern = np.block([[4 * pattern, 4 * pattern + 2], [4 * pattern + 3, 4 * pattern + 1]])
    return (pattern + 0.5) / pattern.size - 0.5  # -0.5..0.5


_BAYER = _bayer(3)


def _histogram(images: Iterable[NDArray[np.uint8]], is_alpha_soft: bool) -> tuple[NDArray, NDArray]:
    """Mean color (N, 4), premultiplied, and weight (N,) of each bin that is seen."""
    sums = np.zeros((5, _BINS**4))  # per bin: red, green, blue, alpha, count
    for image in images:
        pixels = image.reshape(-1, 4)
        pixels = pixels[pixels[:, 3] >= (8 if is_alpha_soft else 128)]
        values = _premultiplied(pixels)
        if not is_alpha_soft:
            values = np.concatenate([pixels[:, :3], np.full((len(pixels), 1), 255)], axis=1).astype(np.float32)
        bins = (values * (_BINS / 256)).astype(np.int64) @ (_BINS**3, _BINS**2, _BINS, 1)
        for axis in range(4):
            sums[axis] += np.bincount(bins, values[:, axis], _BINS**4)
        sums[4] += np.bincount(bins, minlength=_BINS**4)
    table = sums[:, sums[4] > 0].T  # (N, 5)
    if not len(table):
        return np.zeros((1, 4), np.float32), np.ones(1, np.float32)
    return (table[:, :4] / table[:, 4:]).astype(np.float32), (table[:, 4] ** _AREA).astype(np.float32)


def _k_means(points: NDArray, weights: NDArray, count: int) -> NDArray[np.float32]:
    """At most `count` centers (N, 4) of weighted points."""
    if len(points) <= count:
        return points
    centers = _far_apart(points, weights, count)
    for _ in range(_STEPS):
        nearest = _nearest(points, centers)
        total = np.bincount(nearest, weights, count)
        held = total > 0
        for axis in range(4):
            centers[held, axis] = (np.bincount(nearest, weights * points[:, axis], count)[held]) / total[held]
    return centers


def _far_apart(points: NDArray, weights: NDArray, count: int) -> NDArray[np.float32]:
    """First centers: each time the point that adds most, by its weight and its distance from those chosen."""
    chosen = [int(weights.argmax())]
    seen = points * _EYE[: points.shape[1]]
    gain = np.full(len(points), np.inf, np.float32)
    for _ in range(count - 1):
        gain = np.minimum(gain, ((seen - seen[chosen[-1]]) ** 2).sum(axis=1))
        chosen.append(int((gain * weights).argmax()))
    return points[chosen].copy()


def _nearest(points: NDArray, centers: NDArray) -> NDArray[np.int64]:
    """(N,) which center is nearest to each point, as the eye sees it."""
    eye = _EYE[: points.shape[1]]
    centers = centers * eye
    length = (centers**2).sum(axis=1)
    found = np.empty(len(points), np.int64)
    for start in range(0, len(points), 1 << 15):
        part = points[start : start + (1 << 15)] * eye
        found[start : start + len(part)] = (length - 2 * (part @ centers.T)).argmin(axis=1)
    return found


def _spacing(centers: NDArray) -> float:
    """How far the colors of a palette lie apart: the median distance to the nearest other one."""
    if len(centers) < 2:
        return 0.0
    apart = np.linalg.norm(centers[:, None] - centers[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    return float(np.median(apart.min(axis=1)))


def _premultiplied(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    values = pixels.astype(np.float32)
    values[:, :3] *= values[:, 3:] / 255
    return values


def _straight(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    colors = values.copy()
    colors[:, :3] *= 255 / np.maximum(colors[:, 3:], 1)
    return np.clip(np.rint(colors), 0, 255).astype(np.uint8)
