# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A written film shows each picture once, in its colors, in step with its sound, or is not there at all."""

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_films import make_film, number_in, numbered_picture
from pastiche.bridge.errors import InputError, RuntimeMissingError, StorageError
from pastiche.inference.media import movie as movie_module
from pastiche.inference.media.footage import Footage
from pastiche.inference.media.movie import MovieWriter
from pastiche.inference.media.sound import Sound


def write(path, images, fps=Fraction(24), **how):
    with MovieWriter(path, fps, images[0].shape[1::-1], **how) as movie:
        for image in images:
            movie.write(image)
    return path


@pytest.mark.parametrize("fps", ["24", "24000/1001", "25", "30000/1001", "12.5", "120"])
def test_every_picture_comes_back_once_at_its_time(tmp_path, fps):
    fps = Fraction(fps)
    footage = Footage.open(write(tmp_path / "a.mp4", [numbered_picture(i) for i in range(50)], fps))
    pairs = [(time, number_in(image)) for time, image in footage.frames()]
    assert [number for _, number in pairs] == list(range(50))
    assert [time for time, _ in pairs] == pytest.approx([float(i / fps) for i in range(50)], abs=1e-4)
    assert (footage.fps, footage.frame_count) == (fps, 50)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 80), st.integers(1, 80), st.sampled_from([3, 4]), st.sampled_from([np.uint8, np.uint16]))
def test_odd_sizes_are_padded_by_their_last_row_and_column(tmp_path_factory, width, height, channels, dtype):
    image = np.full((height, width, channels), 1, dtype) * (np.iinfo(dtype).max // 2)
    image[..., 3:] = np.iinfo(dtype).max
    footage = Footage.open(write(tmp_path_factory.mktemp("odd") / "a.mp4", [image] * 3))
    assert footage.size == (width + width % 2, height + height % 2)
    for _, result in footage.frames():
        assert np.abs(result.astype(int) - 127).max() <= 4


@pytest.mark.parametrize("size", [(640, 360), (1280, 720)])
@pytest.mark.parametrize("color", [(200, 40, 90), (20, 180, 230), (255, 255, 255), (0, 0, 0), (128, 128, 128)])
def test_colors_are_kept_and_tagged(tmp_path, size, color):
    path = write(tmp_path / "a.mp4", [np.full((size[1], size[0], 3), color, np.uint8)] * 2)
    _, image = next(Footage.open(path).frames())
    assert np.abs(image.astype(int) - color).max() <= 4
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0))
        assert (frame.colorspace, frame.color_primaries, frame.color_trc, frame.color_range) == (1, 1, 1, 1)
        assert frame.format.name == "yuv420p"


def test_transparent_parts_become_black(tmp_path):
    for dtype in (np.uint8, np.uint16):
        top = np.iinfo(dtype).max
        image = np.full((32, 64, 4), top, dtype)
        image[:, :32, 3] = 0
        _, result = next(Footage.open(write(tmp_path / "a.mp4", [image])).frames())
        assert result[:, :28].max() <= 6 and result[:, 36:].min() >= 249


