# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job with the real worker: real footage drives a real portrait; and footage that cannot."""

from pathlib import Path

import bpy
import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared" / "footage"
ART, DRIVING = SHARED / "art", SHARED / "driving"
real = pytest.mark.skipif(not DRIVING.is_dir(), reason="needs the footage beside the project")


@pytest.fixture
def boy():
    bpy.ops.pastiche.card_from_image(filepath=str(ART / "toon_boy.jpg"))
    card = bpy.context.object
    card.pastiche.use_range, card.pastiche.first, card.pastiche.last = True, 20, 27
    return card


@real
@pytest.mark.slow
def test_footage_drives_a_card_and_a_changed_key_renders_its_frames_alone(boy, room):
    scene = bpy.context.scene
    assert bpy.ops.pastiche.drive(filepath=str(DRIVING / "d0.mp4")) == {'FINISHED'}
    assert boy.animation_data.action.name == "d0"
    assert room("scene.keyframes").captured_range(boy) == (1, 75)  # 78 pictures at 25, 24 frames per second
    frames = room("scene.storage").known_folder(boy) / "render" / "frames"
    assert [file.name for file in sorted(frames.iterdir())] == [f"frame_{n:06d}.png" for n in range(20, 28)]
    before = {file.name: file.read_bytes() for file in frames.iterdir()}

    scene.frame_set(23)
    boy["jawOpen"] += 0.5
    boy.keyframe_insert('["jawOpen"]', frame=23)
    assert bpy.ops.pastiche.render_again() == {'FINISHED'}
    changed = {file.name for file in frames.iterdir() if before[file.name] != file.read_bytes()}
    assert "frame_000023.png" in changed and "frame_000020.png" not in changed and len(before) == 8


@real
@pytest.mark.slow
def test_a_saved_film_is_rendered_again_on_another_day(boy, tmp_path, room):
    boy["jawOpen"] = 0.4
    boy.keyframe_insert('["jawOpen"]', frame=20)
    boy.pastiche.last = 21
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film.blend"))
    bpy.ops.pastiche.render()
    bpy.ops.wm.save_mainfile()
    frames = room("scene.storage").known_folder(boy) / "render" / "frames"
    first = {file.name: file.read_bytes() for file in frames.iterdir()}
    for file in frames.iterdir():
        file.unlink()
    room("scene.worker").close()
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "film.blend"))
    assert bpy.ops.pastiche.render_again() == {'FINISHED'}
    assert {file.name: file.read_bytes() for file in frames.iterdir()} == first


@pytest.mark.parametrize(
    "name, data",
    [("missing.mp4", None), ("empty.mp4", b""), ("text.mp4", b"no film at all\n" * 99)],
)
def test_footage_that_is_none_is_named_and_changes_nothing(card, tmp_path, name, data):
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(RuntimeError, match=name.replace(".", r"\.")):
        bpy.ops.pastiche.drive(filepath=str(tmp_path / name))
    assert card.animation_data is None and card.pastiche.recipe == ""


def test_footage_without_a_face_is_explained(card, picture):
    with pytest.raises(RuntimeError, match="[Nn]o face"):
        bpy.ops.pastiche.capture(filepath=str(picture[0]))
    assert card.animation_data is None


def test_a_portrait_without_a_face_is_explained_with_what_to_do(card):
    with pytest.raises(RuntimeError, match="by hand"):
        bpy.ops.pastiche.render(first=1, last=2)


def test_a_face_placed_by_hand_is_driven(card, room):
    bpy.ops.pastiche.place_face()
    card["jawOpen"] = 0.5
    assert bpy.ops.pastiche.render(first=1, last=1) == {'FINISHED'}
    assert (room("scene.storage").known_folder(card) / "render" / "frames" / "frame_000001.png").exists()


def test_without_footage_the_person_is_told(card):
    with pytest.raises(RuntimeError, match="no footage yet"):
        bpy.ops.pastiche.capture()


def test_frames_before_zero_are_refused(card, room):
    with pytest.raises(room("bridge.errors").InputError, match="-5"):
        room("operators.render").render(bpy.context.scene, card, -5, 3)


@real
@pytest.mark.slow
def test_the_neutral_frame_is_set_where_the_person_stands(boy, room):
    scene = bpy.context.scene
    bpy.ops.pastiche.capture(filepath=str(DRIVING / "d0.mp4"))
    scene.frame_set(40)
    before = boy["jawOpen"], abs(boy["headPitch"]) + abs(boy["headYaw"])
    assert bpy.ops.pastiche.neutral_here() == {'FINISHED'}
    action = boy.animation_data.action
    assert action.name == "d0" and [each.name for each in room("scene.takes").takes(boy)] == ["d0", "d0 Before"]
    assert room("scene.keyframes").takes_of(boy)[0][1].parent.name.startswith("d0-neutral-")
    assert abs(boy["headPitch"]) + abs(boy["headYaw"]) < 0.5 < before[1]
    assert max(boy[name] for name in ("jawOpen", "mouthSmileLeft", "browInnerUp")) < 0.15
