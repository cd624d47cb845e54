# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small model in a checkpoint, a portrait and a take of moving footage, all made here."""

import json

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the FOMM engine needs torch")

from pastiche.bridge.motion_file import write_motion_file  # noqa: E402
from pastiche.inference.faces import topology  # noqa: E402
from pastiche.inference.faces.face_frame import Pose, fit_pose  # noqa: E402
from pastiche.inference.media.pictures import write_png  # noqa: E402
from pastiche.inference.motion.head import NAMES  # noqa: E402
from pastiche.inference.motion.take import Motion  # noqa: E402
from pastiche.inference.portrait import Portrait  # noqa: E402
from pastiche.vendor.fomm.configurations import (  # noqa: E402
    Configuration,
    DetectorConfiguration,
    GeneratorConfiguration,
    MotionConfiguration,
)
from pastiche.vendor.fomm.generator import OcclusionAwareGenerator  # noqa: E402
from pastiche.vendor.fomm.keypoint_detector import KeypointDetector  # noqa: E402

FRAMES = 6


def small_model():
    """Random weights whose heatmaps are peaked enough to move."""
    torch.manual_seed(0)
    sizes = {"block_expansion": 8, "max_features": 16, "num_blocks": 2}
    configuration = Configuration(
        DetectorConfiguration(num_kp=4, **sizes),
        GeneratorConfiguration(
            num_kp=4, block_expansion=8, num_bottleneck_blocks=1, dense_motion=MotionConfiguration(**sizes)
        ),
    )
    networks = KeypointDetector(configuration.detector), OcclusionAwareGenerator(configuration.generator)
    with torch.no_grad():
        networks[0].kp.weight.mul_(4)
        networks[0].jacobian.weight.normal_(0, 0.02)
    return networks


@pytest.fixture(scope="session")
def weights(tmp_path_factory):
    """A checkpoint as training saves it."""
    detector, generator = small_model()
    path = tmp_path_factory.mktemp("weights") / "small-cpk.pth.tar"
    contents = {"generator": generator.state_dict(), "kp_detector": detector.state_dict(), "epoch": 3}
    torch.save(contents, path, _use_new_zipfile_serialization=False)
    return path


def textured(height, width, seed=0, dtype=np.uint8):
    """A smooth colorful picture with fine grain, (H, W, 4), opaque."""
    import cv2

    dice = np.random.default_rng(seed)
    coarse = cv2.resize(dice.random((6, 6, 3), np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    pixels = np.clip(0.2 + 0.6 * coarse + 0.1 * dice.standard_normal((height, width, 3)), 0, 1)
    top = np.iinfo(dtype).max
    return np.dstack([np.rint(pixels * top), np.full((height, width), top)]).astype(dtype)


def portrait_of(image, scale, center):
    """A portrait of the canonical face at a place. scale: pixels per centimeter."""
    pose = Pose(np.float64(scale), np.eye(3), np.array([*center, 0.0]))
    landmarks = pose.to_image(topology.canonical_shape().astype(np.float64)).astype(np.float32)
    return Portrait(image, landmarks, fit_pose(landmarks, topology.canonical_shape()), None, "0" * 64)


@pytest.fixture
def portrait():
    """300 x 240 pixels, the face in the middle."""
    return portrait_of(textured(300, 240), 5.0, (120.0, 150.0))


@pytest.fixture
def portrait_of_size():
    """(height, width, dtype) -> a portrait, its face in the middle."""

    def make(height, width, dtype):
        image = textured(height, width, dtype=dtype)
        return portrait_of(image, min(height, width) / 60, (width / 2, height / 2))

    return make


@pytest.fixture
def motion(tmp_path):
    """A capture of six pictures in which everything drifts to the right."""
    folder = tmp_path / "footage"
    folder.mkdir()
    scene = textured(200, 260, seed=3)
    for index in range(FRAMES):
        write_png(folder / f"frame_{index + 1:04d}.png", scene[:, 4 * index : 4 * index + 200])
    names = [*NAMES, "takeFrame", "takeDetail"]
    rows = np.zeros((FRAMES, len(names)), np.float32)
    rows[:, names.index("headScale")] = 1
    rows[:, names.index("headX")] = -0.1 * np.arange(FRAMES)
    rows[:, names.index("takeFrame")] = np.arange(FRAMES)
    rows[:, names.index("takeDetail")] = 1
    shape = topology.canonical_shape().astype(np.float32)
    arrays = {
        "channels": rows,
        "found": np.ones(FRAMES, np.uint8),
        "take_time": np.arange(FRAMES) / 24,
        "take_found": np.ones(FRAMES, np.uint8),
        "take_shape": np.repeat(shape[None], FRAMES, 0),
        "take_neutral": shape,
        "take_channels": rows,
    }
    dtypes = {"float32": "F32", "float64": "F64", "uint8": "U8"}
    metadata = {
        "pastiche": "motion",
        "version": "1",
        "fps": "24",
        "first_frame": "1",
        "channels": json.dumps(names),
        "footage": str(folder),
        "eye_distance_px": "36.0",
        "neutral_pose": json.dumps([0, 0, 0, 4.0, 100.0, 100.0, 0]),
        "settings": "{}",
        "take": "",
    }
    path = tmp_path / "clip.motion"
    write_motion_file(path, metadata, {n: (dtypes[a.dtype.name], a.shape, a) for n, a in arrays.items()})
    return Motion.open(path)
