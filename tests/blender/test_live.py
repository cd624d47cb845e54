# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The live card: channels deform it without rendering, wherever it is copied, saved and sent."""

from types import SimpleNamespace

import bpy
import numpy as np
import pytest
from shown_mesh import shown_vertices

RIGHT_LIDS, LIPS, CHIN = (159, 145), (13, 14), 152


def landmarks(card):
    return shown_vertices(card)[4:]  # the dials are not shown


def height(points, pair):
    return float(points[pair[0], 2] - points[pair[1], 2])


def opens_its_mouth(card):
    rest = height(landmarks(card), LIPS)
    card["jawOpen"] = 1.0
    return height(landmarks(card), LIPS) > rest + 0.03


def test_every_channel_is_a_key_of_its_name(live, room):
    channels = room("bridge.channels")
    wanted = [channel.name for channel in (*channels.EXPRESSIONS, *channels.HEAD)]
    assert [key.name for key in live.data.shape_keys.key_blocks[1:]] == wanted


def test_the_keys_need_no_scripts(live):
    assert all(curve.driver.is_simple_expression for curve in live.data.shape_keys.animation_data.drivers)


def test_a_jaw_opens_the_mouth_and_a_blink_shuts_the_eye(live):
    rest = landmarks(live)
    live["jawOpen"] = 1.0
    opened = landmarks(live)
    assert height(opened, LIPS) > height(rest, LIPS) + 0.03 and opened[CHIN, 2] < rest[CHIN, 2] - 0.03
    live["eyeBlinkRight"] = 1.0
    assert abs(height(landmarks(live), RIGHT_LIDS)) < 0.05 * height(rest, RIGHT_LIDS)


def test_lids_and_lips_touch_and_never_cross(live):
    rest = landmarks(live)
    live["eyeBlinkRight"], live["eyeSquintRight"], live["mouthClose"] = 1.5, 1.0, 1.0
    shut = landmarks(live)
    assert height(shut, RIGHT_LIDS) == pytest.approx(0, abs=1e-5)
    assert height(shut, LIPS) == pytest.approx(min(height(rest, LIPS), 0), abs=1e-3)


def test_mouth_close_undoes_what_the_jaw_opened(live):
    live["jawOpen"] = 0.6
    opened = height(landmarks(live), LIPS)
    live["mouthClose"] = 0.6
    assert height(landmarks(live), LIPS) < 0.4 * opened


def test_the_head_turns_in_depth_and_the_card_stays(live):
    rest = shown_vertices(live)
    live["headYaw"] = 20.0
    turned = shown_vertices(live)
    moved = turned[4:, 0] - rest[4:, 0]
    assert moved[4] > 0.02  # the tip of the nose, nearest to the viewer, towards the picture's right
    assert moved[4] > 1.3 * moved[152]  # more than the chin, which lies deeper
    assert np.abs(turned[:4] - rest[:4]).max() == 0
    assert (turned[4:, 1] < 0).all()  # before the card's own plane


@pytest.mark.parametrize(
    "head", [{"headYaw": 40.0}, {"headPitch": -25.0, "headRoll": 40.0}, {"headY": 0.8, "headX": 1.0}]
)
def test_a_head_that_leaves_the_picture_ends_at_its_border(live, head):
    for name, value in head.items():
        live[name] = value
    points = shown_vertices(live)
    half = np.abs(points[:4, [0, 2]]).max(axis=0)
    assert (np.abs(points[:, [0, 2]]) <= half * 1.00001).all()


def test_nothing_that_shows_the_picture_clips_it(live):
    nodes = [node for material in live.data.materials for node in material.node_tree.nodes if node.type == 'TEX_IMAGE']
    of_source = [node for node in nodes if node.image == live.pastiche.image]
    assert len(of_source) == 3 and not [node for node in of_source if node.extension == 'CLIP']


def test_the_head_gives_way_at_what_the_picture_can_show(live):
    live["headYaw"] = 28.0
    near = landmarks(live)[4, 0]
    live["headYaw"] = 90.0
    assert landmarks(live)[4, 0] - near < 0.3 * (near - landmarks_at(live, headYaw=0.0)[4, 0])


def landmarks_at(card, **channels):
    for name, value in channels.items():
        card[name] = value
    return landmarks(card)


