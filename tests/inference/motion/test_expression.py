# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest
from pastiche.bridge.channels import EXPRESSIONS
from pastiche.inference.faces import topology
from pastiche.inference.motion import measures
from pastiche.inference.motion.expression import LIMIT, expression_model
from pastiche.inference.motion.gaze import channels_of_gaze, gaze_of_channels

MODEL = expression_model()
SHAPE = topology.canonical_shape()
LEFT_MOUTH, RIGHT_MOUTH = 291, 61

# channel -> landmarks, axis (0 right as seen, 1 down, 2 away), direction: what everybody expects it to do
MEANING = {
    "jawOpen": ((152, 17, 14), 1, 1), "jawLeft": ((152, 17), 0, 1), "jawRight": ((152, 17), 0, -1),
    "jawForward": ((152, 17), 2, -1), "mouthLeft": ((0, 17, 61, 291), 0, 1), "mouthRight": ((0, 17, 61, 291), 0, -1),
    "mouthSmileLeft": ((LEFT_MOUTH,), 1, -1), "mouthSmileRight": ((RIGHT_MOUTH,), 1, -1),
    "mouthFrownLeft": ((LEFT_MOUTH,), 1, 1), "mouthFrownRight": ((RIGHT_MOUTH,), 1, 1),
    "mouthStretchLeft": ((LEFT_MOUTH,), 0, 1), "mouthStretchRight": ((RIGHT_MOUTH,), 0, -1),
    "mouthUpperUpLeft": ((267, 269), 1, -1), "mouthUpperUpRight": ((37, 39), 1, -1),
    "mouthLowerDownLeft": ((314, 405), 1, 1), "mouthLowerDownRight": ((84, 181), 1, 1),
    "mouthPucker": ((RIGHT_MOUTH,), 0, 1), "mouthRollUpper": ((0,), 1, 1), "mouthRollLower": ((17,), 1, -1),
    "mouthShrugUpper": ((0, 13), 1, -1), "mouthShrugLower": ((17, 14), 1, -1), "mouthClose": ((14, 17), 1, -1),
    "browInnerUp": ((107, 336), 1, -1), "browDownLeft": ((336, 296), 1, 1), "browDownRight": ((107, 66), 1, 1),
    "browOuterUpLeft": ((300, 293), 1, -1), "browOuterUpRight": ((70, 63), 1, -1),
    "eyeBlinkLeft": ((386,), 1, 1), "eyeBlinkRight": ((159,), 1, 1),
    "eyeWideLeft": ((386,), 1, -1), "eyeWideRight": ((159,), 1, -1),
    "eyeSquintLeft": ((374,), 1, -1), "eyeSquintRight": ((145,), 1, -1),
    "noseSneerLeft": ((327, 278), 1, -1), "noseSneerRight": ((98, 48), 1, -1),
    "cheekSquintLeft": ((280, 330), 1, -1), "cheekSquintRight": ((50, 101), 1, -1),
}  # fmt: skip


def encode(channels):
    values = MODEL.encode(MODEL.decode(channels)[None], channels_of_gaze(gaze_of_channels(channels)[None], MODEL.names))
    return dict(zip(MODEL.names, values[0].tolist(), strict=True))


def test_its_channels_are_arkits_all_but_the_tongue():
    assert set(MODEL.names) == {channel.name for channel in EXPRESSIONS} - {"tongueOut"}


@pytest.mark.parametrize("name", MEANING)
def test_a_channel_does_what_its_name_says(name):
    landmarks, axis, direction = MEANING[name]
    move = direction * MODEL.decode({name: 1.0})[list(landmarks), axis]
    assert move.min() > 0.04, move  # centimeters


@pytest.mark.parametrize("name", [name for name in MODEL.names if name.endswith("Left")])
def test_left_is_the_mirror_image_of_right(name):
    left, right = MODEL.decode({name: 1.0}), MODEL.decode({name.replace("Left", "Right"): 1.0})
    assert np.allclose(left[topology.mirror_indices()] * (-1, 1, 1), right, atol=2e-4)


