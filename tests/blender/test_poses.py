# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pose is there on the frame it was asked for, eased in and out, and leaves everything else alone."""

import bpy
import pytest


@pytest.fixture(autouse=True)
def no_poses_of_others(room, tmp_path, monkeypatch):
    monkeypatch.setattr(room("scene.pose_library"), "user_folder", lambda: tmp_path / "poses")
    (tmp_path / "poses").mkdir()


@pytest.fixture
def value(card):
    def at(name, frame):
        bpy.context.scene.frame_set(frame)
        return card.evaluated_get(bpy.context.evaluated_depsgraph_get())[name]

    return at


def test_a_click_keys_a_pose_with_ease_in_and_out(card, value):
    scene = bpy.context.scene
    scene.render.fps = 24
    scene.frame_set(50)
    assert bpy.ops.pastiche.pose(pose="joy", hold=10) == {'FINISHED'}
    assert scene.frame_current == 50 and card["mouthSmileLeft"] == pytest.approx(1.3)
    assert value("mouthSmileLeft", 44) == pytest.approx(0) and value("mouthSmileLeft", 69) == pytest.approx(0)
    assert 0.2 < value("mouthSmileLeft", 47) < 1.1  # on its way
    assert value("mouthSmileLeft", 55) == value("mouthSmileLeft", 60) == pytest.approx(1.3)


def test_a_pose_replaces_what_is_keyed_meanwhile_and_nothing_else(card, room, value):
    compat = room("scene.compat")
    compat.write_curve(card, '["jawOpen"]', list(range(1, 101)), [0.3] * 100)
    compat.write_curve(card, '["headYaw"]', list(range(1, 101)), [9.0] * 100)
    compat.write_curve(card, "location", [1, 100], [0.0, 5.0])
    bpy.context.scene.frame_set(50)
    bpy.ops.pastiche.pose(pose="sleep", hold=10)
    assert value("jawOpen", 50) == pytest.approx(0.1) and value("headYaw", 50) == pytest.approx(9.0)
    assert value("jawOpen", 20) == value("jawOpen", 90) == pytest.approx(0.3)
    assert len(compat.find_curve(card, '["headYaw"]').keyframe_points) == 100
    assert compat.find_curve(card, "location") is not None


def test_a_second_pose_takes_the_first_one_away(card, value):
    bpy.context.scene.frame_set(50)
    bpy.ops.pastiche.pose(pose="joy", release=False)
    bpy.ops.pastiche.pose(pose="sadness", release=False)
    assert value("mouthSmileLeft", 50) == pytest.approx(0) and value("mouthFrownLeft", 80) == pytest.approx(1.1)


def test_half_a_pose_is_half_way(card):
    bpy.context.scene.frame_set(50)
    bpy.ops.pastiche.pose(pose="surprise", strength=0.5)
    assert card["jawOpen"] == pytest.approx(0.325)


def test_talking_goes_on_as_long_as_it_is_held_and_leaves_the_eyes(card, room, value):
    card["browInnerUp"] = 0.7
    bpy.context.scene.frame_set(50)
    bpy.ops.pastiche.pose(pose="talk", hold=120)
    assert room("scene.compat").find_curve(card, '["browInnerUp"]') is None and card["browInnerUp"] == 0.7
    openings = [value("jawOpen", frame) for frame in range(50, 170)]
    assert max(openings[:45]) == pytest.approx(max(openings[60:]), abs=0.05) and max(openings) > 0.4


def test_the_detail_of_footage_rests_while_a_pose_is_held(card, room, value):
    room("scene.compat").write_curve(card, '["takeDetail"]', [1], [1.0])
    bpy.context.scene.frame_set(50)
    bpy.ops.pastiche.pose(pose="joy")
    assert value("takeDetail", 50) == 0 and value("takeDetail", 90) == value("takeDetail", 40) == 1


def test_a_face_is_saved_shared_and_keyed_again(card, room, tmp_path):
    card["mouthPucker"], card["headRoll"] = 0.8, 5.0
    assert bpy.ops.pastiche.save_pose(name="Küss mich") == {'FINISHED'}
    file = tmp_path / "poses" / "Küss_mich.pose"
    shared = tmp_path / "sent" / "kiss.pose"
    shared.parent.mkdir()
    file.rename(shared)
    library = room("scene.pose_library")
    assert "Küss_mich" not in library.poses()
    bpy.ops.pastiche.add_pose(filepath=str(shared))
    assert library.poses()["kiss"].pose.keys[0].channels == {"mouthPucker": 0.8, "headRoll": 5.0}
    bpy.ops.pastiche.reset_channels()
    bpy.ops.pastiche.pose(pose="kiss")
    assert card["mouthPucker"] == pytest.approx(0.8)


def test_a_damaged_pose_is_refused_and_harms_no_list(room, tmp_path):
    (tmp_path / "poses" / "bad.pose").write_text("{")
    assert "bad" not in room("scene.pose_library").poses() and "joy" in room("scene.pose_library").poses()
    with pytest.raises(RuntimeError, match=r"bad\.pose"):
        bpy.ops.pastiche.add_pose(filepath=str(tmp_path / "poses" / "bad.pose"))


def test_poses_become_assets_that_can_be_keyed(card, room):
    assert bpy.ops.pastiche.pose_assets() == {'FINISHED'}
    assert bpy.ops.pastiche.pose_assets() == {'FINISHED'}  # again: replaced, not doubled
    actions = [action for action in bpy.data.actions if action.asset_data]
    assert len(actions) == 10 and all(action.preview.image_size[0] == 144 for action in actions)
    assets = room("scene.pose_assets")
    pose = assets.pose_of_action(bpy.data.actions["Pose Joy"])
    shipped = room("scene.pose_library").find_pose("joy").pose
    assert pose.ease_in == shipped.ease_in and set(pose.owned()) == set(shipped.owned())
    assert pose.keys[0].channels["mouthSmileLeft"] == pytest.approx(1.3)
    assert len(assets.pose_of_action(bpy.data.actions["Pose Talk"]).keys) == 14
    assert [thing.name for thing in bpy.data.objects] == [card.name]


def test_a_rendered_face_is_the_thumbnail_of_its_pose(card, tmp_path):
    bpy.ops.pastiche.place_face()
    card["jawOpen"] = 0.5
    card.keyframe_insert('["jawOpen"]', frame=1)
    bpy.ops.pastiche.render(first=1, last=1)
    bpy.context.scene.frame_set(1)
    bpy.ops.pastiche.save_pose(name="Rendered")
    image = bpy.data.images.load(str(tmp_path / "poses" / "Rendered.png"))
    assert image.size[:] == (144, 144)
    bpy.context.scene.frame_set(9)  # nothing was rendered here
    bpy.ops.pastiche.save_pose(name="Elsewhere")
    assert not (tmp_path / "poses" / "Elsewhere.png").exists()
