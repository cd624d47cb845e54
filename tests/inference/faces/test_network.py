# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The networks give the answers of MediaPipe 0.10.21, recorded in mediapipe_answers.npz from parts of a photograph."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from pastiche.bridge.errors import RuntimeMissingError
from pastiche.inference.faces import face_mesh, network
from pastiche.inference.faces.face_mesh import FaceMesh
from pastiche.inference.faces.feature_crop import SIDE, FeatureCrop
from pastiche.inference.faces.network import Network

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = """
import sys
sys.path.insert(0, "tests")
import root_package
import numpy as np
from pastiche.inference.faces.landmarks import MediaPipeBackend, find_faces
find_faces(np.zeros((64, 64, 3), np.uint8), MediaPipeBackend())
heavy = {"matplotlib", "torch", "scipy", "mediapipe"} & set(sys.modules)
assert not heavy, heavy
"""


@pytest.fixture(scope="module")
def photograph():
    return pytest.importorskip("skimage.data").astronaut()


@pytest.fixture(scope="module")
def answers():
    return np.load(Path(__file__).with_name("mediapipe_answers.npz"))


def part(picture, top, left, size):
    return np.ascontiguousarray(picture[top : top + size, left : left + size])


def test_landmarks_are_those_of_mediapipe(photograph, answers):
    landmarks, presence = FaceMesh().fit_crop(part(photograph, 20, 128, 192))
    landmarks *= 192
    expected = answers["mesh"].reshape(-1, 3)
    fine = {*face_mesh._LIPS, *face_mesh._RIGHT_EYE, *face_mesh._LEFT_EYE}
    coarse = [i for i in range(468) if i not in fine]
    assert landmarks[coarse] == pytest.approx(expected[coarse], abs=2e-3)
    assert landmarks[:468, 2] == pytest.approx(expected[:, 2], abs=2e-3)
    for name, places in (
        ("lips", face_mesh._LIPS),
        ("right_eye", face_mesh._RIGHT_EYE),
        ("left_eye", face_mesh._LEFT_EYE),
        ("right_iris", range(468, 473)),
        ("left_iris", range(473, 478)),
    ):
        assert landmarks[list(places), :2] == pytest.approx(answers[name].reshape(-1, 2), abs=2e-3), name
    assert presence == pytest.approx(1 / (1 + np.exp(-answers["flag"][0])), abs=1e-4)


@pytest.mark.parametrize(("name", "size"), [("short", 128), ("full", 192)])
def test_faces_are_detected_as_by_mediapipe(photograph, answers, name, size):
    values, logits = Network(f"detection_{name}_range", outputs=2, size=size, low=-1.0)(part(photograph, 40, 150, size))
    best = answers[f"{name}_best"]
    assert logits.ravel()[best] == pytest.approx(answers[f"{name}_logits"], abs=2e-3)
    assert values.reshape(-1, 16)[best] == pytest.approx(answers[f"{name}_values"], abs=2e-3)


def test_the_matte_is_that_of_mediapipe(photograph, answers):
    (matte,) = Network("segmentation", outputs=1, size=256)(part(photograph, 0, 96, 256))
    assert matte[0, 0, 8::16, 8::16] == pytest.approx(answers["matte"], abs=1e-3)


def test_a_box_of_features_is_where_its_landmarks_are():
    points = np.array([(40.0, 80.0), (80.0, 80.0), (60.0, 70.0), (60.0, 100.0)])
    crop = FeatureCrop.around(points, 0, 1)
    whole = crop.to_picture(np.array([(0.0, 0.0), (SIDE * 4.0, SIDE * 4.0), (SIDE * 2.0, SIDE * 2.0)]))
    assert whole == pytest.approx(np.array([(30.0, 62.5), (90.0, 107.5), (60.0, 85.0)]))  # 1.5 times 40 x 30
    y, x = np.mgrid[0:48, 0:48].astype(np.float32) + 0.5
    seen_x, seen_y = crop.cut(np.stack([x, y])[None])[0] * 4  # each cell holds where it is, in pixels of the picture
    assert (seen_x[0, 0], seen_y[0, 0]) == pytest.approx((30 + 60 / 32, 62.5 + 45 / 32), abs=1e-4)
    assert (seen_x[-1, -1], seen_y[-1, -1]) == pytest.approx((90 - 60 / 32, 107.5 - 45 / 32), abs=1e-4)


def test_a_box_past_the_border_and_one_of_no_size_give_numbers():
    features = np.ones((1, 2, 48, 48), np.float32)
    for points in (np.array([(-500.0, 0.0), (900.0, 30.0)]), np.zeros((2, 2))):
        assert np.allclose(FeatureCrop.around(points, 0, 1).cut(features), 1)


def test_finding_faces_loads_nothing_heavy_and_prints_nothing():
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""


def test_a_network_says_the_same_twice():
    mesh = Network("face_mesh", outputs=3, size=192)
    picture = np.random.default_rng(0).integers(0, 256, (192, 192, 3), np.uint8)
    first = mesh(picture)
    mesh(255 - picture)
    assert all(np.array_equal(a, b) for a, b in zip(first, mesh(picture), strict=True))


@pytest.mark.parametrize("content", [None, b"", b"\x08\x08:\x03abc"])
def test_a_missing_or_damaged_file_is_named_with_its_remedy(tmp_path, monkeypatch, content):
    monkeypatch.setattr(network, "FOLDER", tmp_path)
    if content is not None:
        (tmp_path / "lips.onnx").write_bytes(content)
    with pytest.raises(RuntimeMissingError, match="lips.onnx is missing or damaged. Install Pastiche again"):
        Network("lips", outputs=1)
