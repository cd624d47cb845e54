# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import cv2
import numpy as np
import pytest
from pastiche.inference.faces import topology
from pastiche.inference.faces.region import Region, region_of_landmarks


def dot(x, y, size=400):
    """A picture with a soft dot whose center lies at (x, y)."""
    v, u = np.mgrid[0:size, 0:size] + 0.5
    return (255 * np.exp(-((u - x) ** 2 + (v - y) ** 2) / (2 * 6.0**2))).astype(np.uint8)[..., None].repeat(3, axis=2)


def center_of(image):
    moments = cv2.moments(image[..., 0].astype(np.float32))
    return np.array((moments["m10"], moments["m01"])) / moments["m00"] + 0.5


@pytest.mark.parametrize("region", [
    Region((200, 200), 300),
    Region((180, 230), 260, 0.7),
    Region((200, 190), 380, -2.5),
    Region((210, 200), 150, 0.1),
])  # fmt: skip
@pytest.mark.parametrize("size", [48, 192])
def test_what_is_seen_in_a_cut_is_where_it_is_in_the_image(region, size):
    image = dot(215.3, 187.8)
    seen = region.to_image(center_of(region.cut(image, size)) / size)
    assert np.allclose(seen, (215.3, 187.8), atol=0.35)


def test_a_large_region_is_averaged_not_sampled():
    checks = (255 * (np.indices((1200, 1200)).sum(axis=0) % 2)).astype(np.uint8)[..., None].repeat(3, axis=2)
    cut = Region((600, 600), 1100).cut(checks, 100)
    assert cut.std() < 8  # sampling would give black and white


def test_beyond_the_border_lie_edge_pixels_or_black():
    white = np.full((50, 50, 3), 255, np.uint8)
    region = Region((0, 0), 60)
    assert region.cut(white, 30).min() == 255
    assert region.cut(white, 30, is_padded=False).min() == 0


def test_the_region_of_a_face_has_its_eyes_level_and_holds_it():
    angle = 0.6
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    landmarks = topology.canonical_shape().copy() * 10
    landmarks[:, :2] = landmarks[:, :2] @ turn.T + 300
    region = region_of_landmarks(landmarks)
    assert region.angle == pytest.approx(angle)
    inside = np.linalg.norm(landmarks[:468, :2] - region.center, axis=1)
    assert inside.max() < region.side / 2


def test_regions_move_in_parts_of_their_side():
    changed = Region((10, 20), 100).changed((0.1, -0.2), 2.0, 0.5)
    assert changed == Region((20, 0), 200, 0.5)
