# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbered pictures are footage; their number is their time."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_films import number_in, numbered_picture
from pastiche.bridge.errors import InputError
from pastiche.inference.media.footage import Footage
from pastiche.inference.media.pictures import write_png


def series(folder, numbers, pattern="frame_{:04d}.png", **how):
    folder.mkdir(exist_ok=True)
    for number in numbers:
        write_png(folder / pattern.format(number), numbered_picture(number, **how))
    return folder


def read(path, **how):
    footage = Footage.open(path, **how)
    pairs = [(time, number_in(image)) for time, image in footage.frames()]
    return [time for time, _ in pairs], [number for _, number in pairs], footage


@pytest.mark.parametrize(
    "pattern", ["frame_{:04d}.png", "{}.png", "take 2 {:03d}.PNG", "日本語.{:05d}.png", "a-{}.png"]
)
def test_a_folder_and_its_first_file_are_the_same_footage(tmp_path, pattern):
    folder = series(tmp_path / "series 1", range(8, 20), pattern)
    for path in (folder, folder / pattern.format(8)):
        times, numbers, footage = read(path, sequence_fps=Fraction(30000, 1001))
        assert numbers == list(range(8, 20))
        assert times == [float(i * Fraction(1001, 30000)) for i in range(12)]
        assert (footage.fps, footage.frame_count, footage.size) == (Fraction(30000, 1001), 12, (64, 48))
        assert footage.duration == pytest.approx(12 * 1001 / 30000)
        assert footage.has_alpha and not footage.has_audio and not footage.warnings


def test_a_later_file_begins_the_footage_there(tmp_path):
    folder = series(tmp_path / "s", range(1, 6))
    assert read(folder / "frame_0003.png")[1] == [3, 4, 5]


@settings(max_examples=20, deadline=None)
@given(st.sets(st.integers(0, 40), min_size=2, max_size=12))
def test_a_missing_number_holds_the_picture_before_and_is_reported(tmp_path_factory, numbers):
    folder = series(tmp_path_factory.mktemp("gaps") / "s", numbers)
    times, seen, footage = read(folder, sequence_fps=Fraction(25))
    assert seen == sorted(numbers)
    assert times == [(n - min(numbers)) / 25 for n in sorted(numbers)]
    missing = max(numbers) - min(numbers) + 1 - len(numbers)
    assert footage.damaged_count == missing
    assert bool(footage.warnings) == bool(missing)


def test_an_absurd_gap_is_refused_by_name(tmp_path):
    folder = series(tmp_path / "s", [1, 2, 20_231_104_120], "{}.png")
    with pytest.raises(InputError, match=r"2\.png to 20231104120\.png"):
        Footage.open(folder)


def test_a_lone_picture_is_footage_of_one_frame(tmp_path):
    for name in ("portrait.png", "shot_7.png"):
        folder = tmp_path / name.replace(".", "_")
        folder.mkdir()
        write_png(folder / name, numbered_picture(7))
        times, numbers, footage = read(folder / name)
        assert (times, numbers, footage.frame_count) == ([0.0], [7], 1)


def test_a_folder_without_or_with_several_series_is_refused(tmp_path):
    (tmp_path / "none").mkdir()
    write_png(tmp_path / "none" / "portrait.png", numbered_picture(1))
    several = series(series(tmp_path / "several", [1, 2], "a{}.png"), [1, 2], "b{}.png")
    twins = series(series(tmp_path / "twins", [1, 2], "a{}.png"), [1, 2], "a{:03d}.png")
    for folder in (tmp_path / "none", several, twins):
        with pytest.raises(InputError) as refusal:
            Footage.open(folder)
        assert refusal.value.remedy


def test_a_damaged_picture_in_the_middle_is_left_out_and_reported(tmp_path):
    folder = series(tmp_path / "s", range(1, 8))
    (folder / "frame_0003.png").write_bytes(b"")
    whole = (folder / "frame_0005.png").read_bytes()
    (folder / "frame_0005.png").write_bytes(whole[: len(whole) // 2])
    times, numbers, footage = read(folder)
    assert numbers == [1, 2, 4, 6, 7]
    assert times[2] == 3 / 24
    assert footage.damaged_count == 2 and "frame_0003.png" in " ".join(footage.warnings)


def test_a_damaged_first_picture_is_refused(tmp_path):
    folder = series(tmp_path / "s", range(1, 4))
    (folder / "frame_0001.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    with pytest.raises(InputError):
        Footage.open(folder)


def test_a_picture_of_another_size_is_scaled_and_reported(tmp_path):
    folder = series(tmp_path / "s", [1, 2])
    series(folder, [3], size=(128, 96))
    _, numbers, footage = read(folder)
    assert numbers == [1, 2, 3] and footage.damaged_count == 1


def test_sixteen_bits_come_as_eight(tmp_path):
    for number in (1, 2):
        write_png(tmp_path / f"{number}.png", numbered_picture(number).astype(np.uint16) * 257)
    images = [image for _, image in Footage.open(tmp_path).frames()]
    assert all(np.array_equal(image[..., :3], numbered_picture(i)) for i, image in enumerate(images, 1))
    assert all(image.dtype == np.uint8 for image in images)


def test_other_files_in_the_folder_do_not_matter(tmp_path):
    folder = series(tmp_path / "s", [1, 2, 3])
    (folder / "notes 1.txt").write_text("not a picture")
    (folder / "frame_0009.png").mkdir()
    assert read(folder)[1] == [1, 2, 3]
