# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A recording from a camera, for which a film stands in: count-in, stop, frames left out, a card that plays along."""

import threading
from fractions import Fraction

import pytest
from acted_clips import film, swaying
from made_films import make_film
from pastiche.bridge.messages import Error, Playing, Progress, Status
from pastiche.bridge.requests import RecordRequest
from pastiche.inference.jobs import perform
from pastiche.inference.media.footage import Footage


@pytest.fixture
def request_(tmp_path):
    make_film(tmp_path / "camera.mp4", 45, fps=Fraction(30))
    return lambda **changes: RecordRequest(
        **{
            "folder": str(tmp_path / "job"), "footage": str(tmp_path / "job" / "take.mp4"), "fps": "30",
            "device": str(tmp_path / "camera.mp4"), "count_in": 0.1, "is_live": False, **changes,
        }
    )  # fmt: skip


def performed(request, is_cancelled=lambda: False):
    heard = []
    return perform(request, "a", heard.append, is_cancelled), heard


def test_a_recording_is_a_film_in_real_time(request_, tmp_path):
    done, heard = performed(request_())
    assert done.outcome == 'FINISHED', heard
    footage = Footage.open(tmp_path / "job" / "take.mp4")
    assert footage.frame_count == done.result["frames"] >= 20 and str(footage.fps) == "30"
    assert any("neutral" in message.text for message in heard if isinstance(message, Status))


def test_to_stop_keeps_the_film_whole(request_, tmp_path):
    stopped, heard = threading.Event(), []

    def hear(message):
        heard.append(message)
        if isinstance(message, Progress) and message.done > 5:
            stopped.set()

    done = perform(request_(), "a", hear, stopped.is_set)
    assert done.outcome == 'FINISHED' and done.result["frames"] > 5
    assert Footage.open(tmp_path / "job" / "take.mp4").frame_count == done.result["frames"]


def test_to_stop_during_the_count_in_leaves_no_film(request_, tmp_path):
    done, _ = performed(request_(count_in=1.0), lambda: True)
    assert done.outcome == 'CANCELLED' and not (tmp_path / "job" / "take.mp4").exists()


def test_a_slow_camera_leaves_frames_out_and_the_film_keeps_time(request_, tmp_path):
    make_film(tmp_path / "slow.mp4", 8, fps=Fraction(8))
    done, _ = performed(request_(device=str(tmp_path / "slow.mp4")))
    assert done.result["dropped"] > done.result["frames"] / 2
    assert Footage.open(tmp_path / "job" / "take.mp4").duration > 0.5


@pytest.mark.parametrize("change", [{"device": "97"}, {"device": "/no/film.mp4"}, {"seconds": 0.0}, {"count_in": -1.0}])
def test_what_cannot_be_recorded_is_explained(request_, change):
    done, heard = performed(request_(**change))
    error = next(message.error for message in heard if isinstance(message, Error))
    assert done.outcome == 'FAILED' and error["code"] == "input" and error["remedy"]


def test_a_face_before_the_camera_plays_along(request_, tmp_path):
    clip = film(tmp_path / "face.mp4", swaying(240), 20)
    heard = []

    def played():
        return [message.channels for message in heard if isinstance(message, Playing)]

    request = request_(device=str(clip), is_live=True, count_in=0.0)
    done = perform(request, "a", heard.append, lambda: bool(played()))  # stopped as soon as it has played
    assert done.outcome == 'FINISHED' and done.result["played"] > 0
    assert {"jawOpen", "headYaw"} <= set(played()[-1])
