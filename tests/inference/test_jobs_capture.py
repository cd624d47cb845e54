# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Capture jobs on clips of a real face, and on what is none."""

import os
import signal
from itertools import chain

import numpy as np
import pytest
from acted_clips import empty, film, swaying, two_faces
from pastiche.bridge.job_folder import JobFolder
from pastiche.bridge.messages import Error, Progress, Warning
from pastiche.bridge.requests import CaptureRequest
from pastiche.inference.jobs import perform
from pastiche.inference.motion.take import Motion
from worker_harness import errors_of, heard_until, heard_until_done, running_client


@pytest.fixture
def asked(tmp_path):
    def request(footage, **changes):
        paths = {"folder": str(tmp_path / "job"), "footage": str(footage), "motion": str(tmp_path / "a.motion")}
        return CaptureRequest(**{**paths, **changes})

    return request


def done(request):
    heard = []
    finished = perform(request, "a", heard.append)
    assert finished.outcome == 'FINISHED', heard
    return finished.result, heard


def error_of(request):
    heard = []
    assert perform(request, "a", heard.append).outcome == 'FAILED'
    return next(message.error for message in heard if isinstance(message, Error))


def warnings(heard):
    return [message.text for message in heard if isinstance(message, Warning)]


def test_footage_becomes_a_motion_file_that_knows_its_footage(tmp_path, asked):
    result, heard = done(asked(film(tmp_path / "clip.mp4", swaying(16))))
    motion = Motion.open(result["motion"])
    assert result["frames"] == len(motion) == 16 and result["fps"] == "25" and len(motion.take) == 16
    assert motion.metadata["footage_sha256"] == JobFolder(tmp_path / "job").read_recipe().inputs["footage"]
    assert np.ptp([motion.frame(i).channels["headRoll"] for i in range(1, 17)]) > 5
    assert any(isinstance(message, Progress) and message.unit == "pictures" for message in heard)


def test_the_same_footage_and_settings_are_not_captured_again(tmp_path, asked):
    clip = film(tmp_path / "clip.mp4", swaying(6))
    done(asked(clip))
    written = (tmp_path / "a.motion").stat().st_mtime_ns
    result, _ = done(asked(clip))
    assert result["reused"] and (tmp_path / "a.motion").stat().st_mtime_ns == written
    assert "reused" not in done(asked(clip, smoothing="HIGH"))[0]
    film(tmp_path / "clip.mp4", swaying(7))
    assert "reused" not in done(asked(clip, smoothing="HIGH"))[0]
    (tmp_path / "a.motion").write_bytes(b"damaged")
    assert "reused" not in done(asked(clip, smoothing="HIGH"))[0]


def test_a_face_that_is_lost_in_the_middle_is_told_and_no_frame_is_dropped(tmp_path, asked):
    clip = film(tmp_path / "clip.mp4", chain(swaying(6), empty(3), swaying(6)))
    result, heard = done(asked(clip))
    assert result["frames"] == 15 and result["seen"] < 15
    assert any("was not seen in" in text and "clip.mp4" in text for text in warnings(heard))


def test_two_faces_are_told_and_either_can_be_chosen(tmp_path, asked):
    clip = film(tmp_path / "clip.mp4", two_faces(5))
    result, heard = done(asked(clip))
    assert len(result["faces"]) == 2 and any("faces 0, 1; face 0 was captured" in text for text in warnings(heard))
    assert done(asked(clip, face=1))[0]["seen"] == 5
    error = error_of(asked(clip, face=7))
    assert error["code"] == "no_face" and "no face 7" in error["what"]


def test_a_clip_without_a_face_is_an_error_with_a_remedy(tmp_path, asked):
    error = error_of(asked(film(tmp_path / "clip.mp4", empty(4))))
    assert error["code"] == "no_face" and "clip.mp4" in error["what"] and error["remedy"]
    assert not (tmp_path / "a.motion").exists()


def test_a_clip_of_one_picture_is_a_motion_of_one_frame(tmp_path, asked):
    assert done(asked(film(tmp_path / "clip.mp4", swaying(1))))[0]["frames"] == 1


@pytest.mark.parametrize("content", [b"", b"hello", b"\x00" * 5000, b"\x00\x00\x00\x20ftypisom" + b"\xff" * 500])
def test_what_is_no_footage_is_an_input_error_that_names_it(tmp_path, asked, content):
    (tmp_path / "clip.mp4").write_bytes(content)
    error = error_of(asked(tmp_path / "clip.mp4"))
    assert error["code"] == "input" and "clip.mp4" in error["what"] and error["remedy"]


@pytest.mark.parametrize(
    "change", [{"fps": "nan"}, {"fps": "-1"}, {"smoothing": "MUCH"}, {"start": 5.0, "end": 2.0}, {"backend": "magic"}]
)
def test_impossible_settings_are_input_errors(tmp_path, asked, change):
    assert error_of(asked(film(tmp_path / "clip.mp4", swaying(2)), **change))["code"] == "input"


def test_a_cancelled_capture_leaves_no_motion_and_no_scratch_files(tmp_path, asked):
    clip = film(tmp_path / "clip.mp4", swaying(30))
    heard = []
    request = asked(clip)
    finished = perform(request, "a", heard.append, lambda: any(isinstance(message, Progress) for message in heard))
    assert finished.outcome == 'CANCELLED'
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clip.mp4", "job"]


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_a_capture_whose_worker_was_killed_begins_again_and_gives_the_same_motion(tmp_path, asked):
    clip = film(tmp_path / "clip.mp4", swaying(60))
    motion = tmp_path / "job" / "a.motion"
    with running_client(tmp_path) as client:
        client.submit(asked(clip, motion=str(motion)), "a")
        heard_until(client, lambda message: isinstance(message, Progress), 60)
        os.kill(client.ready.pid, signal.SIGKILL)
        assert "SIGKILL" in errors_of(heard_until_done(client, "a"), "a")[0]["what"]
        assert not motion.exists()
        client.close()
        client.start()
        client.submit(asked(clip, motion=str(motion)), "b")
        assert heard_until_done(client, "b", 120)[-1].outcome == 'FINISHED'
    assert not list(motion.parent.glob(".capture-*"))
    done(asked(clip, motion=str(tmp_path / "b.motion"), folder=str(tmp_path / "other")))
    assert (tmp_path / "b.motion").read_bytes() == motion.read_bytes()
