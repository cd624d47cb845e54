# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pose files: those that ship are sound, what is written is read again, and what a stranger sends is checked."""

import json
from pathlib import Path

import pytest
from pastiche.bridge.channels import CHANNELS
from pastiche.bridge.errors import InputError
from pastiche.bridge.pose_file import Pose, PoseKey, read_pose, write_pose

SHIPPED = sorted((Path(__file__).resolve().parents[2] / "poses").glob("*.pose"))


def test_the_ten_poses_ship_with_their_pictures():
    names = {path.stem for path in SHIPPED}
    assert names == {
        "neutral", "joy", "surprise", "disgust", "anger", "sadness", "fear", "wink", "sleep", "talk",
    }  # fmt: skip
    assert all(path.with_suffix(".png").is_file() for path in SHIPPED)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_pose_is_sound_and_within_its_channels(path):
    pose = read_pose(path)
    assert pose.name and pose.description and not pose.description.endswith(".")
    for key in pose.keys:
        for name, value in key.channels.items():
            low, high = CHANNELS[name].hard
            assert low <= value <= high
    if pose.loops:
        assert pose.keys[0].channels == pose.keys[-1].channels  # without a seam


def test_a_pose_comes_back_as_it_was_written(tmp_path):
    pose = Pose("Öde", [PoseKey(0.0, {"jawOpen": 0.4}), PoseKey(0.5, {})], "dull", ["Jaw"], 0.1, 0.2, True)
    write_pose(tmp_path / "a.pose", pose)
    assert read_pose(tmp_path / "a.pose") == pose
    assert pose.owned() == ["jawForward", "jawLeft", "jawRight", "jawOpen"] and pose.seconds == 0.5


def test_a_pose_owns_the_expression_and_the_head_only_when_it_names_it():
    assert "headPitch" not in Pose("a", [PoseKey(0.0, {})]).owned()
    owned = Pose("a", [PoseKey(0.0, {"headPitch": 4.0})]).owned()
    assert "headPitch" in owned and "headYaw" not in owned and "browInnerUp" in owned


def sound(**changes):
    return {"pastiche": "pose", "version": 1, "name": "a", "keys": [{"seconds": 0.0, "channels": {}}], **changes}


@pytest.mark.parametrize(
    "table",
    [
        [], 5, {}, sound(pastiche="recipe"), sound(version=2), sound(keys=[]), sound(name=3), sound(more=1),
        sound(keys=[{"seconds": 1.0}]), sound(keys=[{"seconds": 0.0}, {"seconds": 0.0}]),
        sound(keys=[{"seconds": 0.0, "channels": {"smile": 1.0}}]), sound(groups=["Ears"]), sound(loops=True),
        sound(keys=[{"seconds": 0.0, "channels": {"jawOpen": "1"}}]), sound(ease_in=-1.0), sound(ease_out=1e9),
        sound(keys=[{"seconds": 0.0, "channels": {"jawOpen": 1e400}}]),
    ],
)  # fmt: skip
def test_an_unsound_pose_is_named_with_a_remedy(tmp_path, table):
    (tmp_path / "bad.pose").write_text(json.dumps(table))
    with pytest.raises(InputError, match=r"bad\.pose") as caught:
        read_pose(tmp_path / "bad.pose")
    assert caught.value.remedy


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b" " * (1 << 21)])
def test_a_damaged_file_is_named(tmp_path, content):
    (tmp_path / "bad.pose").write_bytes(content)
    with pytest.raises(InputError, match=r"bad\.pose"):
        read_pose(tmp_path / "bad.pose")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"no\.pose"):
        read_pose(tmp_path / "no.pose")
