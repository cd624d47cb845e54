# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every picture of every kind of film comes once, in order, upright, at its time."""

import math
import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_films import make_film, number_in, numbered_picture
from pastiche.bridge.errors import InputError
from pastiche.inference.media.footage import Footage

DRIVING = Path(__file__).resolve().parents[3].parent / "shared" / "footage" / "driving"
B_FRAMES = {"bf": "3", "g": "12", "b_strategy": "0"}


def read(path, start=0.0, end=None):
    """Times, numbers shown, and the footage, after reading it."""
    footage = Footage.open(path)
    pairs = [(time, number_in(image)) for time, image in footage.frames(start, end)]
    return [time for time, _ in pairs], [number for _, number in pairs], footage


FILMS = {
    "b_frames.mp4": {"options": B_FRAMES},
    "open_gop.mp4": {"options": {"x264-params": "open-gop=1:keyint=8:bframes=3"}},
    "fragmented.mp4": {"options": B_FRAMES, "container_options": {"movflags": "frag_keyframe+empty_moov"}},
    "a.mkv": {"options": B_FRAMES},
    "ten_bit.mkv": {"pixels": "yuv420p10le"},
    "ten_bit_422.mov": {"codec": "prores_ks", "pixels": "yuv422p10le"},
    "a.avi": {"options": B_FRAMES},
    "old.avi": {"codec": "mpeg4"},
    "a.ts": {"options": B_FRAMES},
    "a.mpg": {"codec": "mpeg2video"},
    "a.flv": {"codec": "flv"},
    "a.wmv": {"codec": "wmv2"},
    "a.webm": {"codec": "libvpx-vp9"},
    "raw.h264": {"options": {"bf": "0"}},
    "lossless.mkv": {"codec": "ffv1"},
    "motion_jpeg.mov": {"codec": "mjpeg", "pixels": "yuvj420p"},
    "a.y4m": {"codec": "wrapped_avframe"},
}


@pytest.mark.parametrize("name", FILMS)
def test_every_picture_comes_once_at_its_time(tmp_path, name):
    times, numbers, footage = read(make_film(tmp_path / name, count=40, **FILMS[name]))
    assert numbers == list(range(40))
    assert times == pytest.approx([i / 24 for i in range(40)], abs=0.00051)  # Matroska and others keep milliseconds
    assert (footage.fps, footage.size, footage.has_audio, footage.has_alpha) == (24, (64, 48), False, False)
    assert footage.frame_count == pytest.approx(40, abs=1)
    assert footage.duration == pytest.approx(40 / 24, abs=0.05)


@pytest.mark.parametrize("fps", ["24000/1001", "25", "30000/1001", "60000/1001", "12", "120"])
@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_the_rate_is_exact(tmp_path, fps, name):
    times, numbers, footage = read(make_film(tmp_path / name, count=30, fps=Fraction(fps)))
    assert footage.fps == Fraction(fps)
    assert numbers == list(range(30))
    assert times == pytest.approx([float(i / Fraction(fps)) for i in range(30)], abs=0.00051)


@settings(max_examples=15, deadline=None)
@given(gaps=st.lists(st.integers(1, 20_000), min_size=3, max_size=30))
def test_variable_rate_keeps_every_time_exactly(tmp_path_factory, gaps):
    ticks = np.cumsum([0, *gaps]).tolist()
    path = tmp_path_factory.mktemp("vfr") / "vfr.mp4"
    make_film(path, count=len(ticks), times=[Fraction(t, 90000) for t in ticks], options={"bf": "2"})
    times, numbers, _ = read(path)
    assert numbers == list(range(len(ticks)))
    assert times == [t / 90000 for t in ticks]


def test_a_phone_film_of_variable_rate_is_named_by_the_standard_rate_it_hovers_about(tmp_path):
    rng = np.random.default_rng(1)
    times = np.cumsum(1 / 30 + rng.uniform(-0.002, 0.002, 90))
    path = make_film(tmp_path / "phone.mp4", count=90, times=[Fraction(round(t * 90000), 90000) for t in times])
    assert Footage.open(path).fps in (30, Fraction(30000, 1001))


