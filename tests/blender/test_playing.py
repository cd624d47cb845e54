# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Playing a card: groups, sides, keys, takes, and the neutral frame."""

import json

import bpy
import numpy as np
import pytest


@pytest.fixture
def action(card, room):
    """Key some channels on the card over 48 frames as a capture does; returns a function that makes such takes."""

    def make(name="walk", start=1, trembles=False):
        frames = np.arange(start, start + 48)
        jaw = 0.5 + 0.4 * np.sin(np.arange(48) / 6)
        if trembles:
            jaw = jaw + 0.05 * (-1.0) ** np.arange(48)
        values = {"jawOpen": jaw, "headYaw": np.linspace(-10, 10, 48), "headScale": np.linspace(1, 1.2, 48)}
        values["takeFrame"] = np.arange(48.0)
        return room("scene.keyframes").write_action(card, name, frames, values, None)

    return make


def value(card, name, frame):
    bpy.context.scene.frame_set(frame)
    return card.evaluated_get(bpy.context.view_layer.depsgraph)[name]


def keys(card, room, name="jawOpen"):
    return [tuple(point.co) for point in room("scene.compat").find_curve(card, f'["{name}"]').keyframe_points]


def undone(operator, **arguments):
    """Call an operator as a person does, so that it is one undo step, and undo it."""
    operator('EXEC_DEFAULT', True, **arguments)
    bpy.ops.ed.undo()


def test_a_group_is_reset_alone(card):
    card["jawOpen"], card["browInnerUp"], card["headScale"] = 0.5, 0.6, 1.5
    bpy.ops.pastiche.reset_channels(group='Jaw')
    assert (card["jawOpen"], card["browInnerUp"]) == (0.0, pytest.approx(0.6))
    bpy.ops.pastiche.reset_channels()
    assert (card["browInnerUp"], card["headScale"]) == (0.0, 1.0)


def test_a_group_is_keyed_alone(card, room):
    card["jawOpen"] = 0.5
    bpy.ops.pastiche.key_channels(group='Jaw')
    curves = {curve.data_path for curve in room("scene.compat").curves(card)}
    assert curves == {'["jawForward"]', '["jawLeft"]', '["jawRight"]', '["jawOpen"]'}
    bpy.context.scene.frame_set(9)
    bpy.ops.pastiche.key_channels()
    assert len(room("scene.compat").curves(card)) >= 60


def test_the_keying_sets_key_the_selected_card(card, room):
    area = next(area for area in bpy.context.window.screen.areas if area.type == 'VIEW_3D')
    with bpy.context.temp_override(area=area, selected_objects=[card]):
        bpy.ops.anim.keyframe_insert_by_name(type="PASTICHE_KS_brows")
    curves = room("scene.compat").curves(card)
    assert len(curves) == 5 and {curve.group.name for curve in curves} == {"Brows"}


def test_sides_are_swapped_with_the_heads_turn(card):
    card["mouthSmileLeft"], card["jawRight"], card["headYaw"], card["headPitch"] = 0.8, 0.3, 12.0, 5.0
    bpy.ops.pastiche.mirror_channels(way='SWAP')
    assert (card["mouthSmileLeft"], card["mouthSmileRight"]) == (0.0, pytest.approx(0.8))
    assert (card["jawLeft"], card["jawRight"]) == (pytest.approx(0.3), 0.0)
    assert (card["headYaw"], card["headPitch"]) == (-12.0, 5.0)


def test_one_side_is_copied_to_the_other(card):
    card["eyeBlinkLeft"], card["jawLeft"] = 0.7, 0.4
    bpy.ops.pastiche.mirror_channels(way='TO_RIGHT')
    assert card["eyeBlinkRight"] == pytest.approx(0.7) and card["jawRight"] == 0.0


def edit(card, name, number):
    card[name] = number
    card.update_tag()
    bpy.context.view_layer.update()


def test_both_sides_are_edited_at_once_where_that_is_wanted(card):
    edit(card, "eyeBlinkLeft", 0.2)
    assert card["eyeBlinkRight"] == 0.0
    card.pastiche.use_mirror = True
    edit(card, "browInnerUp", 0.1)
    edit(card, "eyeBlinkLeft", 0.6)
    edit(card, "jawLeft", 0.3)
    assert card["eyeBlinkRight"] == pytest.approx(0.6) and card["jawRight"] == 0.0


def test_playing_keys_changes_no_partner(card):
    card.pastiche.use_mirror = True
    card.keyframe_insert('["eyeBlinkLeft"]', frame=1)
    card["eyeBlinkLeft"] = 1.0
    card.keyframe_insert('["eyeBlinkLeft"]', frame=10)
    for frame in (1, 5, 10):
        bpy.context.scene.frame_set(frame)
        edit(card, "browInnerUp", frame / 10)
    assert card["eyeBlinkRight"] == 0.0