def test_a_gain_and_a_mute_hold_for_live_and_render(live, room):
    names = list(room("bridge.channels").CHANNELS)
    live["jawOpen"] = 0.5
    half = landmarks(live)[CHIN, 2]
    live["gainJaw"] = 2.0
    full = landmarks(live)[CHIN, 2]
    live["jawOpen"], live["gainJaw"] = 1.0, 1.0
    assert full == pytest.approx(landmarks(live)[CHIN, 2], abs=1e-6) and full < half
    live["muteJaw"] = True
    assert landmarks(live)[CHIN, 2] > half
    assert room("scene.motion").sample_channels(live, 1, 1, with_gains=True)[0, names.index("jawOpen")] == 0


def test_the_switch_shows_live_rendered_and_source(live, room):
    node = live.active_material.node_tree.nodes["Portrait"]
    assert len(shown_vertices(live)) > 500
    live.pastiche.shown = 'SOURCE'
    assert len(shown_vertices(live)) == 4 and node.image == live.pastiche.image
    bpy.ops.pastiche.dummy(last=4, seconds_per_frame=0)
    assert live.pastiche.shown == 'RENDERED' and len(shown_vertices(live)) == 4 and node.image.source == 'SEQUENCE'
    live.pastiche.shown = 'LIVE'
    assert len(shown_vertices(live)) > 500


@pytest.fixture
def rendered(live, room):
    """A live card with a key, rendered as it is."""
    live["jawOpen"] = 0.2
    live.keyframe_insert('["jawOpen"]', frame=3)
    result = room("scene.job_results").RenderResult(
        bpy.context.scene.session_uid, 1, 4, room("scene.freshness").fingerprint(live)
    )
    job = room("operators.dummy").dummy(bpy.context.scene, live, 1, 4, 0.0)
    job.on_frames, job.on_done = result.show, result.finish
    room("scene.jobs").wait_for(live.pastiche.uid)
    return live


def test_frames_that_no_longer_fit_give_way_to_the_live_card_and_come_back(rendered, room):
    assert len(shown_vertices(rendered)) == 4
    rendered["mouthPucker"] = 0.5
    assert len(shown_vertices(rendered)) > 500 and rendered.pastiche.shown == 'RENDERED'
    rendered["mouthPucker"] = 0.0
    room("scene.live")._looked.clear()
    assert len(shown_vertices(rendered)) == 4
    bpy.context.scene.frame_set(3)
    assert len(shown_vertices(rendered)) == 4


def test_a_keyed_pose_is_seen_before_it_is_rendered(rendered):
    assert len(shown_vertices(rendered)) == 4
    assert bpy.ops.pastiche.pose(pose="joy", card=rendered.name) == {'FINISHED'}
    assert len(shown_vertices(rendered)) > 500 and rendered.pastiche.shown == 'RENDERED'


def _wear_a_style(card):
    card.pastiche.styling = '{"style": "Toon"}'


def _place_the_face(card):
    bpy.ops.pastiche.place_face(card=card.name)


def _choose_a_face(card):
    card.pastiche.portrait_face = 1


def _flatten(card):
    card.pastiche.mesh.wrinkles = 0.0


def _mute(card):
    card["muteMouth"] = True


@pytest.mark.parametrize("change", [_wear_a_style, _place_the_face, _choose_a_face, _flatten, _mute])
def test_whatever_a_render_reads_makes_frames_give_way(rendered, change):
    assert len(shown_vertices(rendered)) == 4
    change(rendered)
    assert len(shown_vertices(rendered)) > 500


def test_a_point_of_a_placed_face_that_moves_makes_frames_give_way(live, room):
    bpy.ops.pastiche.place_face()
    fingerprint = room("scene.freshness").fingerprint
    before = fingerprint(live)
    assert fingerprint(live) == before
    room("scene.placement").move_point(live, 0, (0.4, 0.3))
    assert fingerprint(live) != before


def test_another_picture_takes_the_live_mesh_away(live):
    image = bpy.data.images.new("Other", 20, 40, alpha=True)
    live.pastiche.image = image
    assert len(live.data.vertices) == 4 and not live.modifiers and len(live.data.materials) == 1
    assert live.pastiche.shown == 'SOURCE'


def test_making_it_live_again_leaves_nothing_behind(live, live_folder, room):
    before = [len(each) for each in (bpy.data.meshes, bpy.data.materials, bpy.data.images, bpy.data.node_groups)]
    room("scene.live").make_live(live, live_folder)
    bpy.data.orphans_purge(do_recursive=True)
    after = [len(each) for each in (bpy.data.meshes, bpy.data.materials, bpy.data.images, bpy.data.node_groups)]
    assert after == before


