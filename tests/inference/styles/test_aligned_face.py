# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest
from dualstylegan_recordings import archive, under
from pastiche.inference.faces import topology
from pastiche.inference.faces.region import Region
from pastiche.inference.styles.aligned_face import aligned_square, corners, cut, square_of_eyes_and_mouth

RECORDED = ("inside", "corner_padded", "tight_all_sides", "shrink_large")


def test_the_square_turns_and_grows_with_the_face(face):
    upright, other = aligned_square(face()), aligned_square(face(scale=20.0, turn=0.5))
    assert upright.angle == pytest.approx(0.0, abs=0.01)
    assert other.angle - upright.angle == pytest.approx(0.5, abs=1e-4)
    assert other.side == pytest.approx(2 * upright.side, rel=1e-4)


def test_eyes_and_mouth_land_where_ffhq_has_them(face):
    landmarks = face(scale=25.0, turn=-0.3)
    square = aligned_square(landmarks)
    cos, sin = np.cos(square.angle), np.sin(square.angle)
    offset = (landmarks[:, :2] - square.center) @ np.array([[cos, -sin], [sin, cos]]) / square.side + 0.5
    right_eye, left_eye = offset[list(topology.RIGHT_LID_RING)].mean(0), offset[list(topology.LEFT_LID_RING)].mean(0)
    mouth = offset[[61, 291]].mean(0)
    assert right_eye[1] == pytest.approx(left_eye[1], abs=0.01)
    assert 0.35 < right_eye[0] < 0.4 and 0.6 < left_eye[0] < 0.65 and 0.42 < left_eye[1] < 0.5
    assert mouth[0] == pytest.approx(0.5, abs=0.02) and 0.65 < mouth[1] < 0.75


def test_three_equal_points_have_no_square():
    with pytest.raises(ValueError, match="one point"):
        square_of_eyes_and_mouth((1, 1), (1, 1), (1, 1))


def test_a_turned_square_is_cut_upright():
    y, x = np.mgrid[:400, :400]
    image = np.stack([x / 400 * 255, y / 400 * 255, 0 * x], axis=2).astype(np.uint8)
    found = cut(image, Region((200.0, 200.0), 100.0, np.pi / 2), 64)
    # Turned by a quarter, right in the cut is down in the picture, and down in the cut is left in the picture.
    assert found[32, 60, 1] > found[32, 3, 1] + 40 and found[60, 32, 0] < found[3, 32, 0] - 40


@pytest.mark.parametrize("center", [(0.0, 0.0), (60.0, 3.0), (-500.0, 20.0), (30.0, 1000.0)])
def test_a_face_cut_by_the_border_still_fills_its_square(center):
    image = np.random.default_rng(0).integers(60, 200, (80, 60, 3), dtype=np.uint8)
    found = cut(image, Region(center, 90.0, 0.2), 128)
    assert found.shape == (128, 128, 3)
    if abs(center[0]) < 100 and abs(center[1]) < 100:
        assert found.min() > 30  # invented surroundings, no black


def centers(points):
    """Eyes and mouth of 68 landmarks that are pixel indices."""
    points = points.numpy().astype(np.float64) + 0.5
    return points[36:42].mean(axis=0), points[42:48].mean(axis=0), (points[48] + points[54]) / 2


@pytest.mark.parametrize("case", RECORDED)
def test_recorded_squares(case):
    arrays = under(archive("alignment"), f"{case}/")
    square = square_of_eyes_and_mouth(*centers(arrays["in/landmarks68"]))
    np.testing.assert_allclose(corners(square) - 0.5, arrays["out/quad_in_original_image"], atol=1e-6)
    assert square.side == pytest.approx(arrays["out/qsize"].item(), abs=1e-6)


@pytest.mark.parametrize("case", RECORDED)
def test_recorded_cuts(case):
    arrays = under(archive("alignment"), f"{case}/")
    cell = int(arrays["in/cell"])
    image = np.kron(arrays["in/image_small_uint8_hwc"].numpy(), np.ones((cell, cell, 1), np.uint8))
    found = cut(image, square_of_eyes_and_mouth(*centers(arrays["in/landmarks68"])), 256)
    off = np.abs(found.astype(int) - arrays["out/aligned256_uint8_hwc"].numpy().astype(int))
    assert off.max() <= 1 and (off > 0).mean() < 1e-3
