# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import errno
import json
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from acted_clips import empty, film, photograph, swaying, two_faces
from pastiche.bridge.channels import REST
from pastiche.bridge.errors import FaceNotFoundError, InputError, StorageError
from pastiche.bridge.requests import CaptureRequest
from pastiche.inference.media.footage import Footage
from pastiche.inference.motion.capture import capture, change_neutral
from pastiche.inference.motion.expression import expression_model
from pastiche.inference.motion.take import Motion


def run(path, on_progress=lambda done, total: None, **options):
    target = path.with_suffix(".motion")
    request = CaptureRequest(str(path.parent), str(path), str(target), **options)
    return capture(Footage.open(path), request, "abc", on_progress)


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """Twelve pictures of the swaying face, captured."""
    path = film(tmp_path_factory.mktemp("clip ü") / "sway.mp4", swaying(12))
    return path, run(path)


def test_every_picture_of_the_footage_has_its_row(clip):
    path, summary = clip
    motion = Motion.open(summary["motion"])
    assert summary["frames"] == summary["footage_frames"] == len(motion) == len(motion.take) == 12
    assert motion.fps == 25 and motion.first == 1
    assert [motion.frame(n).channels["takeFrame"] for n in (1, 2, 12)] == pytest.approx([0, 1, 11], abs=0.01)
    assert motion.frame(1).channels["takeDetail"] == 1
    assert summary["seen"] == 12 and summary["interpolated"] == summary["held"] == 0


def test_the_head_moves_as_the_picture_did(clip):
    motion = Motion.open(clip[1]["motion"])
    roll = np.array([motion.frame(n).channels["headRoll"] for n in range(1, 13)])
    asked = -6 * np.sin(np.arange(12) / 4)
    assert np.corrcoef(roll, asked)[0, 1] > 0.97
    assert np.ptp(roll) == pytest.approx(np.ptp(asked), rel=0.25)


def test_the_neutral_frame_is_at_rest_and_the_take_gives_its_shape(clip):
    motion, n = Motion.open(clip[1]["motion"]), clip[1]["neutral_frame"]
    channels = motion.take.channels(n)
    for name in ("headYaw", "headPitch", "headRoll", "headX", "headY"):
        assert abs(channels[name]) < 1e-4
    assert np.abs(motion.take.shape(n) - motion.take.neutral).max() < 0.35  # centimeters; neutral is a mean of five


def test_metadata_says_where_it_comes_from(clip):
    metadata = Motion.open(clip[1]["motion"]).metadata
    assert metadata["footage"] == str(clip[0]) and metadata["footage_sha256"] == "abc"
    assert metadata["smoothing"] == "LOW" and float(metadata["eye_distance_px"]) > 20
    assert json.loads(metadata["settings"])["backend"] == "mediapipe"


def test_the_take_keeps_a_texture_of_every_picture(clip):
    take = Motion.open(clip[1]["motion"]).take
    assert take.has_textures
    assert np.abs(take.texture(0).face.astype(int) - take.texture(8).face).mean() < 12  # skin stays where it is
    assert take.texture(3).face.std() > 20


def test_the_same_footage_gives_the_same_file(clip, tmp_path):
    path = tmp_path / "again.mp4"
    path.write_bytes(clip[0].read_bytes())
    again = Motion.open(run(path)["motion"])
    first = Motion.open(clip[1]["motion"])
    assert np.array_equal(again.channels, first.channels)
    assert np.array_equal(again.take.shapes, first.take.shapes)


def test_nothing_but_the_motion_file_is_left(clip):
    assert {path.name for path in clip[0].parent.iterdir()} == {"sway.mp4", "sway.motion"}


def test_motion_at_another_rate_takes_as_long_and_drops_nothing(clip, tmp_path):
    path = tmp_path / "sway.mp4"
    path.write_bytes(clip[0].read_bytes())
    summary = run(path, fps="60")
    motion = Motion.open(summary["motion"])
    assert motion.fps == 60 and len(motion) == 29 and len(motion.take) == 12  # 12 / 25 * 60 = 28.8
    frames = motion.channels[:, motion.channel_names.index("takeFrame")]
    assert np.allclose(frames, np.minimum(np.arange(29) / 60 * 25, 11), atol=0.02)


def test_a_face_lost_for_a_moment_is_bridged_and_marked(tmp_path):
    pictures = list(swaying(14))
    pictures[6:8] = empty(2)
    summary = run(film(tmp_path / "gap.mp4", pictures))
    motion = Motion.open(summary["motion"])
    assert summary["footage_frames"] == 14 and summary["interpolated"] >= 2 and summary["held"] == 0
    assert motion.found[6:8].tolist() == [2, 2]
    roll = motion.channels[:, motion.channel_names.index("headRoll")]
    assert np.abs(np.diff(roll)).max() < 2.5  # degrees; it goes on smoothly


def test_a_face_only_in_the_middle_is_held_before_and_after(tmp_path):
    pictures = [*empty(15), *swaying(5), *empty(15)]
    summary = run(film(tmp_path / "middle.mp4", pictures))
    motion = Motion.open(summary["motion"])
    assert summary["footage_frames"] == len(motion) == 35
    assert set(motion.found[:13]) == set(motion.found[-13:]) == {3}
    assert 15 <= summary["neutral_frame"] < 20
    assert motion.take.texture(0).face.any()
    assert np.allclose(motion.take.shape(0), motion.take.shape(13), atol=1e-3)


