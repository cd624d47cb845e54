# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad and hostile films end in a clear error, or in fewer pictures and a warning; never elsewhere on disk or net."""

import socket
import struct

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_films import make_film, number_in
from pastiche.bridge.errors import InputError
from pastiche.inference.media.footage import Footage
from pastiche.inference.media.sound import Sound


@pytest.fixture
def listener():
    """A local server that nobody may call."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.settimeout(0.05)
        yield server


LISTS = {
    "hls.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXT-X-VERSION:3\n#EXTINF:9,\n{target}\n#EXT-X-ENDLIST\n",
    "concat.txt": "ffconcat version 1.0\nfile '{target}'\n",
    "dash.mpd": (
        '<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
        'profiles="urn:mpeg:dash:profile:isoff-on-demand:2011" mediaPresentationDuration="PT4S"><Period><AdaptationSet '
        'mimeType="video/mp4"><Representation id="1" bandwidth="1"><BaseURL>{target}</BaseURL></Representation>'
        "</AdaptationSet></Period></MPD>"
    ),
    "call.sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n"
    "a=rtpmap:96 H264/90000\n",
    "list.asx": '<asx version="3.0"><entry><ref href="{target}"/></entry></asx>',
    "meta.smil": '<smil><body><video src="{target}"/></body></smil>',
}


@pytest.mark.parametrize("suffix", [None, ".mp4", ".mkv", ".gif"])
@pytest.mark.parametrize("name", LISTS)
def test_lists_of_other_files_are_refused_and_nothing_is_opened(tmp_path, listener, name, suffix):
    film = make_film(tmp_path / "secret.ts", count=5)
    address = f"http://127.0.0.1:{listener.getsockname()[1]}/a.ts"
    for target in (
        address,
        address.replace("http", "tcp"),
        str(film),
        film.as_uri(),
        film.name,
        f"concat:{film}|{film}",
    ):
        path = tmp_path / name
        path.write_text(LISTS[name].format(target=target))
        if suffix:
            path = path.rename(path.with_suffix(suffix))
        with pytest.raises(InputError) as refusal:
            Footage.open(path)
        assert str(path) in refusal.value.what and refusal.value.remedy
    with pytest.raises(TimeoutError):
        listener.accept()


def test_an_address_is_not_footage(listener):
    port = listener.getsockname()[1]
    for address in (
        f"http://127.0.0.1:{port}/a.mp4",
        f"tcp://127.0.0.1:{port}",
        "concat:/etc/passwd|/etc/hosts",
        "pipe:0",
    ):
        with pytest.raises(InputError):
            Footage.open(address)
    with pytest.raises(TimeoutError):
        listener.accept()


def test_a_film_that_points_to_a_film_elsewhere_stays_shut(tmp_path):
    """QuickTime may keep its pictures in another file (a data reference that is not self-contained)."""
    path = make_film(tmp_path / "a.mov", count=5)
    data = bytearray(path.read_bytes())
    place = data.index(b"url \x00\x00\x00\x01")
    data[place + 4 : place + 8] = bytes(4)  # flags 0: not in this file
    data[place : place + 4] = b"alis"
    path.write_bytes(data)
    try:
        assert sum(1 for _ in Footage.open(path).frames()) <= 5
    except InputError:
        pass


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.mp4", b""), ("text.txt", b"hello, world\n" * 100), ("zeros.mp4", bytes(10_000)), ("one.mp4", b"x"),
        ("noise.mp4", bytes(i * 7919 % 251 for i in range(50_000))),
        ("head.mp4", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"), ("head.mkv", b"\x1aE\xdf\xa3\x01\0\0\0\0\0\0\x1f"),
        ("head.avi", b"RIFF\x24\0\0\0AVI LIST"), ("gif.gif", b"GIF89a"),
        ("page.html", b"<html><body>404</body></html>"), ("script.mp4", b"#!/bin/sh\necho hello\n"),
    ],
)  # fmt: skip
def test_what_is_no_film_is_refused_by_name(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError) as refusal:
        Footage.open(path)
    assert str(path) in refusal.value.what and refusal.value.remedy


def test_sound_alone_is_refused(tmp_path):
    import wave

    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(16000))
    with pytest.raises(InputError, match="no moving pictures"):
        Footage.open(tmp_path / "a.wav")


def test_a_film_cut_before_its_index_is_refused(tmp_path):
    path = make_film(tmp_path / "a.mp4", count=50)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(InputError, match="cut off"):
        Footage.open(path)


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("a.mp4", {"container_options": {"movflags": "faststart"}}), ("a.mkv", {}), ("a.ts", {}), ("a.avi", {}),
        ("a.gif", {"codec": "gif", "pixels": "rgb8"}), ("a.apng", {"codec": "apng", "pixels": "rgb24"}),
    ],
)  # fmt: skip
def test_a_film_cut_later_gives_what_is_left(tmp_path, name, how):
    path = make_film(tmp_path / name, count=100, size=(160, 120), **how)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    footage = Footage.open(path)
    numbers = [number_in(image) for _, image in footage.frames()]
    assert 30 <= len(numbers) < 100
    assert numbers[:20] == list(range(20))
    if name not in ("a.ts", "a.gif", "a.apng"):  # those state no length that could be missed
        assert footage.warnings


def test_damage_in_the_middle_does_not_end_the_film(tmp_path):
    path = make_film(tmp_path / "a.mp4", count=100, size=(160, 120), options={"g": "10", "bf": "2"})
    data = bytearray(path.read_bytes())
    middle = data.index(b"mdat") + (data.index(b"moov") - data.index(b"mdat")) // 2
    data[middle : middle + 400] = bytes(i * 37 % 256 for i in range(400))
    path.write_bytes(data)
    footage = Footage.open(path)
    pairs = [(time, number_in(image)) for time, image in footage.frames()]
    assert len(pairs) >= 85
    assert [number for _, number in pairs[:30]] == list(range(30))
    assert [number for _, number in pairs[-30:]] == list(range(70, 100))
    assert all(time == pytest.approx(number / 24) for time, number in pairs[-30:])
    assert footage.damaged_count > 0 and footage.warnings


@pytest.mark.parametrize("size", [(30_000, 30_000), (20_000, 16), (2**31 - 1, 2**31 - 1)])
def test_a_huge_film_is_refused(tmp_path, size):
    path = tmp_path / "huge.y4m"
    path.write_bytes(b"YUV4MPEG2 W%d H%d F25:1 C420\nFRAME\n" % size + bytes(5000))
    with pytest.raises(InputError) as refusal:
        Footage.open(path)
    assert str(path) in refusal.value.what and refusal.value.remedy


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(["a.mp4", "a.mkv", "a.avi", "a.gif", "a.ts", "a.flv"]),
    damage=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=40),
    keep=st.floats(0.05, 1),
)
def test_damaged_bytes_are_a_film_or_an_input_error(tmp_path_factory, whole_films, name, damage, keep):
    data = bytearray(whole_films[name])
    for place, value in damage:
        data[min(int(place * len(data)), len(data) - 1)] = value
    path = tmp_path_factory.mktemp("damaged") / name
    path.write_bytes(data[: int(len(data) * keep)])
    try:
        last = -1.0
        for time, image in Footage.open(path).frames():
            assert time > last and image.ndim == 3
            last = time
            if time > 100:
                break
    except InputError as error:
        assert error.remedy
    try:
        sound = Sound(path)
        assert sum(len(block) for block in sound.blocks(0, 10)) <= 10 * sound.rate
    except InputError as error:
        assert error.remedy


@pytest.fixture(scope="module")
def whole_films(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    how = {"a.gif": {"codec": "gif", "pixels": "rgb8"}, "a.flv": {"codec": "flv"}}
    names = ("a.mp4", "a.mkv", "a.avi", "a.gif", "a.ts", "a.flv")
    return {
        name: make_film(
            folder / name, count=12, clicks=None if name == "a.gif" else [0.1], sound_rate=44100, **how.get(name, {})
        ).read_bytes()
        for name in names
    }


def test_a_sound_of_unknown_kind_is_no_sound(tmp_path):
    path = make_film(tmp_path / "a.mkv", count=5, clicks=[0.1])
    path.write_bytes(path.read_bytes().replace(b"A_AAC", b"A_XYZ"))
    footage = Footage.open(path)
    assert not footage.has_audio and sum(1 for _ in footage.frames()) == 5
    with pytest.raises(InputError, match="no sound"):
        Sound(path)


def test_a_rate_of_zero_in_the_header_does_no_harm(tmp_path):
    path = make_film(tmp_path / "a.avi", count=5, codec="mpeg4")
    data = bytearray(path.read_bytes())
    place = data.index(b"vids") + 20  # strh: scale, rate
    data[place : place + 8] = struct.pack("<2I", 0, 0)
    path.write_bytes(data)
    try:
        footage = Footage.open(path)
        assert footage.fps > 0 and 0 < footage.duration < 100
        assert sum(1 for _ in footage.frames()) == 5
    except InputError as error:
        assert error.remedy
