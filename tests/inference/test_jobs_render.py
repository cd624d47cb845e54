# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Render jobs with an engine that paints its channels: which frames are computed, and what is written."""

import json
import os
import shutil
import signal
import wave

import av
import cv2
import numpy as np
import pytest
from pastiche.bridge.job_folder import JobFolder
from pastiche.bridge.messages import Error, Frame, Warning
from pastiche.bridge.motion_file import write_motion_file
from pastiche.bridge.requests import LOOPS, Placement, RenderRequest
from pastiche.inference.faces import topology
from pastiche.inference.faces.face_frame import fit_pose
from pastiche.inference.jobs import perform, render
from pastiche.inference.media.pictures import read_picture, write_png
from pastiche.inference.media.sound import Sound
from pastiche.inference.portrait import Portrait
from PIL import Image
from worker_harness import done_of, errors_of, frames_of, heard_until, heard_until_done, running_client

FRAMES = 12
NAMES = ["jawOpen", "headYaw"]


class PaintEngine:
    name, version = "paint", "1"

    def __init__(self, settings):
        self.settings, self.warnings, self.rendered = settings, [], []

    def set_source(self, portrait):
        self.portrait = portrait

    def render(self, frame):
        self.rendered.append(frame.number)
        if frame.number == 3:
            self.warnings = ["The third frame is odd."]
        image = self.portrait.image.copy()
        image[..., 0] = round(frame.channels["jawOpen"] * np.iinfo(image.dtype).max * self.settings.get("gain", 1.0))
        return image


@pytest.fixture(autouse=True)
def engines(monkeypatch):
    """The engines that were opened, in order; finding faces is left out."""
    opened = []

    def open_engine(name, settings):
        opened.append(PaintEngine(settings))
        return opened[-1]

    def read_portrait(path, face, placement):
        landmarks = topology.canonical_shape() + (100 if placement is None else placement.box[0], 100, 0)
        image = read_picture(path)
        pose = fit_pose(landmarks, topology.canonical_shape())
        return Portrait(image, landmarks.astype(np.float32), pose, None, str(hash(image.tobytes())))

    monkeypatch.setattr(render, "open_engine", open_engine)
    monkeypatch.setattr(render, "read_portrait", read_portrait)
    render._read_portrait.cache_clear()
    yield opened
    render._read_portrait.cache_clear()


class BatchEngine(PaintEngine):
    """Likes five frames at a time."""

    batch = 5

    @property
    def inputs(self):
        return {"gain": self.settings.get("gain", 1.0)}

    def render_many(self, frames):
        assert 1 < len(frames) <= self.batch
        return [self.render(frame) for frame in frames]


def write_motion(path, channels, fps="25", take=""):
    metadata = {"pastiche": "motion", "version": "1", "fps": fps, "first_frame": "1", "take": take}
    metadata["channels"] = json.dumps(NAMES)
    channels = np.asarray(channels, np.float32)
    write_motion_file(path, metadata, {"channels": ("F32", channels.shape, channels)})


@pytest.fixture
def channels():
    return np.linspace(0, 1, FRAMES * 2).reshape(FRAMES, 2)


@pytest.fixture
def request_(tmp_path, channels):
    write_png(tmp_path / "source.png", np.full((20, 30, 4), 255, np.uint8))
    write_motion(tmp_path / "keys.motion", channels)
    return lambda **changes: RenderRequest(
        **{
            "folder": str(tmp_path / "job"), "source": str(tmp_path / "source.png"), "engine": "paint",
            "motion": str(tmp_path / "keys.motion"), **changes,
        }
    )  # fmt: skip


def done(request):
    heard = []
    finished = perform(request, "a", heard.append)
    assert finished.outcome == 'FINISHED', heard
    return finished.result, [message.index for message in heard if isinstance(message, Frame) and not message.is_reused]


def error_of(request):
    heard = []
    assert perform(request, "a", heard.append).outcome == 'FAILED'
    return next(message.error for message in heard if isinstance(message, Error))


