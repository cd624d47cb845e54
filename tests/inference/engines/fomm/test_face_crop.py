# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Squares around heads, and the frame where relative motion starts."""

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="the FOMM engine needs torch")

from pastiche.inference.engines.fomm.best_frame import best_frame, distances
from pastiche.inference.engines.fomm.face_crop import head_square, head_squares
from pastiche.inference.faces import topology
from pastiche.inference.faces.face_frame import Pose, angles_to_rotation

PARITY = Path(__file__).resolve().parents[4].parent / "shared" / "parity" / "fomm"


def recorded(name):
    path = PARITY / name
    if not path.exists():
        pytest.skip(f"the recordings in {PARITY} are not here")
    return json.loads(path.read_text("utf-8")) if path.suffix == ".json" else np.load(path)


def poses(centers, scale=4.0, yaw=0.0):
    count = len(centers)
    rotation = angles_to_rotation(np.tile((yaw, 0, 0), (count, 1)))
    return Pose(np.full(count, scale), rotation, np.column_stack([centers, np.zeros(count)]))


def test_the_best_frame_is_the_recorded_one():
    arrays = recorded("best_frame.npz")
    found = distances(arrays["source_landmarks"], arrays["driving_landmarks"])
    np.testing.assert_allclose(found, arrays["distance"], rtol=1e-6)
    assert best_frame(arrays["source_landmarks"], arrays["driving_landmarks"]) == arrays["best_index"]


def test_one_pass_in_order_gives_what_two_passes_from_the_best_frame_give():
    for case in recorded("crop_geometry.json")["best_frame_order"]["cases"]:
        backward, forward = case["backward_pass"], case["forward_pass"]
        assert backward[0] == forward[0] == case["initial_frame"] == case["i"]
        assert backward[::-1] + forward[1:] == case["result"] == list(range(case["n"]))


def test_place_and_size_do_not_change_which_frame_is_best():
    dice = np.random.default_rng(0)
    source = dice.random((30, 2))
    driving = source + 0.05 * dice.standard_normal((5, 30, 2))
    driving[3] = 7 * source + (100, -20)
    assert best_frame(source, driving) == 3


def test_a_square_holds_the_head():
    pose = poses([(200.0, 180.0)])[0]
    square = head_square(pose)
    face = pose.to_image(topology.canonical_shape())[:, :2]
    inside = np.abs(face - square.center).max(axis=0) / square.side
    assert (inside < 0.45).all() and inside[1] > 0.25


def test_turning_hardly_moves_the_square():
    ahead, turned = (head_square(poses([(200.0, 180.0)], yaw=yaw)[0]) for yaw in (0, 40))
    assert np.abs(np.subtract(ahead.center, turned.center)).max() < 0.1 * ahead.side


def test_a_head_that_stays_has_one_square():
    centers = np.column_stack([200 + 10 * np.sin(np.arange(50)), np.full(50, 180.0)])
    assert len(set(head_squares(poses(centers), np.arange(50) / 25))) == 1


def test_a_head_that_walks_is_followed_slowly():
    times = np.arange(200) / 25
    centers = np.column_stack([100 + 60 * times + 10 * np.sin(20 * times), np.full(200, 180.0)])
    squares = head_squares(poses(centers), times)
    path = np.array([square.center[0] for square in squares])
    steps = np.diff(path)
    assert steps.min() >= 0 and steps.max() < 3
    assert np.abs(path - centers[:, 0])[30:-30].max() < 15
