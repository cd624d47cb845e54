# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What channels and take together ask of a card."""

import numpy as np
import pytest
from painted_face import make_frame, make_portrait, make_take
from pastiche.inference.engines.mesh.head_motion import HeadMotion, Room
from pastiche.inference.engines.mesh.lids import RIGHT
from pastiche.inference.engines.mesh.performance import Interpreter
from pastiche.inference.engines.mesh.settings import MeshSettings
from pastiche.inference.faces import topology
from pastiche.inference.motion.expression import expression_model

NEUTRAL = topology.canonical_shape()


def interpreter(**settings):
    head = HeadMotion(make_portrait().pose, 97.0, Room(200.0, False), 28.0, 1.0)
    return Interpreter(head, MeshSettings.read(settings))


def shut(shape):
    """Lids at a tenth of their opening."""
    shape = np.array(shape)
    shape[RIGHT.upper] = shape[RIGHT.lower] + 0.1 * (shape[RIGHT.upper] - shape[RIGHT.lower])
    return shape


@pytest.mark.parametrize("blink", [0.0, 0.25, 0.5, 0.75, 1.0])
def test_the_blink_channel_closes_the_lids_in_step(blink):
    right, left = interpreter().read(make_frame(eyeBlinkRight=blink)).lid_ratio
    assert right == pytest.approx(1 - blink, abs=0.02) and left == pytest.approx(1, abs=0.02)


def test_an_unedited_take_plays_exactly_its_shape():
    shapes = np.stack([NEUTRAL, NEUTRAL + np.float32((0, 0.2, 0)), NEUTRAL])
    rows = {"jawOpen": [0.0, 0.7, 0.0]}
    frame = make_frame(make_take(shapes, rows), jawOpen=0.7, takeFrame=1.0, takeDetail=1.0)
    assert np.allclose(interpreter().read(frame).shape, shapes[1], atol=1e-5)


def test_an_edited_channel_is_added_to_the_take():
    take = make_take(np.stack([NEUTRAL, NEUTRAL + np.float32((0, 0.2, 0))]), {"jawOpen": [0.0, 0.3]})
    frames = [make_frame(take, jawOpen=value, takeFrame=1.0, takeDetail=1.0) for value in (0.3, 0.8)]
    before, after = (interpreter().read(frame).shape for frame in frames)
    assert np.allclose(after - before, expression_model().decode({"jawOpen": 0.5}), atol=1e-5)


def test_a_take_without_detail_is_its_channels():
    take = make_take(np.stack([NEUTRAL, NEUTRAL + np.float32((0, 0.2, 0))]), {"jawOpen": [0.0, 0.3]})
    shape = interpreter().read(make_frame(take, jawOpen=0.3, takeFrame=1.0, takeDetail=0.0)).shape
    assert np.allclose(shape, NEUTRAL + expression_model().decode({"jawOpen": 0.3}), atol=1e-5)


def test_an_actors_blink_shuts_the_card_however_far_the_actor_got():
    shapes = np.stack([NEUTRAL] * 9 + [shut(NEUTRAL)])
    rows = {"eyeBlinkRight": [0.0] * 9 + [0.8]}
    frame = make_frame(make_take(shapes, rows), eyeBlinkRight=0.8, takeFrame=9.0, takeDetail=1.0)
    assert interpreter().read(frame).lid_ratio[0] < 0.12


def test_a_blink_keyed_by_hand_shuts_an_eye_that_the_take_holds_open():
    take = make_take(np.stack([NEUTRAL, NEUTRAL]), {"eyeBlinkRight": [0.0, 0.0]})
    frame = make_frame(take, eyeBlinkRight=1.0, takeFrame=1.0, takeDetail=1.0)
    assert interpreter().read(frame).lid_ratio[0] < 0.02


@pytest.mark.parametrize(("gain", "channel", "point"), [("mouth", "jawOpen", 152), ("brows", "browInnerUp", 9)])
def test_a_regions_gain_moves_that_region_only(gain, channel, point):
    once, twice = (
        interpreter(**{gain: each}).read(make_frame(**{channel: 0.5})).shape - NEUTRAL for each in (1.0, 2.0)
    )
    assert np.allclose(twice[point], 2 * once[point], atol=1e-5)
    assert np.allclose(twice[133], once[133], atol=0.02)


def test_no_expression_is_a_mask():
    performance = interpreter(expression=0.0).read(make_frame(jawOpen=1.0, eyeBlinkRight=1.0))
    assert np.allclose(performance.shape, NEUTRAL) and performance.lid_ratio == (1.0, 1.0)


def test_gaze_stays_within_the_eye():
    gaze = interpreter(gaze=3.0).read(make_frame(eyeLookOutRight=2.0, eyeLookUpRight=2.0)).gaze
    assert -0.36 <= gaze[0, 0] < -0.3 and -0.26 <= gaze[0, 1] < -0.2 and np.abs(gaze[1]).max() < 1e-9