def test_every_frame_of_the_motion_is_rendered_and_announced(request_, engines):
    result, computed = done(request_())
    assert computed == engines[0].rendered == list(range(1, FRAMES + 1))
    assert (result["first"], result["last"], result["frames"], result["reused"]) == (1, FRAMES, FRAMES, 0)
    assert result["engine"] == "paint 1" and result["fps"] == "25" and result["size"] == [30, 20]
    assert {"read", "portrait", "prepare", "render", "write", "total"} <= set(result["seconds"])


def test_rendering_again_computes_nothing_and_prepares_nothing(request_, engines):
    done(request_())
    result, computed = done(request_())
    assert computed == engines[1].rendered == [] and result["reused"] == FRAMES
    assert not hasattr(engines[1], "portrait")


def test_a_changed_key_computes_its_frames_alone(request_, tmp_path, channels):
    done(request_())
    channels[4:6, 0] += 0.01
    write_motion(tmp_path / "keys.motion", channels)
    assert done(request_())[1] == [5, 6]


@pytest.mark.parametrize(
    "change",
    [{"settings": {"gain": 0.5}}, {"depth": 16}, {"placement": Placement((7, 0, 20, 20))}],
    ids=["settings", "depth", "placement"],
)
def test_a_changed_parameter_computes_every_frame(request_, change):
    done(request_())
    assert len(done(request_(**change))[1]) == FRAMES
    assert done(request_(**change))[1] == []


def test_a_changed_source_is_noticed_by_its_pixels_not_by_its_file(request_, tmp_path):
    done(request_())
    picture = read_picture(tmp_path / "source.png")
    write_png(tmp_path / "source.png", picture, compress_level=9)
    assert done(request_())[1] == []
    picture[0, 0] = 1
    write_png(tmp_path / "source.png", picture)
    assert len(done(request_())[1]) == FRAMES


def test_another_take_computes_every_frame(request_, tmp_path, channels):
    def write_take(value):
        count = topology.N_LANDMARKS
        shape = np.full((2, count, 3), value, np.float32)
        tensors = {
            "channels": ("F32", (2, 2), np.zeros((2, 2), np.float32)),
            "take_time": ("F64", (2,), np.arange(2.0)), "take_found": ("U8", (2,), bytes([1, 1])),
            "take_shape": ("F32", shape.shape, shape), "take_neutral": ("F32", (count, 3), shape[0]),
            "take_channels": ("F32", (2, 2), np.zeros((2, 2), np.float32)),
        }  # fmt: skip
        metadata = {"pastiche": "motion", "version": "1", "fps": "25", "channels": json.dumps(NAMES)}
        write_motion_file(tmp_path / "capture.motion", metadata, tensors)

    write_take(1.0)
    write_motion(tmp_path / "keys.motion", channels, take="capture.motion")
    done(request_())
    write_take(1.0)
    assert done(request_())[1] == []
    write_take(2.0)
    assert len(done(request_())[1]) == FRAMES


def test_a_part_of_the_motion_can_be_rendered_and_what_lies_beyond_holds(request_):
    result, computed = done(request_(first=10, last=15))
    assert computed == [10, 11, 12, 13, 14, 15] and result["frames"] == 6
    pictures = [read_picture(JobFolder(result["folder"]).frame_path(index)) for index in (12, 15)]
    assert np.array_equal(*pictures)


def test_another_rate_resamples_the_motion(request_):
    result, computed = done(request_(fps="50"))
    assert result["fps"] == "50" and result["last"] == 2 * FRAMES


def test_depth_and_alpha_are_kept(request_, tmp_path):
    source = np.full((20, 30, 4), 30_000, np.uint16)
    source[..., 3] = 1000
    write_png(tmp_path / "source.png", source)
    folder = JobFolder(done(request_(depth=16, last=1))[0]["folder"])
    deep = read_picture(folder.frame_path(1))
    assert deep.dtype == np.uint16 and (deep[..., 3] == 1000).all() and (deep[..., 1] == 30_000).all()
    done(request_(depth=8, last=1))
    flat = read_picture(folder.frame_path(1))
    assert flat.dtype == np.uint8 and (flat[..., 1] == round(30_000 / 257)).all()


