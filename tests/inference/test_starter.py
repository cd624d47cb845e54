# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The networks that ship with Pastiche: small, plain, and good for something on a picture they never saw."""

import cv2
import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the starter's networks need torch")
data = pytest.importorskip("skimage.data", reason="the photograph is scikit-image's")

from pastiche.bridge import starter  # noqa: E402
from pastiche.bridge.motion_file import open_motion_file  # noqa: E402
from pastiche.inference.engines.fomm import FommEngine  # noqa: E402
from pastiche.inference.engines.fomm.face_crop import head_square  # noqa: E402
from pastiche.inference.engines.fomm.networks import load_networks  # noqa: E402
from pastiche.inference.portrait import make_portrait  # noqa: E402
from pastiche.inference.training.fomm.fomm_stage import begin_with  # noqa: E402
from pastiche.inference.training.puppets.puppets_stage import PuppetsTraining  # noqa: E402
from pastiche.inference.training.puppets.taught_keypoints import COUNT, taught_keypoints  # noqa: E402
from pastiche.vendor.fomm.generator import OcclusionAwareGenerator  # noqa: E402
from pastiche.vendor.fomm.keypoint_detector import KeypointDetector  # noqa: E402

SIDE = 256
MEGABYTES = 60  # at most, all of it


@pytest.fixture(scope="module")
def astronaut():
    """A real photograph, with its landmarks."""
    image = np.dstack((data.astronaut(), np.full((512, 512), 255, np.uint8)))
    return make_portrait(image, "astronaut")


@pytest.fixture(scope="module")
def head(astronaut):
    """Its head as the engine cuts it, (256, 256, 3), and the landmarks there, (1, 478, 2)."""
    square = head_square(astronaut.pose)
    corner = np.array(square.center) - square.side / 2
    landmarks = (astronaut.landmarks[:, :2] - corner) * (SIDE / square.side)
    return square.cut(np.ascontiguousarray(astronaut.image[..., :3]), SIDE), landmarks[None]


def as_batch(image):
    return torch.from_numpy(image[..., :3].copy()).permute(2, 0, 1)[None].float() / 255


def test_the_pack_is_small_and_plain():
    files = [path for path in starter.FOLDER.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < MEGABYTES * 1e6
    assert {path.suffix for path in files} <= {".md", ".safetensors", ".toml", ".jpg"}
    with open_motion_file(starter.MOTION) as file:
        assert file.metadata["license"] == "CC0-1.0"
        assert {tensor.dtype for tensor in file.tensors.values()} == {"F16"}


def test_its_keypoints_lie_where_they_were_taught_on_a_real_photograph(head):
    picture, landmarks = head
    detector = load_networks("", "CPU", "FLOAT32").detector
    with torch.inference_mode():
        found = detector(as_batch(picture))
    value, _jacobian = taught_keypoints(landmarks, SIDE)
    eyes = np.linalg.norm(value[0, 2] - value[0, 3])
    away = np.linalg.norm(found.value[0].numpy() - value[0], axis=1) / eyes
    assert found.value.shape == (1, COUNT, 2)
    assert np.median(away) < 0.15 and away.max() < 0.6


def test_a_head_that_moves_takes_its_keypoints_along(head):
    picture, _landmarks = head
    detector = load_networks("", "CPU", "FLOAT32").detector
    turn = cv2.getRotationMatrix2D((128, 128), 8, 1.05)
    turn[:, 2] += (14, -8)
    moved = cv2.warpAffine(picture, turn, (SIDE, SIDE), borderMode=cv2.BORDER_REPLICATE)
    with torch.inference_mode():
        before, after = (
            detector(as_batch(each)).value[0].numpy() * (SIDE - 1) / 2 + 127.5 for each in (picture, moved)
        )
    wanted = before @ turn[:, :2].T + turn[:, 2]
    assert np.median(np.linalg.norm(after - wanted, axis=1)) < 5
    assert np.median(np.linalg.norm(after - before, axis=1)) > 10


def test_the_engine_plays_with_them_when_none_are_chosen(astronaut):
    engine = FommEngine({"device": "CPU"})
    engine.set_source(astronaut)
    assert engine.version.startswith("1+")


def test_a_training_can_go_on_from_it():
    configuration = PuppetsTraining().configuration()
    detector = KeypointDetector(configuration.detector)
    generator = OcclusionAwareGenerator(configuration.generator)
    begin_with({"kp_detector": detector, "generator": generator}, starter.MOTION)
    with open_motion_file(starter.MOTION) as file:
        stored = np.frombuffer(file.read("kp_detector.kp.bias"), np.float16)
    assert np.array_equal(detector.kp.bias.detach().numpy(), stored.astype(np.float32))
