# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import json
from fractions import Fraction

import numpy as np
import pytest
from pastiche.bridge.channels import REST
from pastiche.bridge.errors import InputError
from pastiche.bridge.motion_file import write_motion_file
from pastiche.inference.motion.face_texture import FACE_SIDE, MOUTH_HEIGHT, encode_texture
from pastiche.inference.motion.take import Motion

NAMES = ["jawOpen", "takeFrame", "takeDetail", "drag:smirk"]
CODES = {"f4": "F32", "f8": "F64", "i8": "I64", "u1": "U8"}


def arrays(count=4, frames=6):
    jpegs = [encode_texture(np.full((FACE_SIDE + MOUTH_HEIGHT, FACE_SIDE, 3), 40 * i, np.uint8)) for i in range(count)]
    offsets = np.concatenate([[0], np.cumsum([len(jpeg) for jpeg in jpegs])])
    ramp = np.arange(count, dtype=np.float32)
    return {
        "channels": np.arange(frames * 4, dtype=np.float32).reshape(frames, 4),
        "found": np.array([1] * (frames - 1) + [3], np.uint8),
        "take_time": np.arange(count) / 25,
        "take_found": np.ones(count, np.uint8),
        "take_shape": np.ones((count, 478, 3), np.float32) * ramp[:, None, None],
        "take_neutral": np.zeros((478, 3), np.float32),
        "take_channels": np.ones((count, 4), np.float32) * ramp[:, None],
        "take_texture_offsets": offsets.astype(np.int64),
        "take_texture": np.frombuffer(b"".join(jpegs), np.uint8),
    }


def write(path, tensors, **metadata):
    known = {"pastiche": "motion", "version": "1", "fps": "24", "first_frame": "1", "channels": json.dumps(NAMES)}
    entries = {name: (CODES[a.dtype.str[1:]], a.shape, a.tobytes()) for name, a in tensors.items()}
    write_motion_file(path, {key: text for key, text in (known | metadata).items() if text is not None}, entries)
    return path


@pytest.fixture
def motion(tmp_path):
    return Motion.open(write(tmp_path / "a b ü.motion", arrays()))


def test_frames_are_numbered_from_the_first_and_hold_beyond_the_ends(motion):
    assert (motion.first, motion.last, motion.fps, len(motion)) == (1, 6, Fraction(24), 6)
    assert [motion.frame(n).channels["jawOpen"] for n in (-5, 1, 2, 6, 99)] == [0, 0, 4, 20, 20]
    assert [motion.frame(n).found for n in (1, 6)] == [1, 3]


def test_a_frame_has_every_channel_and_the_unknown_ones_too(motion):
    channels = motion.frame(2).channels
    assert set(channels) == set(REST) | {"drag:smirk"}
    assert channels["headScale"] == 1.0 and channels["drag:smirk"] == 7.0


def test_a_take_is_read_between_its_frames(motion):
    take = motion.frame(1).take
    assert take.shape(1.25)[7, 1] == pytest.approx(1.25)
    assert take.channels(2.5)["jawOpen"] == pytest.approx(2.5)
    assert take.shape(-3)[0, 0] == 0 and take.shape(1e9)[0, 0] == 3 and take.shape(float("nan"))[0, 0] == 0


def test_textures_blend_between_frames(motion):
    assert motion.take.texture(2).face.mean() == pytest.approx(80, abs=2)
    assert motion.take.texture(1.5).mouth.mean() == pytest.approx(60, abs=2)
    assert motion.take.texture(1.02).face.mean() == pytest.approx(40, abs=2)


def test_the_fingerprint_tells_whatever_the_take_says_apart(tmp_path, motion):
    take = motion.take
    assert take.fingerprint(1.5) == take.fingerprint(1.5)
    assert len({take.fingerprint(f) for f in (0, 1, 1.5, 2)}) == 4
    changed = arrays()
    changed["take_shape"][2, 5, 1] += 1e-3
    other = Motion.open(write(tmp_path / "other.motion", changed)).take
    assert other.fingerprint(1) == take.fingerprint(1) and other.fingerprint(1.5) != take.fingerprint(1.5)