@pytest.mark.parametrize("name", ["eyeBlinkRight", "browDownRight", "eyeWideRight", "eyeLookDownRight"])
def test_an_eye_or_brow_leaves_the_mouth_and_the_other_side_alone(name):
    size = np.linalg.norm(MODEL.decode({name: 1.0}), axis=1)
    assert size[[*topology.OUTER_LIPS, *topology.LEFT_LID_RING]].max() < 0.05 * size[:468].max()


def test_decoding_is_linear():
    a, b = {"jawOpen": 0.4, "mouthSmileLeft": 1.0}, {"jawOpen": 0.2, "browInnerUp": -0.5}
    both = {"jawOpen": 0.6, "mouthSmileLeft": 1.0, "browInnerUp": -0.5}
    assert np.allclose(MODEL.decode(a) + MODEL.decode(b), MODEL.decode(both), atol=1e-5)
    assert not MODEL.decode({}).any()


# The lower lip rolled in looks like one pushed up; which it was is anybody's guess.
@pytest.mark.parametrize("name", [name for name in MEANING if name != "mouthRollLower"])
def test_an_expression_is_read_back_as_itself(name):
    values = encode({name: 1.0})
    own = values.pop(name)
    assert own > 0.4
    assert own > max(values.values())


def test_a_symmetric_smile_smiles_equally_on_both_sides():
    expression = MODEL.decode({"mouthSmileLeft": 0.7, "mouthSmileRight": 0.7, "jawOpen": 0.3})
    noise = np.random.default_rng(0).normal(0, 0.01, (478, 3))
    values = dict(zip(MODEL.names, MODEL.encode((expression + noise)[None])[0], strict=True))
    assert values["mouthSmileLeft"] == pytest.approx(values["mouthSmileRight"], abs=0.05)
    assert values["mouthSmileLeft"] > 0.5 and values["jawOpen"] == pytest.approx(0.3, abs=0.1)


def test_what_was_made_of_channels_is_explained_by_channels():
    random = np.random.default_rng(1)
    rows = np.where(random.random((50, len(MODEL.names))) < 0.15, random.uniform(0, 1, (50, len(MODEL.names))), 0)
    expressions = MODEL.decode_rows(rows)
    left = expressions - MODEL.decode_rows(MODEL.encode(expressions, rows))
    assert np.abs(left[:, :468, :2]).mean() < 0.2 * np.abs(expressions[:, :468, :2]).mean()


def test_values_stay_within_their_limits():
    wild = np.random.default_rng(2).normal(0, 3, (20, 478, 3))
    values = MODEL.encode(wild)
    assert values.min() >= 0 and values.max() <= LIMIT


def test_the_iris_goes_where_the_gaze_says():
    channels = {"eyeLookOutRight": 0.8, "eyeLookInLeft": 0.8, "eyeLookDownRight": 0.5, "eyeLookDownLeft": 0.5}
    shape = SHAPE + MODEL.decode(channels)
    assert np.allclose(measures.gaze(shape) - measures.gaze(SHAPE), gaze_of_channels(channels), atol=2e-3)


def test_a_full_blink_shuts_the_eye_whatever_else_it_does():
    closed = np.array([[1.0, 0.0], [1.0, 1.0], [0.5, 0.0]])
    expressions = MODEL.decode_rows(np.zeros((3, len(MODEL.names))))
    values = MODEL.encode(expressions, closed=closed)
    blinks = values[:, [MODEL.names.index("eyeBlinkRight"), MODEL.names.index("eyeBlinkLeft")]]
    assert np.allclose(blinks, closed, atol=1e-5)


def test_lids_that_follow_the_gaze_down_are_no_blink():
    look = {"eyeLookDownRight": 1.0, "eyeLookDownLeft": 1.0}
    looks = channels_of_gaze(gaze_of_channels(look)[None], MODEL.names)
    closing = looks @ MODEL.lid_closing()
    values = MODEL.encode(MODEL.decode(look)[None], looks, closing)
    assert values[0, MODEL.names.index("eyeBlinkLeft")] < 0.1


def test_encoding_a_frame_costs_little():
    import time

    expressions = MODEL.decode_rows(np.random.default_rng(0).uniform(0, 0.3, (512, len(MODEL.names))))
    MODEL.encode(expressions[:8])
    start = time.process_time()
    MODEL.encode(expressions)
    assert (time.process_time() - start) / 512 < 1e-3
