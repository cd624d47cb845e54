# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest
from pastiche.inference.faces import topology
from pastiche.inference.faces.face_frame import Pose, angles_to_rotation
from pastiche.inference.motion import face_motion
from pastiche.inference.motion.expression import expression_model
from pastiche.inference.motion.face_motion import read_face_motion, smooth_pieces, store_pieces
from pastiche.inference.motion.head import NAMES, head_poses

MODEL = expression_model()
COUNT = 60
NEUTRAL_POSE = Pose(np.float64(12), angles_to_rotation(np.array((4, -3, 2))), np.array((320.0, 240, 0)))


def actor():
    """A neutral face unlike the canonical one: wider, longer, with closed lips."""
    shape = topology.canonical_shape() * (1.06, 1.03, 1)
    shape[[*topology.INNER_LOWER_LIP]] -= (0, 0.3, 0)
    return shape


def wave(start, end):
    """0 but for a hump between two frames."""
    t = np.clip((np.arange(COUNT) - start) / (end - start), 0, 1)
    return np.sin(np.pi * t) ** 2


@pytest.fixture(scope="module")
def played():
    """Landmarks (COUNT, 478, 3) of an acted clip, and what was acted."""
    acted = {
        "jawOpen": 0.8 * wave(15, 30), "mouthSmileLeft": wave(28, 45), "mouthSmileRight": wave(28, 45),
        "eyeBlinkLeft": wave(40, 46), "eyeBlinkRight": wave(40, 46), "browInnerUp": 0.9 * wave(45, 58),
        "eyeLookOutLeft": 0.7 * wave(16, 26), "eyeLookInRight": 0.7 * wave(16, 26),
    }  # fmt: skip
    head = np.column_stack([15 * wave(20, 50), -8 * wave(20, 40), 5 * wave(30, 59), 0.2 * wave(20, 50),
                            -0.1 * wave(20, 50), 1 + 0.1 * wave(20, 50)])  # fmt: skip
    values = np.column_stack([acted.get(name, np.zeros(COUNT)) for name in MODEL.names])
    poses = head_poses(head, NEUTRAL_POSE, 100.0)
    landmarks = poses.to_image(actor() + MODEL.decode_rows(values)).astype(np.float32)
    return landmarks, acted, head


def read(landmarks, neutral_time=None):
    shapes = landmarks.copy()
    motion = read_face_motion(shapes, np.arange(COUNT) / 30, np.ones(COUNT, bool), neutral_time)
    return motion, shapes, dict(zip(motion.names, motion.channels.T, strict=True))


def test_what_was_acted_is_read(played):
    landmarks, acted, _ = played
    motion, _, seen = read(landmarks)
    assert motion.neutral_frame < 10
    for name, values in acted.items():
        assert np.corrcoef(seen[name], values)[0, 1] > 0.9, name
        assert 0.6 * values.max() < seen[name].max() < 1.4 * values.max(), name


def test_what_was_not_acted_stays_small(played):
    landmarks, acted, _ = played
    _, _, seen = read(landmarks)
    for name in set(MODEL.names) - set(acted):
        assert seen[name].max() < 0.35, name


def test_the_heads_way_is_read(played):
    landmarks, _, head = played
    motion, _, seen = read(landmarks)
    relative = head * (1, 1, 1, 100 / motion.eye_distance_px, 100 / motion.eye_distance_px, 1)
    for k, name in enumerate(NAMES):
        assert np.abs(seen[name] - relative[:, k]).max() < 0.05 * max(1, np.ptp(head[:, k])), name


def test_shapes_are_the_actors_own_without_the_heads_way(played):
    landmarks, _, _ = played
    motion, shapes, _ = read(landmarks)
    assert np.abs(motion.neutral - shapes[motion.neutral_frame]).max() < 0.01
    still = [10, 152, 234, 454, 1]  # the jaw is shut in the first and the last frames
    assert np.abs(shapes[58, still] - motion.neutral[still]).max() < 0.1


def test_the_neutral_frame_asked_for_is_taken(played):
    motion, shapes, seen = read(played[0], neutral_time=22 / 30)
    assert motion.neutral_frame == 22
    assert seen["jawOpen"][22] < 0.1 and abs(seen["headYaw"][22]) < 1e-3
    assert np.abs(shapes[22] - motion.neutral).max() < 0.3


def test_pieces_give_what_the_whole_gives(played, monkeypatch):
    _, whole_shapes, whole = read(played[0])
    monkeypatch.setattr(face_motion, "PIECE", 7)
    _, shapes, pieced = read(played[0])
    assert np.allclose(shapes, whole_shapes, atol=1e-4)
    assert all(np.allclose(pieced[name], whole[name], atol=1e-3) for name in whole)


def test_smoothing_in_pieces_on_disk_is_smoothing(played, tmp_path, monkeypatch):
    times = np.arange(COUNT) / 30
    (whole,) = smooth_pieces(played[0], times, "HIGH")
    monkeypatch.setattr(face_motion, "PIECE", 7)
    stored = store_pieces(smooth_pieces(played[0], times, "HIGH"), tmp_path / "rows")
    assert stored.shape == whole.shape
    assert np.allclose(stored, whole, atol=1e-3)
