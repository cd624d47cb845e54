# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest
from pastiche.bridge.channels import CHANNELS, REST
from pastiche.bridge.requests import CaptureRequest
from pastiche.inference.motion.channel_rows import REGIONS, channel_rows, region_of, take_rows
from pastiche.inference.motion.face_motion import FaceMotion

NAMES = ("jawOpen", "eyeBlinkLeft", "eyeLookInLeft", "headYaw", "headX", "headScale")
TIMES = np.arange(3) / 10
MOTION = FaceMotion(NAMES, np.array([[0, 0, 0, 0, 0, 1], [1, 0.5, 0.4, 20, 0.2, 1.2], [0, 0, 0, 0, 0, 1]], np.float32),
                    0, None, None, 100.0)  # fmt: skip


def middle(**options):
    row = channel_rows(CaptureRequest("", "", "", **options), MOTION, TIMES, np.array([0.1]))[0]
    return dict(zip((*NAMES, "takeFrame", "takeDetail"), row.tolist(), strict=True))


def test_unasked_rows_are_what_was_seen():
    seen = dict(zip(NAMES, MOTION.channels[1].tolist(), strict=True))
    assert middle() == pytest.approx(seen | {"takeFrame": 1, "takeDetail": 1})


def test_rows_between_pictures_name_the_picture_between():
    rows = channel_rows(CaptureRequest("", "", ""), MOTION, TIMES, np.array([0.0, 0.05, 0.2, 0.9]))
    assert np.allclose(rows[:, -2], [0, 0.5, 2, 2])
    assert np.allclose(rows[:, 0], [0, 0.5, 0, 0])


def test_a_gain_amplifies_its_region_alone_from_rest():
    values = middle(gains={"Gaze": 2.0, "Head": 0.5})
    assert values["eyeLookInLeft"] == pytest.approx(0.8) and values["eyeBlinkLeft"] == pytest.approx(0.5)
    assert values["headYaw"] == pytest.approx(10) and values["headScale"] == pytest.approx(1.1)


def test_locks_leave_head_or_size_at_rest():
    locked = middle(lock_head=True)
    assert {name: locked[name] for name in NAMES[3:]} == {name: REST[name] for name in NAMES[3:]}
    assert locked["jawOpen"] == 1
    assert middle(lock_scale=True)["headScale"] == 1 and middle(lock_scale=True)["headYaw"] == 20


def test_the_take_keeps_what_was_seen():
    assert np.allclose(take_rows(MOTION)[:, : len(NAMES)], MOTION.channels)
    assert take_rows(MOTION)[:, -2].tolist() == [0, 1, 2]


def test_every_captured_channel_has_a_region():
    assert {region_of(name) for name in CHANNELS if CHANNELS[name].group not in ("Take", "Style")} == set(REGIONS)