def test_two_faces_are_two_captures(tmp_path):
    path = film(tmp_path / "two.mp4", two_faces(5))
    first = run(path)
    assert set(first["faces"]) == {"0", "1"}
    scale = float(Motion.open(first["motion"]).metadata["eye_distance_px"])
    run(path, face=1)
    assert float(Motion.open(path.with_suffix(".motion")).metadata["eye_distance_px"]) < 0.9 * scale


def test_a_face_that_is_not_there_is_told_with_those_that_are(tmp_path):
    path = film(tmp_path / "one.mp4", swaying(3))
    with pytest.raises(FaceNotFoundError, match="no face 4 in one.mp4; it shows 0.*Choose"):
        run(path, face=4)


def test_footage_without_a_face_says_so_and_leaves_nothing(tmp_path):
    path = film(tmp_path / "nobody.mp4", empty(4))
    with pytest.raises(FaceNotFoundError, match="4 pictures of nobody.mp4.*other footage"):
        run(path)
    assert [each.name for each in tmp_path.iterdir()] == ["nobody.mp4"]


def test_one_picture_is_a_clip_of_one_frame(tmp_path):
    path = tmp_path / "still.png"
    cv2.imwrite(str(path), photograph()[..., ::-1])
    summary = run(path)
    assert summary["frames"] == 1
    motion = Motion.open(summary["motion"])
    values = motion.frame(1).channels
    assert all(abs(values[name] - REST[name]) < 0.3 for name in expression_model().names)


def test_a_stopped_capture_leaves_nothing(tmp_path):
    path = film(tmp_path / "stop.mp4", swaying(6))

    def stop(done, total):
        assert total == 6
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(path, stop)
    assert [each.name for each in tmp_path.iterdir()] == ["stop.mp4"]


def test_mirrored_footage_swaps_the_sides(clip, tmp_path):
    path = tmp_path / "sway.mp4"
    path.write_bytes(clip[0].read_bytes())
    mirrored, plain = Motion.open(run(path, mirror=True)["motion"]), Motion.open(clip[1]["motion"])
    roll = [m.channels[:, m.channel_names.index("headRoll")] for m in (mirrored, plain)]
    assert np.corrcoef(*roll)[0, 1] < -0.95
    assert mirrored.take.texture(2).face[60:100, 60:130].mean() > 30


def test_a_part_of_the_footage_is_captured_from_its_start(clip, tmp_path):
    path = tmp_path / "sway.mp4"
    path.write_bytes(clip[0].read_bytes())
    summary = run(path, start=0.16, end=0.32)
    assert summary["frames"] == 4
    assert Motion.open(summary["motion"]).take.times[0] == pytest.approx(0.16, abs=0.01)


def test_textures_are_left_out_when_they_are_not_wanted(clip, tmp_path):
    path = tmp_path / "sway.mp4"
    path.write_bytes(clip[0].read_bytes())
    assert not Motion.open(run(path, detail=False)["motion"]).take.has_textures


@pytest.mark.parametrize(("options", "text"), [
    ({"smoothing": "VERY"}, "smoothing 'VERY'.*LOW"), ({"gains": {"Ears": 2.0}}, "'Ears'.*Brows"),
    ({"fps": "nan"}, "rate"), ({"start": 5.0, "end": 2.0}, "range"), ({"start": float("nan")}, "range"),
    ({"start": 99.0}, "no pictures"), ({"backend": "crystal"}, "'crystal'"),
])  # fmt: skip
def test_senseless_settings_are_named(clip, tmp_path, options, text):
    path = tmp_path / "sway.mp4"
    path.write_bytes(clip[0].read_bytes())
    with pytest.raises(InputError, match=text):
        run(path, **options)


def test_a_missing_folder_is_told_before_the_work_begins(clip, tmp_path):
    request = CaptureRequest("", str(clip[0]), str(tmp_path / "gone" / "m.motion"))
    with pytest.raises(StorageError, match="gone"):
        capture(Footage.open(clip[0]), request, on_progress=pytest.fail)


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path, monkeypatch):
    path = film(tmp_path / "sway.mp4", swaying(3))

    def full(pieces, path):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("pastiche.inference.motion.capture.store_pieces", full)
    with pytest.raises(StorageError, match="full"):
        run(path)
    assert [each.name for each in tmp_path.iterdir()] == ["sway.mp4"]


def test_the_neutral_frame_can_be_asked_for(clip, tmp_path):
    path = tmp_path / "sway.mp4"
    path.write_bytes(clip[0].read_bytes())
    assert run(path, neutral=0.36)["neutral_frame"] == 9


def test_the_neutral_frame_changes_without_the_footage(clip, tmp_path):
    asked = tmp_path / "sway.mp4"
    asked.write_bytes(clip[0].read_bytes())
    expected = Motion.open(run(asked, neutral=0.36)["motion"])
    changed = tmp_path / "changed.motion"
    change_neutral(Path(clip[1]["motion"]), 0.36, changed)
    found = Motion.open(changed)
    assert found.metadata["neutral_frame"] == "9" and found.fps == Fraction(25)
    assert np.allclose(found.take.neutral, expected.take.neutral, atol=0.03)
    assert np.abs(found.channels - expected.channels).max(axis=0)[:-2].mean() < 0.02
    assert np.allclose(found.take.shapes, expected.take.shapes, atol=0.05)
    assert found.take.texture(4).face.shape == expected.take.texture(4).face.shape
    assert sorted(each.name for each in tmp_path.iterdir()) == ["changed.motion", "sway.motion", "sway.mp4"]