@settings(max_examples=25, deadline=None)
@given(st.integers(16, 90), st.integers(16, 90), st.sampled_from(["yuv444p", "yuv422p", "yuv420p"]))
def test_odd_sizes_keep_every_row_and_column(tmp_path_factory, width, height, pixels):
    path = tmp_path_factory.mktemp("odd") / "odd.mkv"
    make_film(path, count=2, size=(width, height), codec="ffv1", pixels=pixels)
    for i, (_, image) in enumerate(Footage.open(path).frames()):
        assert image.shape == (height, width, 3) and image.flags.c_contiguous
        assert np.abs(image.astype(int) - numbered_picture(i, (width, height))).max() <= 4


def with_matrix(path, matrix):
    """The display matrix (a, b, c, d) put into a film's track header."""
    data = bytearray(path.read_bytes())
    place = data.index(b"tkhd") - 4 + 48  # version 0: the matrix is 48 bytes into the box
    a, b, c, d = (value * 65536 for value in matrix)
    data[place : place + 36] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("matrix", "turn"),
    [
        ((1, 0, 0, 1), lambda image: image),
        ((0, 1, -1, 0), lambda image: np.rot90(image, -1)),  # a phone held upright: a quarter turn clockwise
        ((-1, 0, 0, -1), lambda image: np.rot90(image, 2)),
        ((0, -1, 1, 0), lambda image: np.rot90(image, 1)),
        ((-1, 0, 0, 1), np.fliplr),
        ((1, 0, 0, -1), np.flipud),
        ((0, 1, 1, 0), lambda image: image.swapaxes(0, 1)),
    ],
)
def test_rotation_is_applied(tmp_path, matrix, turn):
    path = with_matrix(make_film(tmp_path / "turned.mp4", count=3, size=(80, 48), options={"crf": "1"}), matrix)
    footage = Footage.open(path)
    for i, (_, image) in enumerate(footage.frames()):
        expected = turn(numbered_picture(i, (80, 48)))
        assert image.shape == expected.shape and image.shape[1::-1] == footage.size
        assert np.abs(image.astype(int) - expected).mean() < 4


def test_anamorphic_film_is_shown_with_square_pixels(tmp_path):
    def decorate(video):
        video.codec_context.sample_aspect_ratio = Fraction(16, 11)

    footage = Footage.open(make_film(tmp_path / "dv.mp4", count=2, size=(66, 48), decorate=decorate))
    assert footage.size == (96, 48)
    assert next(iter(footage.frames()))[1].shape == (48, 96, 3)


@pytest.mark.parametrize(
    ("name", "codec", "pixels"),
    [
        ("a.mov", "prores_ks", "yuva444p10le"), ("b.mov", "qtrle", "argb"), ("c.mov", "png", "rgba"),
        ("d.webm", "libvpx-vp9", "yuva420p"), ("e.mkv", "ffv1", "yuva420p"), ("f.apng", "apng", "rgba"),
    ],
)  # fmt: skip
def test_alpha_is_kept(tmp_path, name, codec, pixels):
    path = make_film(tmp_path / name, count=4, codec=codec, pixels=pixels, alpha=128)
    if name == "f.apng":
        path = path.rename(tmp_path / "also an animated.png")
    footage = Footage.open(path)
    images = [image for _, image in footage.frames()]
    assert footage.has_alpha and len(images) == 4
    assert all(image.shape == (48, 64, 4) and np.abs(image[..., 3].astype(int) - 128).max() <= 3 for image in images)
    assert [number_in(image) for image in images] == [0, 1, 2, 3]


def test_a_gif_keeps_its_delays(tmp_path):
    from PIL import Image

    delays = [100, 40, 250, 70, 20]
    first, *others = [Image.fromarray(numbered_picture(i)) for i in range(5)]
    first.save(tmp_path / "a.gif", save_all=True, append_images=others, duration=delays, loop=0)
    times, numbers, footage = read(tmp_path / "a.gif")
    assert numbers == [0, 1, 2, 3, 4]
    assert times == pytest.approx(np.cumsum([0, *delays])[:-1] / 1000)
    assert footage.duration == pytest.approx(sum(delays) / 1000, abs=0.005)
    assert footage.frame_count == 5