def test_a_film_has_every_frame_and_the_frames_stay(request_):
    result, _ = done(request_(format="MP4", fps="30000/1001"))
    with av.open(result["movie"]) as film:
        pictures = film.streams.video[0]
        assert pictures.frames == result["frames"] and str(pictures.average_rate) == "30000/1001"
    assert len(JobFolder(result["folder"]).valid_frames()) == result["frames"]


@pytest.mark.parametrize(("begin", "is_loud_at_once"), [(0.0, False), (1.0, True), (-0.5, False)])
def test_the_sound_of_a_film_begins_where_the_request_says(request_, tmp_path, begin, is_loud_at_once):
    with wave.open(str(tmp_path / "late.wav"), "wb") as file:  # a second of silence, then one of a tone
        file.setparams((1, 2, 8000, 0, 'NONE', ""))
        tone = (9000 * np.sin(np.arange(8000) / 4)).astype("<i2")
        file.writeframes(bytes(16000) + tone.tobytes())
    request = request_(format="MP4", audio=str(tmp_path / "late.wav"), audio_begin=begin)
    film = Sound(done(request)[0]["movie"])
    start = np.concatenate(list(film.blocks(0.0, 0.3)))
    assert (np.abs(start).max() > 5000) == is_loud_at_once


@pytest.mark.parametrize("format", LOOPS)
def test_a_loop_is_the_frames_back_and_forth(request_, format):
    result, _ = done(request_(format=format, side=24, back_and_forth=True))
    with Image.open(result["loop"]) as loop:
        assert loop.n_frames == 2 * FRAMES - 2 and list(loop.size) == result["loop_size"] == [24, 16]
    assert len(JobFolder(result["folder"]).valid_frames()) == FRAMES


def test_an_engine_that_reads_the_footage_is_prepared_once_and_can_be_cancelled_then(request_, monkeypatch):
    calls = []

    def prepare(self, take, on_progress):
        calls.append(take)
        for done in range(1, 4):
            on_progress(done, 3)

    monkeypatch.setattr(PaintEngine, "prepare", prepare, raising=False)
    monkeypatch.setattr(PaintEngine, "device", "cuda", raising=False)
    assert done(request_())[0]["device"] == "cuda" and calls == [None]
    finished = perform(request_(depth=16), "a", lambda message: None, lambda: len(calls) == 2)
    assert finished.outcome == 'CANCELLED' and finished.result["frames"] == 0


def test_what_the_engine_warns_of_is_passed_on_once(request_):
    heard = []
    perform(request_(), "a", heard.append)
    assert [message.text for message in heard if isinstance(message, Warning)] == ["The third frame is odd."]


def test_the_recipe_holds_every_input_by_hash(request_, tmp_path):
    done(request_())
    recipe = JobFolder(tmp_path / "job").read_recipe()
    assert recipe.request == request_() and recipe.engine == "paint 1" and recipe.versions["numpy"] == np.__version__
    assert set(recipe.inputs) == {"source", "motion"} and all(len(digest) == 64 for digest in recipe.inputs.values())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"fps": "nan"}, "'nan' is not a rate"), ({"fps": "0"}, "'0'"), ({"fps": "1/0"}, "'1/0'"),
        ({"fps": "fast"}, "'fast'"), ({"format": "EXE"}, "'EXE'"), ({"depth": 12}, "12 bits"),
        ({"first": 9, "last": 3}, "9 to 3"), ({"last": 10**12}, "cannot be rendered"),
        ({"source": "/nowhere.png"}, "/nowhere.png"), ({"motion": "/nowhere.motion"}, "/nowhere.motion"),
        ({"audio": "/nowhere.wav"}, "/nowhere.wav"), ({"format": "GIF", "side": 3}, "3 pixels"),
        ({"format": "APNG", "max_bytes": 10}, "10 bytes"), ({"format": "WEBP", "side": 10**9}, "1000000000 pixels"),
    ],
)  # fmt: skip
def test_impossible_requests_are_input_errors_that_name_what_is_wrong(request_, change, words):
    error = error_of(request_(**change))
    assert error["code"] == "input" and words in error["what"] and error["remedy"]


