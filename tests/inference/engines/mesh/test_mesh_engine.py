# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an artist may rely on: rest is the source itself, the same frame is the same picture, bad input says so."""

import dataclasses

import cv2
import numpy as np
import pytest
from painted_face import SIZE, make_frame, make_portrait, make_take
from pastiche.bridge.channels import CHANNELS
from pastiche.bridge.errors import InputError
from pastiche.inference.engines.engine import open_engine
from pastiche.inference.engines.mesh import MeshEngine
from pastiche.inference.faces import topology


def engine_for(portrait, **settings):
    engine = MeshEngine(settings)
    engine.set_source(portrait)
    return engine


@pytest.fixture(scope="module")
def portrait():
    return make_portrait()


@pytest.fixture(scope="module")
def engine(portrait):
    return engine_for(portrait)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("background", ["PLATE", "KEEP"])
def test_channels_at_rest_give_the_source_bit_for_bit(dtype, background):
    portrait = make_portrait(dtype=dtype)
    assert np.array_equal(engine_for(portrait, background=background).render(make_frame()), portrait.image)


@pytest.mark.parametrize("alpha", [0, 100])
def test_transparency_at_rest_is_the_sources_own(alpha):
    portrait = make_portrait()
    image = portrait.image.copy()
    image[:, :60, 3] = alpha
    portrait = dataclasses.replace(portrait, image=image)
    assert np.array_equal(engine_for(portrait).render(make_frame()), image)


def test_a_cutout_stays_a_cutout_when_it_moves():
    portrait = make_portrait()
    image = portrait.image.copy()
    image[..., 3] = np.rint(portrait.matte * 255)
    engine = engine_for(dataclasses.replace(portrait, image=image, matte=portrait.matte))
    moved = engine.render(make_frame(headX=0.4))
    assert moved[:100, :40, 3].max() == 0
    opaque, opaque_at_rest = ((each[:150, :, 3] == 255).sum(axis=0) for each in (moved, image))
    shift = np.average(np.arange(SIZE), weights=opaque) - np.average(np.arange(SIZE), weights=opaque_at_rest)
    assert 10 < shift < 60


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_every_channel_moves_something_and_leaves_no_holes(dtype):
    portrait = make_portrait(dtype=dtype)
    engine = engine_for(portrait)
    for name in (each for each, channel in CHANNELS.items() if channel.group not in ("Take", "Style")):
        image = engine.render(make_frame(**{name: 1.0 if name != "headScale" else 1.4}))
        assert image.shape == portrait.image.shape and image.dtype == dtype, name
        assert image[..., 3].min() == np.iinfo(dtype).max, name
        assert np.array_equal(image, portrait.image) == (name == "tongueOut"), name