def test_sampled_channels_find_their_take_in_another_file(tmp_path):
    write(tmp_path / "take.motion", arrays())
    rows = {"channels": np.zeros((3, 2), np.float32)}
    path = write(tmp_path / "keys.motion", rows, channels='["a", "b"]', take="take.motion", first_frame="10")
    motion = Motion.open(path)
    assert motion.first == 10 and motion.frame(10).take.channels(3)["drag:smirk"] == 3
    absolute = write(tmp_path / "b.motion", rows, channels='["a", "b"]', take=str(tmp_path / "take.motion"))
    assert len(Motion.open(absolute).take) == 4


def test_a_motion_needs_no_take(tmp_path):
    rows = {"channels": np.zeros((1, 1), np.float32)}
    assert Motion.open(write(tmp_path / "m.motion", rows, channels='["jawOpen"]')).take is None


def test_a_take_without_textures_says_so(tmp_path):
    bare = {name: array for name, array in arrays().items() if "texture" not in name}
    take = Motion.open(write(tmp_path / "m.motion", bare)).take
    assert not take.has_textures and take.texture(1) is None and take.texture_jpeg(0) == b""


def lacking(name):
    return {key: array for key, array in arrays().items() if key != name}


def with_array(name, array):
    return arrays() | {name: array}


@pytest.mark.parametrize(("tensors", "metadata"), [
    (lacking("channels"), {}), (lacking("take_neutral"), {}), (lacking("take_time"), {}),
    (arrays(), {"pastiche": "recipe"}), (arrays(), {"pastiche": None}), (arrays(), {"version": "2"}),
    (arrays(), {"fps": "nan"}), (arrays(), {"fps": "0"}), (arrays(), {"fps": None}), (arrays(), {"first_frame": "x"}),
    (arrays(), {"channels": "[1, 2, 3, 4]"}), (arrays(), {"channels": "{"}), (arrays(), {"channels": '["a"]'}),
    (arrays(), {"channels": '["a", "a", "b", "c"]'}), (arrays(), {"take": "nowhere.motion"}),
    (with_array("channels", np.zeros((0, 4), np.float32)), {}), (with_array("channels", np.zeros(4, np.float32)), {}),
    (with_array("channels", np.full((6, 4), np.nan, np.float32)), {}), (with_array("found", np.ones(2, np.uint8)), {}),
    (with_array("take_shape", np.zeros((4, 468, 3), np.float32)), {}),
    (with_array("take_shape", np.zeros((0, 478, 3), np.float32)), {}),
    (with_array("take_channels", np.zeros((4, 3), np.float32)), {}),
])  # fmt: skip
def test_an_unsound_file_is_refused_when_it_is_opened(tmp_path, tensors, metadata):
    path = write(tmp_path / "bad.motion", tensors, **metadata)
    with pytest.raises(InputError, match="motion"):
        Motion.open(path)


@pytest.mark.parametrize("name", ["take_shape", "take_channels"])
def test_damage_inside_a_take_is_told_when_it_is_met(tmp_path, name):
    bad = arrays()
    bad[name][2] = np.inf
    take = Motion.open(write(tmp_path / "bad.motion", bad)).take
    take.shape(0), take.channels(0)
    with pytest.raises(InputError, match="Footage frame 2.*damaged"):
        take.shape(2), take.channels(2)


def test_texture_offsets_that_point_outside_are_refused(tmp_path):
    bad = arrays()
    bad["take_texture_offsets"][2] = 10**12
    take = Motion.open(write(tmp_path / "bad.motion", bad)).take
    with pytest.raises(InputError, match="texture"):
        take.texture(1)
