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
    read = take("00:00:00:00,61,0.5,0.25,-0.1,7", header=HEADER + ",Mood")
    assert read.channels == {"eyeBlinkLeft": [0.5], "jawOpen": [0.25], "headYaw": [pytest.approx(math.degrees(0.1))]}


def face_anchor(yaw=0.0, pitch=0.0, roll=0.0):
    """Apple's face anchor, by columns, of a head that turns to its own left, looks up, or tilts clockwise as seen."""
    sine, cosine = math.sin(yaw + pitch + roll), math.cos(yaw + pitch + roll)
    if yaw:
        return ((cosine, 0, -sine), (0, 1, 0), (sine, 0, cosine))
    if pitch:
        return ((1, 0, 0), (0, cosine, -sine), (0, sine, cosine))
    return ((cosine, -sine, 0), (sine, cosine, 0), (0, 0, 1))


def unreal_rotator(columns):
    """Yaw, pitch and roll that Unreal reads from a rotation, radians (FMatrix::Rotator)."""

    def unreal(vector):
        return (-vector[2], vector[0], vector[1])

    x, y, z = columns
    ahead, right, up = unreal([-value for value in z]), unreal(x), unreal(y)
    yaw, pitch = math.atan2(ahead[1], ahead[0]), math.atan2(ahead[2], math.hypot(ahead[0], ahead[1]))
    level = (-math.sin(yaw), math.cos(yaw), 0.0)
    return yaw, pitch, math.atan2(up[0] * level[0] + up[1] * level[1], right[0] * level[0] + right[1] * level[1])


@pytest.mark.parametrize("moves", [{"yaw": 0.2}, {"pitch": 0.2}, {"roll": 0.2}])
def test_a_head_of_the_app_moves_as_our_channels_say(take, moves):
    yaw, pitch, roll = unreal_rotator(face_anchor(**moves))
    read = take(f"00:00:00:00,61,{yaw},{pitch},{roll}", header="Timecode,BlendShapeCount,HeadYaw,HeadPitch,HeadRoll")
    got = {name: values[0] for name, values in read.channels.items()}
    # ours: towards the picture's right, which is the subject's left; up; clockwise in the picture
    wanted = {"headYaw": moves.get("yaw", 0), "headPitch": moves.get("pitch", 0), "headRoll": moves.get("roll", 0)}
    assert got == pytest.approx({name: math.degrees(value) for name, value in wanted.items()}, abs=1e-9)


def test_rows_without_values_are_passed_over(take):
    read = take("00:00:00:00,61,0.1,0,0", "00:00:00:01,0", "00:00:00:02,0,,,", "00:00:00:03,61,0.2,0,0")
    assert read.seconds == pytest.approx([0, 3 / 60]) and read.channels["eyeBlinkLeft"] == [0.1, 0.2]


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
