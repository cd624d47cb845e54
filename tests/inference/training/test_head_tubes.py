# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Training crops and pictures as the published programs make them."""

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("skimage", reason="training needs scikit-image")

from pastiche.inference.training.frames import as_network_sees, to_bytes
from pastiche.inference.training.head_tubes import crop_of_box, find_tubes, overlap

PARITY = Path(__file__).resolve().parents[3].parent / "shared" / "parity" / "fomm"


def recorded(name):
    path = PARITY / name
    if not path.exists():
        pytest.skip(f"the recordings in {PARITY} are not here")
    return json.loads(path.read_text("utf-8")) if path.suffix == ".json" else np.load(path)


def plain(crop):
    return {"left": crop.left, "top": crop.top, "width": crop.width, "height": crop.height}


def agrees(crop, expected):
    return plain(crop) == {key: expected[key] for key in ("left", "top", "width", "height")}


def test_crops_are_the_recorded_ones():
    for case in recorded("crop_geometry.json")["compute_bbox"]:
        height, width = case["frame_shape"][:2]
        assert agrees(crop_of_box(case["tube_bbox"], (width, height), case["increase_area"]), case["expected"])


def test_overlaps_are_the_recorded_ones():
    for case in recorded("crop_geometry.json")["iou"]:
        assert overlap(case["a"], case["b"]) == pytest.approx(case["iou"], abs=1e-12)


def test_tubes_are_the_recorded_ones():
    run = recorded("crop_geometry.json")["tracking"]
    height, width = run["frame_shape"][:2]
    tubes = find_tubes(run["detections_per_frame"], run["min_frames"], run["iou_with_initial"])
    assert len(tubes) == len(run["expected"])
    for tube, expected in zip(tubes, run["expected"], strict=True):
        assert agrees(crop_of_box(tube.union, (width, height), run["increase_area"]), expected)
        assert tube.seconds(run["fps"]) == pytest.approx((expected["start_s"], expected["duration_s"]))


def test_a_head_that_walks_away_begins_a_new_tube():
    boxes = [[(4.0 * frame, 0.0, 4.0 * frame + 100, 100.0)] for frame in range(40)]
    tubes = find_tubes(boxes, least_frames=5)
    assert [(tube.first, tube.last) for tube in tubes] == [(0, 15), (16, 31), (32, 39)]
    assert tubes[0].union == (0.0, 0.0, 160.0, 100.0)


def test_two_heads_are_two_tubes_and_a_glimpse_is_none():
    boxes = [[(0, 0, 50, 50), (200, 0, 250, 50)]] * 20
    boxes[7] = [*boxes[7], (100, 100, 140, 140)]
    assert [tube.start[0] for tube in find_tubes(boxes, least_frames=10)] == [0, 200]


@pytest.mark.parametrize("name", ["down", "up", "mixed", "rgba", "same"])
def test_pictures_enter_as_recorded(name):
    arrays = recorded("preprocess.npz")
    found = as_network_sees(arrays[f"{name}.input"], 64)
    np.testing.assert_allclose(found, arrays[f"{name}.output"], rtol=0, atol=1e-12)


def test_pictures_leave_as_recorded():
    arrays = recorded("preprocess.npz")
    assert np.array_equal(to_bytes(arrays["to_ubyte.input"]), arrays["to_ubyte.output"])


def test_gray_and_deep_pictures_enter_like_others():
    color = np.random.default_rng(0).integers(0, 256, (40, 30, 1), np.uint8).repeat(3, 2)
    expected = as_network_sees(color, 16)
    for image in (color[..., 0], color[..., :1], color[..., 0].astype(np.uint16) * 257):
        np.testing.assert_allclose(as_network_sees(image, 16), expected, atol=1e-12)
