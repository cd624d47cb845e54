# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes of Live Link Face: the app's columns and time codes, and files that are none."""

import csv
import math

import pytest
from pastiche.bridge.errors import InputError
from pastiche.bridge.live_link_face import COLUMNS, read_face_csv, write_face_csv

HEADER = "Timecode,BlendShapeCount,EyeBlinkLeft,JawOpen,HeadYaw"


@pytest.fixture
def take(tmp_path):
    def write(*lines, header=HEADER):
        (tmp_path / "take.csv").write_text("\n".join((header, *lines)), encoding="utf-8-sig")
        return read_face_csv(tmp_path / "take.csv")

    return write


def test_the_columns_are_the_apps_in_its_order():
    assert len(COLUMNS) == 61 and len(set(COLUMNS)) == 61
    assert COLUMNS[:3] == ("EyeBlinkLeft", "EyeLookDownLeft", "EyeLookInLeft")
    assert COLUMNS[14:18] == ("JawForward", "JawRight", "JawLeft", "JawOpen")
    assert COLUMNS[21:23] == ("MouthRight", "MouthLeft") and COLUMNS[41] == "BrowDownLeft"
    assert COLUMNS[51:55] == ("TongueOut", "HeadYaw", "HeadPitch", "HeadRoll") and COLUMNS[-1] == "RightEyeRoll"


@pytest.mark.parametrize("rate", [24, 30, 60])
def test_the_rate_is_seen_where_the_second_changes(take, rate):
    codes = [
        f"10:59:{59 + n // rate:02d}:{n % rate:02d}.000" if n < rate else f"11:00:00:{n % rate:02d}.000"
        for n in range(rate + 5)
    ]
    read = take(*(f"{code},61,0.1,0.2,0" for code in codes))
    assert read.seconds == pytest.approx([n / rate for n in range(rate + 5)])


def test_fractions_of_a_frame_count_and_a_row_sent_twice_does_not(take):
    read = take(
        "00:00:01:00.500,61,0.1,0,0",
        "00:00:01:01.500,61,0.2,0,0",
        "00:00:01:01.500,61,0.9,0,0",
        "00:00:01:03.500,61,0.3,0,0",
    )
    assert read.seconds == pytest.approx([0, 1 / 60, 3 / 60]) and read.channels["eyeBlinkLeft"] == [0.1, 0.2, 0.3]


def test_a_take_goes_on_past_midnight(take):
    assert take("23:59:59:59,61,0,0,0", "00:00:00:00,61,0,0,0").seconds == pytest.approx([0, 1 / 60])


def test_the_head_is_in_degrees_and_unknown_columns_are_left_out(take):
    read = take("00:00:00:00,61,0.5,0.25,0.1,7", header=HEADER + ",Mood")
    assert read.channels == {"eyeBlinkLeft": [0.5], "jawOpen": [0.25], "headYaw": [pytest.approx(math.degrees(0.1))]}


def test_what_is_written_is_read_again(tmp_path):
    rows = [(0.1 * n, 0.5, 12.0) for n in range(40)]
    write_face_csv(tmp_path / "a.csv", ("mouthSmileLeft", "tongueOut", "headPitch"), rows, 24)
    read = read_face_csv(tmp_path / "a.csv")
    assert read.seconds == pytest.approx([n / 24 for n in range(40)])
    assert read.channels["mouthSmileLeft"] == pytest.approx([row[0] for row in rows])
    assert read.channels["headPitch"] == pytest.approx([12.0] * 40) and set(read.channels["jawOpen"]) == {0.0}
    with (tmp_path / "a.csv").open(newline="") as file:
        lines = list(csv.reader(file))
    assert lines[0] == ["Timecode", "BlendShapeCount", *COLUMNS] and {len(line) for line in lines} == {63}
    assert lines[25][:2] == ["00:00:01:00.000", "61"]


@pytest.mark.parametrize(
    ("header", "line"),
    [
        ("a,b", "1,2"), (HEADER, ""), (HEADER, "00:00:00:00,61,0.1"), (HEADER, "00:00:00:00,61,x,0,0"),
        (HEADER, "00:00:00:00,61,nan,0,0"), (HEADER, "soon,61,0,0,0"),
        ("Timecode,BlendShapeCount,Mood", "00:00:00:00,61,0"),
    ],
)  # fmt: skip
def test_what_is_no_take_is_named(take, header, line):
    with pytest.raises(InputError, match=r"take\.csv is no take"):
        take(line, header=header)


@pytest.mark.parametrize("content", [b"", b"\x00\xff\xfe" * 50, b"Timecode," + b"x" * 200_000])
def test_other_files_are_refused(tmp_path, content):
    (tmp_path / "take.csv").write_bytes(content)
    with pytest.raises(InputError, match=r"take\.csv"):
        read_face_csv(tmp_path / "take.csv")