def clicks_in(path):
    sound = Sound(path)
    samples = np.concatenate(list(sound.blocks()))[:, 0].astype(int)
    loud = np.flatnonzero(np.abs(samples) > 5000)
    return (loud[np.flatnonzero(np.diff(loud, prepend=-sound.rate) > sound.rate // 20)] / sound.rate).tolist()


@pytest.mark.parametrize("rate", [48000, 44100, 22050, 192000])
def test_the_sound_goes_along_and_ends_with_the_pictures(tmp_path, rate):
    clicks = [0.5, 1.0, 2.25, 3.5]
    clip = make_film(
        tmp_path / "clip.mov", count=100, fps=Fraction(25), clicks=clicks, sound_codec="pcm_s16le", sound_rate=rate
    )
    path = write(tmp_path / "a.mp4", [numbered_picture(i) for i in range(72)], audio=clip)
    assert clicks_in(path) == pytest.approx(clicks[:3], abs=0.003)
    with av.open(str(path)) as container:
        assert container.streams.audio[0].codec_context.name == "aac"
        assert container.duration / av.time_base == pytest.approx(3.0, abs=0.05)


@pytest.mark.parametrize(("start", "expected"), [(0.75, [0.25, 1.5]), (-0.5, [1.0, 1.5, 2.75]), (9.0, [])])
def test_the_sound_starts_where_it_is_told(tmp_path, start, expected):
    clip = make_film(tmp_path / "clip.mp4", count=75, fps=Fraction(25), clicks=[0.5, 1.0, 2.25])
    path = write(tmp_path / "a.mp4", [numbered_picture(i) for i in range(72)], audio=clip, audio_start_seconds=start)
    assert (clicks_in(path) if expected else []) == pytest.approx(expected, abs=0.003)
    assert Footage.open(path).frame_count == 72


def test_a_sound_shorter_than_the_film_is_no_error(tmp_path):
    clip = make_film(tmp_path / "clip.mp4", count=25, fps=Fraction(25), clicks=[0.5])
    path = write(tmp_path / "a.mp4", [numbered_picture(i) for i in range(72)], audio=clip)
    assert clicks_in(path) == pytest.approx([0.5], abs=0.003)
    assert sum(1 for _ in Footage.open(path).frames()) == 72


def test_a_film_appears_only_when_it_is_whole(tmp_path):
    path = tmp_path / "a.mp4"
    path.write_bytes(b"the film of yesterday")
    with pytest.raises(KeyError), MovieWriter(path, Fraction(24), (64, 48)) as movie:
        movie.write(numbered_picture(0))
        assert path.read_bytes() == b"the film of yesterday"
        raise KeyError
    assert path.read_bytes() == b"the film of yesterday"
    assert [file.name for file in tmp_path.iterdir()] == ["a.mp4"]


def test_wrong_pictures_and_no_pictures_are_refused(tmp_path):
    for image in (np.zeros((48, 65, 3), np.uint8), np.zeros((48, 64), np.uint8), np.zeros((48, 64, 3)), None):
        with pytest.raises(ValueError), MovieWriter(tmp_path / "a.mp4", Fraction(24), (64, 48)) as movie:
            if image is not None:
                movie.write(image)
    assert not list(tmp_path.iterdir())


def test_bad_places_and_bad_sound_are_refused_by_name(tmp_path):
    silent = make_film(tmp_path / "silent.mp4", count=3)
    with pytest.raises(InputError, match="no sound"):
        MovieWriter(tmp_path / "a.mp4", Fraction(24), (64, 48), audio=silent)
    with pytest.raises(StorageError, match="missing"):
        write(tmp_path / "missing" / "a.mp4", [numbered_picture(0)])


def test_a_missing_encoder_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(movie_module, "_VIDEO_CODEC", "an_encoder_nobody_has")
    with pytest.raises(RuntimeMissingError, match="an_encoder_nobody_has"):
        MovieWriter(tmp_path / "a.mp4", Fraction(24), (64, 48))


@pytest.mark.skipif(sys.platform == "win32", reason="limits the size of files, which Windows cannot")
def test_a_full_disk_is_a_storage_error_and_leaves_nothing(tmp_path):
    script = f"""
import resource, signal, sys
sys.path.insert(0, {str(Path(__file__).resolve().parents[2])!r})
import root_package, numpy as np
from fractions import Fraction
from pastiche.bridge.errors import StorageError
from pastiche.inference.media.movie import MovieWriter
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
noise = np.random.default_rng(0)
try:
    with MovieWriter({str(tmp_path / "a.mp4")!r}, Fraction(24), (256, 256)) as movie:
        for _ in range(60):
            movie.write(noise.integers(0, 256, (256, 256, 3)).astype(np.uint8))
except StorageError as error:
    print("refused:", error)
"""
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    assert "refused:" in run.stdout and "a.mp4" in run.stdout, run.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["with space.mp4", "日本語 Ärger ñ.mp4", "n" * 246 + ".mp4", "100%d {x}.mp4"])
def test_any_file_name_works(tmp_path, name):
    assert Footage.open(write(tmp_path / name, [numbered_picture(5)])).frame_count == 1


@pytest.mark.slow
def test_after_ten_minutes_picture_and_sound_are_together(tmp_path):
    fps, clicks = Fraction(30000, 1001), [1.0, 60.02, 299.7, 540.5, 599.5]
    count = int(600 * fps)
    clip = make_film(
        tmp_path / "clip.mp4", count=count, fps=fps, size=(16, 16), clicks=clicks, options={"preset": "ultrafast"}
    )
    path = write(tmp_path / "a.mp4", [numbered_picture(0, (16, 16))] * count, fps, audio=clip)
    assert clicks_in(path) == pytest.approx(clicks, abs=0.003)
    assert max(time for time, _ in Footage.open(path).frames(598)) == pytest.approx(float((count - 1) / fps), abs=1e-3)