def test_smoothing_takes_a_tremble_out_and_keeps_the_motion(card, action, room):
    action(trembles=True)
    before = np.array([value(card, "jawOpen", f) for f in range(1, 49)])
    bpy.ops.pastiche.smooth_keys(width=2.0)
    after = np.array([value(card, "jawOpen", f) for f in range(1, 49)])
    clean = 0.5 + 0.4 * np.sin(np.arange(48) / 6)
    assert np.abs(np.diff(after, 2)).mean() < 0.2 * np.abs(np.diff(before, 2)).mean()
    assert np.abs(after - clean).max() < 0.08 and keys(card, room, "takeFrame")[-1] == (48, 47)


def test_smoothing_one_group_leaves_the_others(card, action, room):
    action(trembles=True)
    before = keys(card, room)
    bpy.ops.pastiche.smooth_keys(width=3.0, group='Head')
    assert keys(card, room) == before


def test_reduction_leaves_fewer_keys_within_the_tolerance(card, action, room):
    action()
    before = np.array([value(card, "jawOpen", f) for f in range(1, 49)])
    count = len(keys(card, room))
    bpy.ops.pastiche.reduce_keys(tolerance=5.0)
    after = np.array([value(card, "jawOpen", f) for f in range(1, 49)])
    assert len(keys(card, room)) < count and np.abs(after - before).max() < 0.07


@pytest.mark.parametrize("operator", ["smooth_keys", "reduce_keys"])
def test_edits_of_keys_can_be_undone(card, action, room, operator):
    action(trembles=True)
    before = keys(card, room)
    bpy.ops.ed.undo_push(message="keys")
    undone(getattr(bpy.ops.pastiche, operator))
    assert keys(bpy.context.scene.objects[0], room) == before


def test_without_keys_the_person_is_told(card):
    with pytest.raises(RuntimeError, match="Capture footage or key"):
        bpy.ops.pastiche.smooth_keys()


def test_takes_are_listed_and_used_again(card, action, room):
    action("walk")
    action("run")
    takes = room("scene.takes")
    assert [take.name for take in takes.takes(card)] == ["run", "walk"]
    bpy.ops.pastiche.use_take(take="walk")
    assert card.animation_data.action.name == "walk"
    assert value(card, "headYaw", 48) == pytest.approx(10, abs=0.1)
    with pytest.raises(RuntimeError, match="is playing"):
        bpy.ops.pastiche.delete_take(take="walk")
    bpy.ops.pastiche.delete_take(take="run")
    assert [take.name for take in takes.takes(card)] == ["walk"]
    with pytest.raises(RuntimeError, match="no take named run"):
        bpy.ops.pastiche.use_take(take="run")


def test_a_take_is_laid_on_the_nla_looped_and_faster(card, action):
    action()
    bpy.ops.pastiche.push_take(take="walk", start=101, repeat=2.0, speed=2.0)
    (track,) = card.animation_data.nla_tracks
    strip = track.strips[0]
    assert (strip.frame_start, strip.frame_end) == (101, pytest.approx(101 + 47))
    assert value(card, "headYaw", 101) == pytest.approx(-10, abs=0.2)
    assert value(card, "headYaw", 124) == pytest.approx(10, abs=0.7)
    assert value(card, "headYaw", 130) == pytest.approx(value(card, "headYaw", 107), abs=0.7)


def test_a_take_is_blended_with_what_plays_below(card, action):
    action()
    bpy.ops.pastiche.push_take(take="walk", start=1)
    action("run")
    bpy.ops.pastiche.push_take(take="run", start=1, blend=10)
    assert [s.blend_in for t in card.animation_data.nla_tracks for s in t.strips] == [0, 10]


def test_an_added_take_is_nothing_at_rest_and_lends_no_footage(card, action, room):
    action()
    take = room("scene.takes").find_take(card, "walk")
    card.animation_data.action = None
    bpy.ops.pastiche.push_take(take="walk", start=1, add=True)
    assert value(card, "headScale", 48) == pytest.approx(1.2, abs=0.01)
    assert value(card, "takeFrame", 48) == 0
    assert [each.name for each in room("scene.takes").takes(card)] == [take.name]


def test_pushing_a_take_can_be_undone(card, action):
    action()
    bpy.ops.ed.undo_push(message="take")
    undone(bpy.ops.pastiche.push_take, take="walk")
    (card,) = bpy.context.scene.objects
    assert not card.animation_data.nla_tracks and card.animation_data.action.name == "walk"


def test_a_muted_group_is_not_rendered_and_keeps_its_keys(card, action, room, tmp_path):
    action()
    card["muteJaw"], card["gainHead"] = True, 0.5
    room("scene.motion").write_keys(card, bpy.context.scene, 1, 48, None, tmp_path / "keys.motion")
    with room("bridge.motion_file").open_motion_file(tmp_path / "keys.motion") as motion:
        names = json.loads(motion.metadata["channels"])
        table = np.frombuffer(motion.read("channels"), np.float32).reshape(48, -1)
    assert np.abs(table[:, names.index("jawOpen")]).max() == 0
    assert table[-1, names.index("headYaw")] == pytest.approx(5, abs=0.1)
    assert table[-1, names.index("headScale")] == pytest.approx(1.1, abs=0.01)
    assert len(keys(card, room)) > 5


def test_without_a_take_there_is_no_neutral_to_set(card):
    with pytest.raises(RuntimeError, match="Capture footage first"):
        bpy.ops.pastiche.neutral_here()