@pytest.mark.parametrize("name", ["source.png", "keys.motion"])
@pytest.mark.parametrize("content", [b"", b"\x00" * 100, b"GIF89a", b"\x89PNG\r\n\x1a\n\x00"])
def test_damaged_inputs_are_input_errors_and_frames_stay(request_, tmp_path, name, content):
    done(request_())
    (tmp_path / name).write_bytes(content)
    error = error_of(request_())
    assert error["code"] == "input" and name in error["what"]
    assert len(JobFolder(tmp_path / "job").valid_frames()) == FRAMES


def test_a_source_that_is_deleted_while_the_job_runs_is_not_missed(request_, tmp_path):
    heard = []

    def send(message):
        heard.append(message)
        if isinstance(message, Frame) and message.index == 2:
            (tmp_path / "source.png").unlink(missing_ok=True)
            (tmp_path / "keys.motion").unlink(missing_ok=True)

    assert perform(request_(), "a", send).outcome == 'FINISHED'


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_the_real_engine_killed_in_mid_job_goes_on_to_the_same_bytes(tmp_path):
    data = pytest.importorskip("skimage.data", reason="scikit-image lends the photograph")
    astronaut = cv2.cvtColor(data.astronaut()[:256, 96:352], cv2.COLOR_RGB2RGBA)
    write_png(tmp_path / "face.png", astronaut)
    write_motion(tmp_path / "m.motion", np.column_stack([np.linspace(0, 0.7, 30), np.linspace(-12, 12, 30)]))

    def asked(name):
        return RenderRequest(str(tmp_path / name), str(tmp_path / "face.png"), str(tmp_path / "m.motion"))

    with running_client(tmp_path) as client:
        client.submit(asked("whole"), "whole")
        heard = heard_until_done(client, "whole", 120)
        assert done_of(heard, "whole").outcome == 'FINISHED', errors_of(heard, "whole")
        client.submit(asked("job"), "a")
        heard_until(client, lambda message: isinstance(message, Frame) and message.index == 11, 120)
        os.kill(client.ready.pid, signal.SIGKILL)
        heard_until_done(client, "a")
        kept = len(JobFolder(tmp_path / "job").valid_frames())
        client.close()
        client.start()
        client.submit(asked("job"), "b")
        heard = heard_until_done(client, "b", 120)
        assert kept >= 11 and sum(frame.is_reused for frame in frames_of(heard, "b")) == kept
    for path in (tmp_path / "whole" / "frames").iterdir():
        assert path.read_bytes() == (tmp_path / "job" / "frames" / path.name).read_bytes()
    shutil.rmtree(tmp_path / "whole")


def test_an_engine_that_likes_batches_gets_them_and_frames_are_announced_in_order(request_, channels, monkeypatch):
    opened = []

    def open_engine(name, settings):
        opened.append(BatchEngine(settings))
        return opened[-1]

    monkeypatch.setattr(render, "open_engine", open_engine)
    _, computed = done(request_())
    assert computed == list(range(1, FRAMES + 1))
    channels[[3, 8]] += 0.1
    write_motion(request_().motion, channels)
    heard = []
    perform(request_(), "a", heard.append)
    assert opened[1].rendered == [4, 9]
    assert [message.index for message in heard if isinstance(message, Frame)] == list(range(1, FRAMES + 1))


def test_what_an_engine_does_not_name_among_its_inputs_computes_nothing_again(request_, monkeypatch):
    monkeypatch.setattr(render, "open_engine", lambda name, settings: BatchEngine(settings))
    done(request_())
    assert done(request_(settings={"batch": 2.0}))[1] == []
    assert len(done(request_(settings={"gain": 0.5}))[1]) == FRAMES
