# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Extracted sound is in step with the pictures, from the first second to the last of ten minutes."""

import wave
from fractions import Fraction

import numpy as np
import pytest
from made_films import make_film
from pastiche.bridge.errors import InputError, StorageError
from pastiche.inference.media.audio import extract_audio
from pastiche.inference.media.footage import Footage
from pastiche.inference.media.sound import Sound, resampled


def clicks_in(samples, rate):
    """Seconds of the loud places of (N,) samples, one for each run."""
    loud = np.flatnonzero(np.abs(samples.astype(int)) > 5000)
    starts = loud[np.flatnonzero(np.diff(loud, prepend=-rate) > rate // 20)]
    return (starts / rate).tolist()


def wav(path):
    with wave.open(str(path), "rb") as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, file.getnchannels())
        return samples, file.getframerate()


def extracted_clicks(film, **how):
    samples, rate = wav(extract_audio(film, film.with_suffix(".wav"), **how))
    return clicks_in(samples[:, 0], rate)


CLICKS = [0.5, 1.0, 1.75, 2.5]


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("a.mp4", {}), ("b.mp4", {"options": {"bf": "3"}}), ("c.mp4", {"sound_rate": 44100}), ("d.mkv", {}),
        ("e.mkv", {"sound_codec": "libopus"}), ("f.mkv", {"sound_codec": "flac", "sound_rate": 96000}), ("g.mov", {}),
        ("h.mov", {"sound_codec": "pcm_s24le", "sound_rate": 192000}), ("i.avi", {"sound_codec": "pcm_s16le"}),
        ("j.avi", {"sound_codec": "pcm_s16le", "options": {"bf": "3"}}), ("k.ts", {}),
        ("l.ts", {"options": {"bf": "3"}}), ("m.mp4", {"sound_codec": "libmp3lame"}),
        ("n.webm", {"codec": "libvpx-vp9", "sound_codec": "libopus"}),
        ("o.mp4", {"container_options": {"movflags": "frag_keyframe+empty_moov"}}),
    ],
)  # fmt: skip
def test_clicks_are_where_they_were_in_every_kind_of_film(tmp_path, name, how):
    film = make_film(tmp_path / name, count=75, fps=Fraction(25), clicks=CLICKS, **how)
    assert extracted_clicks(film) == pytest.approx(CLICKS, abs=0.003)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.mov", "a.ts"])
@pytest.mark.parametrize("offset", [0.2, 1.3])
def test_a_sound_that_starts_late_begins_with_silence(tmp_path, name, offset):
    film = make_film(tmp_path / name, count=75, fps=Fraction(25), clicks=CLICKS[:3], sound_offset=offset)
    assert extracted_clicks(film) == pytest.approx([click + offset for click in CLICKS[:3]], abs=0.003)


@pytest.mark.parametrize("name", ["a.mkv", "a.ts"])
def test_a_sound_that_starts_before_the_pictures_is_cut(tmp_path, name):
    times = [Fraction(i, 25) + Fraction(3, 4) for i in range(50)]
    film = make_film(tmp_path / name, count=50, times=times, clicks=CLICKS, seconds=3)
    assert extracted_clicks(film) == pytest.approx([0.25, 1.0, 1.75], abs=0.003)


def test_a_range_begins_and_ends_where_it_says(tmp_path):
    film = make_film(tmp_path / "a.mp4", count=75, fps=Fraction(25), clicks=CLICKS)
    samples, rate = wav(extract_audio(film, tmp_path / "part.wav", start=0.8, end=2.0))
    assert len(samples) == round(1.2 * rate)
    assert clicks_in(samples[:, 0], rate) == pytest.approx([0.2, 0.95], abs=0.003)


def test_blocks_do_not_overlap_or_leave_holes_wherever_they_start(tmp_path):
    film = make_film(tmp_path / "a.mp4", count=50, fps=Fraction(25), clicks=[0.3, 0.9, 1.4], sound_offset=0.5)
    sound = Sound(film)
    whole = np.concatenate(list(sound.blocks()))
    for start, end in ((0, 0.1), (0.2, 0.7), (0.5, 1.5), (0.49, None), (-0.5, 1), (1.9, 9), (5, 6)):
        part = np.concatenate([np.zeros((0, 1), np.int16), *sound.blocks(start, end)])
        first, last = round(start * sound.rate), len(whole) if end is None else round(end * sound.rate)
        expected = np.concatenate([np.zeros((max(0, -first), 1), np.int16), whole[max(0, first) : max(0, last)]])
        assert np.array_equal(part, expected)