def test_one_picture_is_footage_of_one_frame(tmp_path):
    for name, codec, pixels in (("a.mp4", "libx264", "yuv420p"), ("a.gif", "gif", "rgb8")):
        times, numbers, footage = read(make_film(tmp_path / name, count=1, codec=codec, pixels=pixels))
        assert (times, numbers, footage.frame_count) == ([0.0], [0], 1)
        assert 0 < footage.duration < 1 and footage.fps > 0


def test_a_range_is_half_open_and_the_same_as_reading_all(tmp_path):
    path = make_film(tmp_path / "a.mp4", count=200, fps=Fraction(30), options=B_FRAMES)
    times, _, _ = read(path)
    for start, end in (
        (0, None),
        (0.5, 1.0),
        (1 / 30, 2 / 30),
        (3.1, 5.9),
        (5.0, None),
        (2.5, 2.5),
        (6.6, None),
        (9, None),
    ):
        some, numbers, footage = read(path, start, end)
        wanted = [i for i, t in enumerate(times) if start - 1e-6 <= t < (math.inf if end is None else end) - 1e-6]
        assert numbers == wanted and some == [times[i] for i in wanted]
        assert not footage.warnings


@pytest.mark.parametrize("start", [float("nan"), -1.0])
def test_a_range_that_is_none_is_refused(tmp_path, start):
    footage = Footage.open(make_film(tmp_path / "a.mp4", count=2))
    with pytest.raises(ValueError):
        footage.frames(start)


def test_stopping_early_closes_the_file_and_reading_again_starts_anew(tmp_path):
    path = make_film(tmp_path / "a.mp4", count=20)
    footage = Footage.open(path)
    frames = footage.frames()
    next(frames)
    frames.close()
    path.rename(tmp_path / "b.mp4")  # an open file could not be renamed on Windows
    (tmp_path / "b.mp4").rename(path)
    assert sum(1 for _ in footage.frames()) == 20


def test_time_zero_is_the_first_picture_shown(tmp_path):
    """An edit list hides the first and last pictures: they are not read, and time starts after them."""
    path = make_film(tmp_path / "a.mp4", count=20, options={"bf": "0", "g": "1"})
    data = bytearray(path.read_bytes())
    place = data.index(b"elst") + 12  # version, count, then duration, media time, rate
    start = struct.unpack(">Ii", data[place : place + 8])[1]
    data[place : place + 8] = struct.pack(">Ii", 500, start + 5 * 512)  # half a second, in 1/1000 and 1/(24 * 512)
    path.write_bytes(data)
    times, numbers, footage = read(path)
    assert numbers == list(range(5, 17))
    assert times == pytest.approx([i / 24 for i in range(12)])
    assert (footage.frame_count, footage.duration) == (12, 0.5) and not footage.warnings


@pytest.mark.parametrize(
    "name", ["with space.mp4", "日本語 Ärger ñ.mp4", "n" * 246 + ".mp4", "100%d {x}.mp4", "concat:a|b.mp4", "-i.mp4"]
)
def test_any_file_name_works(tmp_path, name):
    make_film(tmp_path / "a.mp4", count=3).rename(tmp_path / name)
    assert read(tmp_path / name)[1] == [0, 1, 2]


@pytest.mark.skipif(not DRIVING.is_dir(), reason="the shared driving clips are not here")
@pytest.mark.parametrize("name", ["d0", "d3", "d10", "d13", "d18", "d20"])
def test_real_clips_give_as_many_pictures_as_they_have_packets(name):
    path = DRIVING / f"{name}.mp4"
    with av.open(str(path)) as container:
        packets = sum(1 for packet in container.demux(video=0) if packet.size)
    footage = Footage.open(path)
    times = [time for time, _ in footage.frames()]
    assert len(times) == packets == footage.frame_count
    assert np.ptp(np.diff(times)) < 1e-6 and not footage.warnings


def test_missing_footage_is_refused_by_name(tmp_path):
    for path in (
        tmp_path / "none.mp4",
        tmp_path / "none" / "none.png",
        "http://127.0.0.1:9/a.mp4",
        tmp_path / ("n" * 300),
    ):
        with pytest.raises(InputError) as refusal:
            Footage.open(path)
        assert Path(path).name in refusal.value.what and refusal.value.remedy