def test_a_frame_does_not_depend_on_the_frames_before_it(portrait, engine):
    frame = make_frame(jawOpen=0.6, eyeBlinkLeft=0.7, headYaw=9.0)
    first = engine.render(frame)
    for channels in ({"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0}, {"headX": 0.5, "mouthSmileLeft": 1.0}, {}):
        engine.render(make_frame(**channels))
    assert np.array_equal(engine.render(frame), first)
    assert np.array_equal(engine_for(portrait).render(frame), first)


def test_a_returned_frame_is_never_written_again(engine):
    first = engine.render(make_frame(jawOpen=1.0))
    kept = first.copy()
    engine.render(make_frame(headYaw=20.0))
    assert np.array_equal(first, kept)


def test_the_source_is_not_touched(portrait):
    kept = portrait.image.copy()
    engine = engine_for(portrait)
    engine.render(make_frame(jawOpen=1.0, eyeBlinkLeft=1.0, eyeBlinkRight=1.0, headX=0.6))
    assert np.array_equal(portrait.image, kept)


def test_a_face_that_acts_leaves_the_wall_alone(portrait, engine):
    image = engine.render(make_frame(mouthSmileLeft=1.0, eyeBlinkRight=1.0, browInnerUp=1.0, eyeLookUpLeft=1.0))
    changed = np.abs(image.astype(int) - portrait.image).max(axis=2) > 0
    wall = cv2.erode((portrait.matte < 0.5).astype(np.uint8), np.ones((35, 35), np.uint8)) > 0
    assert wall.sum() > 5000 and not changed[wall].any()


def test_a_blink_covers_iris_and_white(portrait, engine):
    ring = portrait.landmarks[list(topology.RIGHT_LID_RING), :2]
    inside = np.zeros((SIZE, SIZE), np.uint8)
    cv2.fillPoly(inside, [np.rint(ring).astype(np.int32)], 1)
    inside = cv2.erode(inside, np.ones((5, 5), np.uint8)) > 0
    colors = engine.render(make_frame(eyeBlinkRight=1.0))[inside][:, :3].astype(int)
    assert (colors[:, 2] > colors[:, 0] + 20).mean() < 0.02, "blue iris shows"
    assert (colors.min(axis=1) > 235).mean() < 0.02, "white shows"


def test_a_wink_leaves_the_other_eye_alone(portrait, engine):
    x, y = portrait.landmarks[473, :2].astype(int)
    eye = slice(y - 8, y + 8), slice(x - 12, x + 12)
    drawn = engine.render(make_frame(eyeBlinkRight=1.0))[eye].astype(int)
    assert np.abs(drawn - portrait.image[eye]).max() <= 4


def test_looking_aside_moves_the_iris_and_not_the_lids(portrait, engine):
    image = engine.render(make_frame(eyeLookOutRight=1.0, eyeLookInLeft=1.0)).astype(int)
    for iris in (468, 473):
        x, y = portrait.landmarks[iris, :2].astype(int)
        is_blue = image[y - 6 : y + 6, x - 16 : x + 16, 2] > image[y - 6 : y + 6, x - 16 : x + 16, 0] + 20
        assert np.nonzero(is_blue)[1].mean() < 16 - 4, "the picture's left is the subject's right"


def test_a_dropped_jaw_shows_a_dark_mouth(portrait, engine):
    frame = make_frame(jawOpen=1.0)
    upper, lower = engine.landmarks(frame)[[13, 14], :2]
    x, y = ((upper + 2 * lower) / 3).astype(int)
    assert lower[1] - upper[1] > 8
    assert engine.render(frame)[y, x, :3].mean() < 0.6 * portrait.image[y, x, :3].mean()


def test_a_moved_head_shows_the_wall_behind_it(portrait, engine):
    image = engine.render(make_frame(headX=0.5)).astype(int)
    shift = 0.5 * np.linalg.norm(portrait.landmarks[33, :2] - portrait.landmarks[263, :2])
    left = int(portrait.landmarks[234, 0])
    left -= 12  # the hair around the oval
    uncovered = image[120:160, left + 4 : left + int(shift) - 16, :3]
    assert uncovered.shape[1] > 5
    assert (uncovered[..., 2] > uncovered[..., 0]).mean() > 0.9, "blueish wall, not skin or hair"


def test_a_head_that_shifts_keeps_its_size(engine):
    moved, still = engine.landmarks(make_frame(headX=0.3, headY=0.2)), engine.landmarks(make_frame())
    assert np.allclose(moved - still, (moved - still)[0], atol=1e-6)
    assert (moved - still)[0, 0] > 10 and (moved - still)[0, 1] < -5


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_channel_that_is_no_number_is_refused_by_name(engine, value):
    with pytest.raises(InputError, match="jawOpen.*frame 7"):
        engine.render(make_frame(number=7, jawOpen=value))


def test_extreme_channels_still_give_a_picture(portrait, engine):
    wild = {name: channel.hard[1] for name, channel in CHANNELS.items() if not name.startswith("take")}
    assert engine.render(make_frame(**wild)).shape == portrait.image.shape
    tame = {name: channel.hard[0] for name, channel in CHANNELS.items() if not name.startswith("take")}
    assert engine.render(make_frame(**tame)).shape == portrait.image.shape


def test_a_turned_picture_warns_and_a_frontal_one_does_not():
    assert not engine_for(make_portrait()).warnings
    (warning,) = engine_for(make_portrait(yaw=33.0)).warnings
    assert "33 degrees" in warning and "at most" in warning


def test_a_turn_beyond_the_limit_warns_once(portrait):
    engine = engine_for(portrait)
    for yaw in (5.0, 60.0, 70.0):
        engine.render(make_frame(headYaw=yaw))
    assert len(engine.warnings) == 1


def test_a_face_at_the_border_of_its_picture_can_move():
    portrait = make_portrait()
    cut = slice(60, 250), slice(70, 230)
    small = dataclasses.replace(
        portrait, image=np.ascontiguousarray(portrait.image[cut]), matte=np.ascontiguousarray(portrait.matte[cut]),
        landmarks=portrait.landmarks - np.float32((70, 60, 0)),
        pose=dataclasses.replace(portrait.pose, translation=portrait.pose.translation - (70, 60, 0)),
    )  # fmt: skip
    engine = engine_for(small)
    moves = ({"headX": 1.0}, {"headX": -1.0}, {"headY": 1.0}, {"headY": -1.0}, {"headScale": 2.0}, {"headRoll": 40.0})
    for channels in moves:
        assert engine.render(make_frame(jawOpen=1.0, **channels))[..., 3].min() == 255


def test_a_picture_without_a_matte_bends_its_background():
    engine = engine_for(make_portrait(matte=False))
    assert engine.render(make_frame(headX=0.3)).shape == (SIZE, SIZE, 4)


def test_a_take_that_nobody_edited_plays_its_own_shape(portrait, engine):
    shapes = np.repeat(topology.canonical_shape()[None], 3, axis=0).copy()
    shapes[2, topology.CHIN, 1] += 1.0
    take = make_take(shapes)
    frame = make_frame(take, takeFrame=2.0, takeDetail=1.0)
    moved = engine.landmarks(frame) - engine.landmarks(make_frame())
    assert moved[topology.CHIN, 1] > 6 and np.abs(moved[topology.NOSE_TIP]).max() < 1


def test_settings_are_checked_when_the_engine_is_opened():
    with pytest.raises(InputError, match="no setting 'wrinkle'.*wrinkles"):
        open_engine("mesh", {"wrinkle": 1.0})
    with pytest.raises(InputError, match="no engine 'nope'.*mesh"):
        open_engine("nope", {})


@pytest.mark.parametrize("seed", range(12))
def test_a_face_anywhere_in_a_picture_of_any_size_plays(seed):
    random = np.random.default_rng(seed)
    size = int(random.choice([6, 24, 96, 240]))
    portrait = make_portrait(yaw=float(random.uniform(-60, 60)), size=size)
    height, width = random.integers(1, size + 1, 2)
    top, left = random.integers(0, size - height + 1), random.integers(0, size - width + 1)
    cut = slice(top, top + height), slice(left, left + width)
    part = dataclasses.replace(
        portrait,
        image=np.ascontiguousarray(portrait.image[cut]),
        matte=np.ascontiguousarray(portrait.matte[cut]),
        landmarks=portrait.landmarks - np.float32((left, top, 0)),
        pose=dataclasses.replace(portrait.pose, translation=portrait.pose.translation - (left, top, 0)),
    )
    engine = engine_for(part)
    assert np.array_equal(engine.render(make_frame()), part.image)
    for channels in ({"jawOpen": 1.0, "eyeBlinkLeft": 1.0, "headYaw": 20.0}, {"headX": 2.0, "headScale": 3.0}):
        assert engine.render(make_frame(**channels)).shape == part.image.shape