def test_a_hole_in_the_sound_is_filled_with_silence(tmp_path):
    """Sound packets taken out of the middle: what comes after stays in its place."""
    import av

    how = {"codec": "mpeg4", "sound_codec": "pcm_s16le"}
    film = make_film(tmp_path / "whole.mkv", count=100, fps=Fraction(25), clicks=[0.5, 3.5], **how)
    with av.open(str(film)) as source, av.open(str(tmp_path / "hole.mkv"), "w") as target:
        streams = {stream: target.add_stream_from_template(stream) for stream in source.streams}
        for packet in source.demux():
            if packet.dts is None or (packet.stream.type == "audio" and 1.2 < packet.pts * packet.time_base < 2.8):
                continue
            packet.stream = streams[packet.stream]
            target.mux(packet)
    assert extracted_clicks(tmp_path / "hole.mkv") == pytest.approx([0.5, 3.5], abs=0.003)


def test_stereo_stays_stereo_and_more_become_two(tmp_path):
    import av

    for layout, channels in (("stereo", 2), ("5.1", 2), ("mono", 1)):
        path = tmp_path / f"{channels}{layout[0]}.wav"
        with av.open(str(path), "w") as container:
            stream = container.add_stream("pcm_s16le", rate=48000, layout=layout)
            frame = av.AudioFrame(format="s16", layout=layout, samples=4800)
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
            frame.sample_rate = 48000
            container.mux(stream.encode(frame))
        samples, rate = wav(extract_audio(path, tmp_path / "out.wav"))
        assert samples.shape == (4800, channels) and rate == 48000


@pytest.mark.parametrize("wanted", [8000, 44100, 48000, 96000])
def test_resampling_keeps_length_and_place(wanted):
    sound = np.zeros((48000 * 3, 2), np.int16)
    sound[48000 * 2 : 48000 * 2 + 200] = 20000
    result = np.concatenate(list(resampled((sound[i : i + 777] for i in range(0, len(sound), 777)), 48000, wanted)))
    assert abs(len(result) - 3 * wanted) <= 64
    assert clicks_in(result[:, 0], wanted) == pytest.approx([2.0], abs=0.001)


def test_no_sound_and_no_film_are_refused(tmp_path):
    silent = make_film(tmp_path / "silent.mp4", count=3)
    for path in (silent, tmp_path / "none.mp4"):
        with pytest.raises(InputError) as refusal:
            extract_audio(path, tmp_path / "out.wav")
        assert path.name in refusal.value.what
    assert not list(tmp_path.glob("*.wav")) and not list(tmp_path.glob(".*"))


def test_a_folder_that_is_not_there_is_a_storage_error(tmp_path):
    film = make_film(tmp_path / "a.mp4", count=3, clicks=[0.01])
    with pytest.raises(StorageError):
        extract_audio(film, tmp_path / "missing" / "out.wav")


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["ntsc", "variable"])
def test_after_ten_minutes_the_sound_is_off_by_less_than_a_frame(tmp_path, kind):
    fps = Fraction(30000, 1001)
    count = int(600 * fps)
    clicks = [1.0, 60.02, 299.7, 540.5, 599.5]
    times = None
    if kind == "variable":
        gaps = np.random.default_rng(3).integers(1500, 4500, count)
        times = [Fraction(int(t), 90000) for t in np.cumsum(gaps) - gaps[0]]
        count = sum(time < 600 for time in times)
    film = make_film(
        tmp_path / "long.mp4", count=count, fps=fps, size=(32, 32), times=times, clicks=clicks, seconds=600,
        options={"preset": "ultrafast", "bf": "2"}, sound_rate=44100,
    )  # fmt: skip
    found = extracted_clicks(film)
    assert found == pytest.approx(clicks, abs=float(1 / fps))
    assert found == pytest.approx(clicks, abs=0.002)  # in fact much less than a frame
    last = (count - 1) / fps if times is None else times[count - 1]
    assert max(time for time, _ in Footage.open(film).frames(590)) == pytest.approx(float(last), abs=1e-4)