def test_undo_and_redo_take_it_back_and_again(card, live_folder, room):
    bpy.ops.ed.undo_push(message="card")
    result = room("scene.job_results").LiveResult()
    result.write(SimpleNamespace(state='FINISHED', card_uid=card.pastiche.uid, folder=live_folder))
    bpy.ops.ed.undo()
    (card,) = bpy.context.scene.objects
    assert len(card.data.vertices) == 4
    bpy.ops.ed.redo()
    (card,) = bpy.context.scene.objects
    assert opens_its_mouth(card)


def test_a_copy_plays_by_itself(live):
    bpy.ops.object.duplicate()
    copy = bpy.context.object
    rest = height(landmarks(live), LIPS)
    assert opens_its_mouth(copy)
    assert height(landmarks(live), LIPS) == rest


def test_a_linked_duplicate_plays_by_itself_once_it_has_work_of_its_own(live, room):
    bpy.ops.object.duplicate(linked=True)
    copy = bpy.context.object
    assert copy.data == live.data
    room("scene.cards").make_own(copy)
    rest = height(landmarks(live), LIPS)
    assert opens_its_mouth(copy)
    assert height(landmarks(live), LIPS) == rest


def test_a_linked_card_plays_its_own_channels(live, tmp_path):
    live.keyframe_insert('["jawOpen"]', frame=1)
    live["jawOpen"] = 1.0
    live.keyframe_insert('["jawOpen"]', frame=10)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "library.blend"))
    bpy.ops.wm.read_homefile(use_empty=True)
    with bpy.data.libraries.load(str(tmp_path / "library.blend"), link=True) as (found, wanted):
        wanted.objects = [name for name in found.objects if name == "portrait of ü"]
    card = wanted.objects[0]
    bpy.context.scene.collection.objects.link(card)
    bpy.context.scene.frame_set(1)
    rest = height(landmarks(card), LIPS)
    bpy.context.scene.frame_set(10)
    assert height(landmarks(card), LIPS) > rest + 0.03


def test_an_overridden_card_plays_its_own_channels(live, tmp_path):
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "library.blend"))
    bpy.ops.wm.read_homefile(use_empty=True)
    with bpy.data.libraries.load(str(tmp_path / "library.blend"), link=True) as (found, wanted):
        wanted.objects = [name for name in found.objects if name == "portrait of ü"]
    bpy.context.scene.collection.objects.link(wanted.objects[0])
    bpy.context.view_layer.update()
    card = wanted.objects[0].override_hierarchy_create(
        bpy.context.scene, bpy.context.view_layer, do_fully_editable=True
    )
    assert opens_its_mouth(card)


def test_a_deleted_card_leaves_no_live_mesh(live):
    bpy.data.objects.remove(live)
    bpy.data.orphans_purge(do_recursive=True)
    assert not bpy.data.meshes and not bpy.data.shape_keys and not bpy.data.node_groups


def test_a_saved_card_plays_without_the_extension(live, tmp_path):
    import subprocess
    import sys

    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "sent.blend"))
    script = (
        "import bpy, sys; bpy.ops.wm.open_mainfile(filepath=sys.argv[1], use_scripts=False);"
        "card = bpy.data.objects['portrait of ü']; layer = bpy.context.view_layer;\n"
        "for value in (0.0, 1.0):\n"
        "    card['jawOpen'] = value; card.update_tag(); layer.update()\n"
        "    v = card.evaluated_get(layer.depsgraph).data.vertices\n"
        "    print('gap', v[4 + 13].co.z - v[4 + 14].co.z)"
    )
    ran = subprocess.run([sys.executable, "-c", script, str(tmp_path / "sent.blend")], capture_output=True, text=True)
    rest, opened = (float(line.split()[1]) for line in ran.stdout.splitlines() if line.startswith("gap"))
    assert opened > rest + 0.03


@pytest.mark.parametrize("damage", ["cut", "text", "missing"])
def test_damaged_data_is_refused_and_the_card_stays(card, live_folder, tmp_path, room, damage):
    (tmp_path / "live").mkdir()
    file = tmp_path / "live" / "card.live"
    if damage != "missing":
        file.write_bytes((live_folder / "card.live").read_bytes()[:5000] if damage == "cut" else b"no live card" * 99)
    with pytest.raises(room("bridge.errors").InputError):
        room("scene.live").make_live(card, tmp_path / "live")
    assert len(card.data.vertices) == 4 and not card.modifiers


def test_a_picture_without_a_face_is_explained(card):
    with pytest.raises(RuntimeError, match="by hand"):
        bpy.ops.pastiche.live()
    assert len(card.data.vertices) == 4
