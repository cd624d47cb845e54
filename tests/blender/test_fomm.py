# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine fomm from the panel's properties to frames on the card, with a small model of random weights."""

import os
import subprocess
from pathlib import Path

import bpy
import pytest

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "footage"
real = pytest.mark.skipif(not SHARED.is_dir(), reason="needs the footage beside the project")

MAKE_WEIGHTS = """
import sys
sys.path.insert(0, sys.argv[1])
import root_package, torch
from pastiche.vendor.fomm.configurations import (
    DetectorConfiguration, GeneratorConfiguration, MotionConfiguration
)
from pastiche.vendor.fomm.generator import OcclusionAwareGenerator
from pastiche.vendor.fomm.keypoint_detector import KeypointDetector
sizes = {"block_expansion": 8, "max_features": 16, "num_blocks": 2}
detector = KeypointDetector(DetectorConfiguration(**sizes))
generator = OcclusionAwareGenerator(
    GeneratorConfiguration(block_expansion=8, num_bottleneck_blocks=1, dense_motion=MotionConfiguration(**sizes))
)
torch.save({"kp_detector": detector.state_dict(), "generator": generator.state_dict()}, sys.argv[2])
"""


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """A checkpoint, made by the worker's Python; Blender's has no torch."""
    path = tmp_path_factory.mktemp("weights") / "small-cpk.pth.tar"
    command = [os.environ["PASTICHE_PYTHON"], "-c", MAKE_WEIGHTS, str(ROOT / "tests"), str(path)]
    if subprocess.run(command, capture_output=True).returncode:
        pytest.skip("the worker's Python has no torch")
    return path


RECORDED = ROOT.parent / "shared" / "parity" / "fomm"
MAKE_RECORDED_WEIGHTS = """
import sys, numpy, torch
states = {}
for name in ("kp_detector", "generator"):
    with numpy.load(sys.argv[1] + "." + name + ".npz") as file:
        states[name] = {key: torch.from_numpy(numpy.asarray(file[key])) for key in file.files}
torch.save(states, sys.argv[2])
"""


@pytest.fixture(scope="module")
def recorded_weights(tmp_path_factory):
    """The recorded model of the published size, thin and of random weights, as a checkpoint."""
    if not RECORDED.is_dir():
        pytest.skip(f"the recordings in {RECORDED} are not here")
    path = tmp_path_factory.mktemp("weights") / "full256-cpk.pth.tar"
    command = [os.environ["PASTICHE_PYTHON"], "-c", MAKE_RECORDED_WEIGHTS, str(RECORDED / "full256"), str(path)]
    if subprocess.run(command, capture_output=True).returncode:
        pytest.skip("the worker's Python has no torch")
    return path


@pytest.fixture
def boy():
    bpy.ops.pastiche.card_from_image(filepath=str(SHARED / "art" / "toon_boy.jpg"))
    card = bpy.context.object
    card.pastiche.engine = "fomm"
    card.pastiche.use_range, card.pastiche.first, card.pastiche.last = True, 30, 32
    return card


@real
@pytest.mark.slow
def test_footage_drives_a_card_by_learned_keypoints(boy, weights, room):
    boy.pastiche.fomm.weights = str(weights)
    assert bpy.ops.pastiche.drive(filepath=str(SHARED / "driving" / "d0.mp4")) == {'FINISHED'}
    frames = room("scene.storage").known_folder(boy) / "render" / "frames"
    pictures = [file.read_bytes() for file in sorted(frames.iterdir())]
    assert len(set(pictures)) == 3
    assert '"engine": "fomm"' in boy.pastiche.recipe or '"engine":"fomm"' in boy.pastiche.recipe


@real
@pytest.mark.slow
def test_a_recorded_model_drives_a_card_as_far_as_its_strength_is_keyed(boy, recorded_weights, room):
    bpy.ops.pastiche.choose_weights(filepath=str(recorded_weights))
    assert bpy.ops.pastiche.drive(filepath=str(SHARED / "driving" / "d0.mp4")) == {'FINISHED'}
    frames = room("scene.storage").known_folder(boy) / "render" / "frames"
    followed = [file.read_bytes() for file in sorted(frames.iterdir())]
    assert len(set(followed)) == 3
    for frame, strength in ((30, 0.0), (32, 1.0)):
        boy["motionStrength"] = strength
        boy.keyframe_insert('["motionStrength"]', frame=frame)
    assert bpy.ops.pastiche.render() == {'FINISHED'}
    keyed = [file.read_bytes() for file in sorted(frames.iterdir())]
    assert keyed[0] != followed[0] and keyed[1] != followed[1] and keyed[2] == followed[2]


@real
@pytest.mark.slow
def test_weights_that_are_gone_are_named(boy, tmp_path):
    boy.pastiche.fomm.weights = str(tmp_path / "gone.pth.tar")
    boy.keyframe_insert('["jawOpen"]', frame=30)
    with pytest.raises(RuntimeError, match=r"gone\.pth\.tar"):
        bpy.ops.pastiche.render()
