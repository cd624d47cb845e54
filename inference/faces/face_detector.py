# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where faces are in a picture, roughly: the region to fit each face's mesh in.

MediaPipe's two BlazeFace networks (Bazarevsky et al., 2019), short range for faces that fill the view and full range
for smaller ones. Both want upright faces, so a search over pictures passes turned and smaller views. Not for:
landmarks.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .network import Network
from .region import MARGIN, Region, region_of_points

N_VALUES = 16  # per anchor: box center and size, then six points: eyes, nose, mouth, ears


@dataclass(frozen=True)
class Detection:
    """A face's region in the image and the detector's score, 0..1."""

    region: Region
    score: float


class FaceDetector:
    """Both detection networks, ready to run. One per thread."""

    def __init__(self) -> None:
        self._networks = [
            (Network("detection_short_range", outputs=2, size=128, low=-1.0), _anchors(((16, 2), (8, 6)))),
            (Network("detection_full_range", outputs=2, size=192, low=-1.0), _anchors(((48, 1),))),
        ]

    def detect(self, image: NDArray[np.uint8], view: Region, least_score: float = 0.5) -> list[Detection]:
        """Faces in a view of an image (H, W, 3) uint8 RGB, best first, each once."""
        found = []
        for network, anchors in self._networks:
            values, logits = network(view.cut(image, network.size, is_padded=False))
            scores = 1 / (1 + np.exp(-np.clip(logits.ravel(), -60, 60)))
            for i in np.flatnonzero(scores >= least_score):
                points = values.reshape(-1, N_VALUES)[i].reshape(-1, 2) / network.size
                center, size = points[0] + anchors[i], points[1]
                eyes = points[2:4] + anchors[i]
                found.append(Detection(_region(view, center, size, eyes), float(scores[i])))
        return best_of_overlapping(found)


def whole_view(image: NDArray) -> Region:
    """The square around a whole image."""
    height, width = image.shape[:2]
    return Region((width / 2, height / 2), float(max(height, width)))


def best_of_overlapping(detections: list[Detection]) -> list[Detection]:
    """Detections without those that a better one overlaps by 30 % of their union or more, best first."""
    kept: list[Detection] = []
    for detection in sorted(detections, key=lambda each: -each.score):
        if all(overlap(detection.region, other.region) < 0.3 for other in kept):
            kept.append(detection)
    return kept


def overlap(a: Region, b: Region) -> float:
    """Intersection over union of two regions, their turn neglected."""
    sides = [
        max(0.0, min(x + a.side / 2, y + b.side / 2) - max(x - a.side / 2, y - b.side / 2))
        for x, y in zip(a.center, b.center, strict=True)
    ]
    shared = sides[0] * sides[1]
    return shared / (a.side**2 + b.side**2 - shared)


def _region(view: Region, center: NDArray, size: NDArray, eyes: NDArray) -> Region:
    box = center + np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * size / 2
    eyes = view.to_image(eyes)
    angle = float(np.arctan2(eyes[1, 1] - eyes[0, 1], eyes[1, 0] - eyes[0, 0]))
    return region_of_points(view.to_image(box), angle, MARGIN)


def _anchors(grids: tuple[tuple[int, int], ...]) -> NDArray[np.float32]:
    """Anchor centers (N, 2) in units of the input: row by row over each grid of n x n cells, k anchors per cell."""
    parts = []
    for n, per_cell in grids:
        y, x = np.mgrid[0:n, 0:n]
        parts.append(np.repeat(np.stack([x, y], axis=-1).reshape(-1, 2) + 0.5, per_cell, axis=0) / n)
    return np.concatenate(parts).astype(np.float32)
