# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""An iPhone's take drives a card, a card's take drives any rig with ARKit's names."""

import bpy
import pytest


@pytest.fixture
def rig():
    """A mesh with shape keys in several spellings, beside the card."""
    thing = bpy.data.objects.new("Rig", bpy.data.meshes.new("Rig"))
    thing.data.from_pydata([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [], [(0, 1, 2)])
    bpy.context.collection.objects.link(thing)
    for name in ("Basis", "jawOpen", "MouthSmile_L", "eye_blink_right", "Unrelated"):
        thing.shape_key_add(name=name, from_mix=False)
    thing.select_set(True)
    return thing


def test_a_take_becomes_keys_in_real_time(card, room, tmp_path):
    bpy.context.scene.render.fps = 24
    rows = [(n / 60, -n * 0.5) for n in range(61)]  # one second at 60: the jaw opens, the head turns
    room("bridge.live_link_face").write_face_csv(tmp_path / "phone.csv", ("jawOpen", "headYaw"), rows, 60)
    arguments = {"filepath": str(tmp_path / "phone.csv"), "start_frame": 10, "flip_yaw": True}
    assert bpy.ops.pastiche.import_face_csv(**arguments) == {'FINISHED'}
    curve = room("scene.compat").find_curve(card, '["jawOpen"]')
    assert curve.range()[:] == (10, 34) and curve.evaluate(22) == pytest.approx(0.5, abs=0.02)
    assert room("scene.compat").find_curve(card, '["headYaw"]').evaluate(22) == pytest.approx(15, abs=0.2)
    assert card.animation_data.action.name == "phone" and room("scene.keyframes").takes_of(card) == []


def test_a_cards_keys_are_read_again_elsewhere(card, room, tmp_path):
    room("scene.compat").write_curve(card, '["mouthPucker"]', [1, 11], [0.0, 1.0])
    assert bpy.ops.pastiche.export_face_csv(filepath=str(tmp_path / "out")) == {'FINISHED'}
    take = room("bridge.live_link_face").read_face_csv(tmp_path / "out.csv")
    assert take.channels["mouthPucker"] == pytest.approx([n / 10 for n in range(11)], abs=1e-5)


def test_a_file_that_is_no_take_changes_nothing(card, tmp_path):
    (tmp_path / "bad.csv").write_text("a,b\n1,2\n")
    with pytest.raises(RuntimeError, match=r"bad\.csv is no take"):
        bpy.ops.pastiche.import_face_csv(filepath=str(tmp_path / "bad.csv"))
    assert card.animation_data is None


def test_shape_keys_of_the_same_names_follow_the_card(card, rig, room):
    assert bpy.ops.pastiche.drive_rig(card=card.name) == {'FINISHED'}
    room("scene.compat").write_curve(card, '["mouthSmileLeft"]', [1, 11], [0.0, 1.0])
    card["jawOpen"], card["eyeBlinkRight"] = 0.5, 0.25
    bpy.context.scene.frame_set(6)
    bpy.context.view_layer.update()
    shown = rig.evaluated_get(bpy.context.evaluated_depsgraph_get()).data.shape_keys.key_blocks
    values = [round(shown[name].value, 3) for name in ("jawOpen", "MouthSmile_L", "eye_blink_right")]
    assert values == [0.5, 0.5, 0.25] and len(rig.data.shape_keys.animation_data.drivers) == 3


def test_drivers_are_taken_away_again(card, rig):
    bpy.ops.pastiche.drive_rig(card=card.name)
    bpy.ops.pastiche.drive_rig(card=card.name, release=True)
    assert len(rig.data.shape_keys.animation_data.drivers) == 0


def test_a_rig_without_such_names_is_explained(card, rig):
    for block in rig.data.shape_keys.key_blocks:
        block.name = f"x{block.name}"
    with pytest.raises(RuntimeError, match="no shape key"):
        bpy.ops.pastiche.drive_rig(card=card.name)
    rig.select_set(False)
    with pytest.raises(RuntimeError, match="No mesh is selected"):
        bpy.ops.pastiche.drive_rig(card=card.name)
