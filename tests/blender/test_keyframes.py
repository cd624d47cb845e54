# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Motion as keyframes on a card, and keyframes as motion again."""

import json

import bpy
import numpy as np
import pytest


def curves(thing):
    animation = thing.animation_data
    action = animation.action if animation else None
    if action is None:
        return {}
    if bpy.app.version < (4, 4, 0):
        return {curve.data_path: curve for curve in action.fcurves}
    bag = action.layers[0].strips[0].channelbag(animation.action_slot)
    return {curve.data_path: curve for curve in bag.fcurves}


@pytest.fixture
def motion(room):
    """A motion of 100 frames: the jaw opens and closes, the head turns, the rest is still."""
    names = list(room("bridge.channels").CHANNELS)
    table = np.tile(np.array(list(room("bridge.channels").REST.values()), np.float32), (100, 1))
    time = np.arange(100) / 24
    table[:, names.index("jawOpen")] = 0.5 * np.abs(np.sin(time * 2))
    table[:, names.index("headYaw")] = 20 * np.sin(time * 2)
    table[:, names.index("takeFrame")] = np.arange(100) * 1.25
    table[:, names.index("takeDetail")] = 1
    return names, table


@pytest.fixture
def captured(room, card, motion, tmp_path):
    """Write a motion file and key it on the card as a finished capture does; returns the file."""

    def write(start=11, in_track=False, name="walk"):
        from types import SimpleNamespace

        names, table = motion
        file = tmp_path / f"{name}.motion"
        metadata = {"pastiche": "motion", "version": "1", "fps": "24", "channels": json.dumps(names)}
        tensors = {"channels": ("F32", table.shape, table.tobytes())}
        room("bridge.motion_file").write_motion_file(file, metadata, tensors)
        footage = room("scene.footage").Footage(tmp_path / f"{name}.mp4", start, "24")
        result = room("scene.job_results").CaptureResult(bpy.context.scene.session_uid, footage, in_track)
        card.pastiche.use_strips = False
        job = SimpleNamespace(state='FINISHED', card_uid=card.pastiche.uid, request=SimpleNamespace(motion=str(file)))
        result.write(job)
        return file

    return write


def sampled(room, card, first, last):
    return room("scene.motion").sample_channels(card, first, last)


def test_keys_play_the_motion_at_its_frames(room, card, motion, captured):
    captured()
    names, table = motion
    played = sampled(room, card, 11, 110)
    assert np.abs(played - table)[:, names.index("jawOpen")].max() <= 0.0101
    assert np.abs(played - table)[:, names.index("headYaw")].max() <= 0.101
    assert np.abs(played - table)[:, names.index("takeFrame")].max() <= 0.011


def test_keys_are_few_linear_and_grouped(card, captured):
    captured()
    made = curves(card)
    assert len(made['["takeFrame"]'].keyframe_points) == 2
    assert len(made['["mouthPucker"]'].keyframe_points) == 1
    assert 10 < len(made['["jawOpen"]'].keyframe_points) < 80
    assert {point.interpolation for point in made['["jawOpen"]'].keyframe_points} == {'LINEAR'}
    assert made['["jawOpen"]'].group.name == "Jaw"


def test_the_card_shows_the_motion_at_once(card, captured, motion):
    bpy.context.scene.frame_set(30)
    captured()
    assert card["headYaw"] == pytest.approx(motion[1][19, motion[0].index("headYaw")], abs=0.11)


def test_the_action_is_named_and_knows_its_capture(card, captured, room):
    file = captured()
    assert card.animation_data.action.name == "walk"
    assert room("scene.keyframes").takes_of(card)[0][1] == file


def test_the_cards_own_movement_stays(card, captured):
    card.keyframe_insert("location", frame=1)
    captured()
    captured()
    assert {"location", '["jawOpen"]'} <= set(curves(card))


def test_a_new_capture_keeps_the_old_keys_as_an_action(card, captured):
    captured()
    first = card.animation_data.action
    captured(name="run")
    assert card.animation_data.action.name == "run" and first.use_fake_user


def test_in_a_track_the_capture_plays_and_can_be_moved(room, card, captured, motion):
    captured(in_track=True)
    assert card.animation_data.action is None
    (track,) = card.animation_data.nla_tracks
    assert track.name == "walk"
    track.strips[0].frame_start_ui = 111
    played = sampled(room, card, 111, 210)
    assert np.abs(played - motion[1])[:, motion[0].index("headYaw")].max() <= 0.101


def test_a_driven_channel_is_sampled_as_it_is_driven(room, card):
    curve = card.driver_add('["jawOpen"]')
    curve.driver.expression = "frame / 100"
    names = list(room("bridge.channels").CHANNELS)
    assert sampled(room, card, 10, 12)[:, names.index("jawOpen")] == pytest.approx([0.10, 0.11, 0.12])


def test_sampling_leaves_scene_and_frame_alone(room, card, captured):
    captured()
    bpy.context.scene.frame_set(42)
    yaw = card["headYaw"]
    sampled(room, card, 11, 60)
    assert (bpy.context.scene.frame_current, card["headYaw"], len(bpy.data.scenes)) == (42, yaw, 1)
    assert card.users_scene == (bpy.context.scene,)


def test_written_keys_are_the_workers_motion(room, card, captured, tmp_path):
    take = captured()
    (tmp_path / "job").mkdir()
    bpy.context.scene.render.fps, bpy.context.scene.render.fps_base = 30, 1.001
    room("scene.motion").write_keys(card, bpy.context.scene, 20, 29, take, tmp_path / "job" / "keys.motion")
    with room("bridge.motion_file").open_motion_file(tmp_path / "job" / "keys.motion") as motion:
        assert motion.tensors["channels"].shape == (10, len(room("bridge.channels").CHANNELS))
        assert (motion.metadata["fps"], motion.metadata["first_frame"]) == ("30000/1001", "20")
        assert motion.metadata["take"] == "../walk.motion"


def test_the_range_to_render_is_where_the_card_is_keyed(room, card, captured):
    captured()
    assert room("scene.requests").render_range(card, bpy.context.scene) == (11, 110)


def test_a_damaged_motion_is_refused(room, tmp_path):
    (tmp_path / "bad.motion").write_bytes(b"\x10\0\0\0\0\0\0\0not a motion file")
    with pytest.raises(room("bridge.errors").InputError, match=r"bad\.motion"):
        room("scene.motion").read_channels(tmp_path / "bad.motion", 1)
