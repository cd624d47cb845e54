# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stylizing images, cards and strips, with a small style of random weights and a photographed face."""

import os
import subprocess
import time
from pathlib import Path
from types import SimpleNamespace

import bpy
import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
MAKE = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import root_package
from acted_clips import film, photograph, swaying, two_faces
from pastiche.inference.media.pictures import write_png
from small_style import publish
folder = Path(sys.argv[2])
(folder / "files").mkdir()
publish(folder / "files")
write_png(folder / "portrait.png", photograph())
write_png(folder / "two.png", next(two_faces(1)))
film(folder / "clip.mp4", swaying(6))
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Files of a style, a portrait and a clip, made by the worker's Python; Blender's has no torch."""
    folder = tmp_path_factory.mktemp("made")
    command = [os.environ["PASTICHE_PYTHON"], "-c", MAKE, str(ROOT / "tests"), str(folder)]
    if subprocess.run(command, capture_output=True).returncode:
        pytest.skip("the worker's Python has no torch or no photograph")
    return folder


@pytest.fixture
def style(made, room):
    """The style, added as an artist adds it; returns the scene's look."""
    look = bpy.context.scene.pastiche_look
    if "Toon" not in room("scene.style_packs").packs():
        assert bpy.ops.pastiche.add_style(directory=str(made / "files"), name="Toon") == {'FINISHED'}
    look.style = "Toon"
    return look


@pytest.fixture
def portrait(made):
    return bpy.data.images.load(str(made / "portrait.png"))


def pixels(image):
    values = np.empty(len(image.pixels), np.float32)
    image.pixels.foreach_get(values)
    return values.reshape(image.size[1], image.size[0], -1)


def test_the_added_style_shows_its_exemplars(style, room):
    packs = room("scene.style_packs")
    assert [(each[0], each[1]) for each in packs.pack_items(None, None)] == [("Toon", "Toon")]
    assert [each[1] for each in packs.exemplar_items("Toon")] == ["c_0", "c_1", "c_2"]
    assert room("scene.look_settings").color_layers(packs.packs()["Toon"]) == 3
    with pytest.raises(RuntimeError, match="is that pack already"):
        bpy.ops.pastiche.add_style(directory=str(packs.styles_folder() / "Toon"), name="Toon")


def test_an_image_gets_a_twin_and_stays_as_it_is(style, portrait, room):
    before = pixels(portrait)
    assert bpy.ops.pastiche.stylize(image=portrait.name) == {'FINISHED'}
    twin = bpy.data.images["portrait.png - Toon"]
    assert np.array_equal(pixels(portrait), before) and not portrait.is_dirty
    assert tuple(twin.size) == tuple(portrait.size) and twin.packed_file
    assert np.abs(pixels(twin)[60:180, 60:180] - before[60:180, 60:180]).mean() > 0.05
    style.exemplar = "2"
    first = pixels(twin)
    bpy.ops.pastiche.stylize(image=twin.name)
    assert len(bpy.data.images) == 2 and not np.array_equal(pixels(twin), first)
    assert '"exemplar": 2' in twin["pastiche_recipe"]
    assert room("operators.compare").other_side(twin) == portrait
    assert room("operators.compare").other_side(portrait) == twin


def test_each_face_of_a_picture_wears_a_style_of_its_own(style, made, room):
    """Of two faces: the second is stylized on the twin, and the first keeps its look while the second changes."""
    bpy.ops.pastiche.add_style(directory=str(made / "files"), name="Comic")
    image = bpy.data.images.load(str(made / "two.png"))
    before, stylize = pixels(image), room("operators.stylize")
    style.style = "Toon"
    bpy.ops.pastiche.stylize(image=image.name)
    alone = bpy.data.images["two.png - Toon"]
    left, right = (slice(None), slice(0, 160)), (slice(None), slice(260, None))  # the right face is the larger
    first = pixels(alone)
    assert np.array_equal(first[left], before[left]) and not np.array_equal(first[right], before[right])
    style.style, style.face, style.exemplar = "Comic", 1, "2"
    bpy.ops.pastiche.stylize(image=alone.name)
    both = bpy.data.images["two.png - Toon + Comic"]
    second = pixels(both)
    assert np.array_equal(second[right], first[right]) and not np.array_equal(second[left], first[left])
    style.exemplar = "1"
    bpy.ops.pastiche.stylize(image=both.name)
    third = pixels(both)
    assert np.array_equal(third[right], first[right]) and not np.array_equal(third[left], second[left])
    faces = room("scene.styled_image").faces_of(both)
    assert [(each.face, Path(each.styling.style).name, each.styling.look.exemplar) for each in faces] == [
        (0, "Toon", 0), (1, "Comic", 1),
    ]  # fmt: skip
    bpy.ops.pastiche.leave_face(image=both.name, face=0)
    rest = pixels(bpy.data.images["two.png - Comic"])
    assert np.array_equal(rest[right], before[right]) and not np.array_equal(rest[left], before[left])
    with pytest.raises(RuntimeError, match="No other face"):
        bpy.ops.pastiche.leave_face(image="two.png - Comic", face=1)
    style.face = 0
    bpy.ops.pastiche.stylize(image=image.name)  # the original has no looks to keep
    assert len(room("scene.styled_image").faces_of(bpy.data.images["two.png - Comic"])) == 1
    assert stylize.in_sight(bpy.context)[0] is None


def test_looks_of_faces_from_a_stranger_are_checked(style, portrait, room):
    bpy.ops.pastiche.stylize(image=portrait.name)
    twin = bpy.data.images["portrait.png - Toon"]
    for nonsense in ("{", "7", '[{"face": "x"}]', '[{"face": 1, "styling": {"style": "/elsewhere/Gone"}}]'):
        twin["pastiche_faces"] = nonsense
        with pytest.raises(RuntimeError, match="are damaged|Gone is not there"):
            bpy.ops.pastiche.stylize(image=twin.name)


def test_exemplars_become_assets_and_are_taken_in_hand_from_them(style, room):
    assert bpy.ops.pastiche.style_assets() == {'FINISHED'}
    assert bpy.ops.pastiche.style_assets() == {'FINISHED'}  # again: replaced, not doubled
    actions = [action for action in bpy.data.actions if action.asset_data]
    assert [action.name for action in actions] == ["Toon: c_0", "Toon: c_1", "Toon: c_2"]
    pictures = [np.array(action.preview.image_pixels_float[:]) for action in actions]
    assert all(picture.size and picture.std() > 0.01 for picture in pictures)
    assert not np.array_equal(pictures[0], pictures[1])
    assert {tag.name for tag in actions[0].asset_data.tags} == {"Pastiche", "Toon"}
    style.exemplar, style.use_random = "0", True
    operator = room("operators.style_assets").PASTICHE_OT_style_from_asset
    chosen = SimpleNamespace(asset=SimpleNamespace(local_id=actions[2]), scene=bpy.context.scene)
    assert operator.poll(chosen) and not operator.poll(bpy.context)
    operator.run(SimpleNamespace(poll=operator.poll), chosen)
    assert (style.style, style.exemplar, style.use_random) == ("Toon", "2", False)
    assert room("scene.style_assets").look_of_asset(actions[2]) == ("Toon", "2")
    actions[2]["pastiche_exemplar"] = "c_9.jpg"
    with pytest.raises(Exception, match=r"no exemplar c_9\.jpg"):
        room("scene.style_assets").look_of_asset(actions[2])
    actions[2]["pastiche_style"] = "Elsewhere"
    with pytest.raises(Exception, match="Elsewhere is not there"):
        room("scene.style_assets").look_of_asset(actions[2])


def test_undo_takes_the_twin_away_and_redo_brings_it_back(style, portrait):
    bpy.ops.ed.undo_push(message="portrait")
    bpy.ops.pastiche.stylize(image=portrait.name)
    shown = pixels(bpy.data.images["portrait.png - Toon"])
    bpy.ops.ed.undo()
    assert "portrait.png - Toon" not in bpy.data.images
    bpy.ops.ed.redo()
    assert np.array_equal(pixels(bpy.data.images["portrait.png - Toon"]), shown)


def test_a_twin_is_in_the_saved_file(style, portrait, tmp_path):
    bpy.ops.pastiche.stylize(image=portrait.name)
    shown = pixels(bpy.data.images["portrait.png - Toon"])
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    (tmp_path / "scene.blend").rename(tmp_path / "moved.blend")
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "moved.blend"))
    assert np.array_equal(pixels(bpy.data.images["portrait.png - Toon"]), shown)


def test_painted_float_and_transparent_images_are_read_as_they_are(style, portrait, room):
    image = bpy.data.images.new("Float", *portrait.size, float_buffer=True, alpha=True)
    values = pixels(portrait)
    values[..., 3] = 0.5
    values[..., :3] = 0.5 * values[..., :3] ** 2.2
    image.pixels.foreach_set(values.ravel())
    bpy.ops.pastiche.stylize(image="Float")
    twin = bpy.data.images["Float - Toon"]
    assert twin.is_float and abs(pixels(twin)[0, 0, 3] - 0.5) < 1e-3


def test_a_packed_image_without_its_file_is_stylized(style, made, tmp_path):
    (tmp_path / "lost.png").write_bytes((made / "portrait.png").read_bytes())
    image = bpy.data.images.load(str(tmp_path / "lost.png"))
    image.pack()
    (tmp_path / "lost.png").unlink()
    image.reload()
    assert bpy.ops.pastiche.stylize(image=image.name) == {'FINISHED'}
    assert tuple(bpy.data.images["lost.png - Toon"].size) == tuple(image.size)


def test_the_active_texture_of_the_active_material_takes_the_twin(style, portrait):
    thing = bpy.data.objects.new("Plane", bpy.data.meshes.new("Plane"))
    bpy.context.collection.objects.link(thing)
    bpy.context.view_layer.objects.active = thing
    material = bpy.data.materials.new("Skin")
    material.use_nodes = True
    thing.data.materials.append(material)
    node = material.node_tree.nodes.new("ShaderNodeTexImage")
    node.image, material.node_tree.nodes.active = portrait, node
    assert bpy.ops.pastiche.stylize() == {'FINISHED'}
    assert node.image.name == "portrait.png - Toon" and not portrait.is_dirty


@pytest.mark.parametrize("kind", ["SEQUENCE", "MOVIE"])
def test_an_image_of_many_frames_is_sent_to_the_sequencer(style, portrait, made, kind):
    image = portrait
    if kind == "MOVIE":
        image = bpy.data.images.load(str(made / "clip.mp4"))
    image.source = kind
    with pytest.raises(RuntimeError, match="stylize the strip"):
        bpy.ops.pastiche.stylize(image=image.name)


def test_a_strip_of_numbered_pictures_becomes_one_of_stylized_pictures(style, made, room, tmp_path):
    for number in (1, 2):
        (tmp_path / f"shot_{number:02d}.png").write_bytes((made / "portrait.png").read_bytes())
    scene = bpy.context.scene
    editor = scene.sequence_editor_create()
    collection = editor.strips if hasattr(editor, "strips") else editor.sequences
    strip = collection.new_image(name="shot", filepath=str(tmp_path / "shot_01.png"), channel=1, frame_start=5)
    strip.elements.append("shot_02.png")
    job = room("operators.stylize").stylize_strip(scene, strip)
    room("scene.jobs").wait_for(job.card_uid)
    assert job.state == 'FINISHED', job.error
    result = next(each for each in collection if each != strip)
    assert (result.frame_final_start, result.frame_final_end) == (5, 7)


@pytest.mark.parametrize("kind", ["no face", "tiles", "gone"])
def test_an_image_that_cannot_be_stylized_is_named(style, portrait, kind):
    if kind == "no face":
        image, text = bpy.data.images.new("Gray", 64, 64), "No face was found"
    elif kind == "tiles":
        image, text = bpy.data.images.new("Tiles", 64, 64, tiled=True), "UDIM tiles"
        image.tiles.new(tile_number=1002)
    else:
        image, text = portrait, "no image named"
    with pytest.raises(RuntimeError, match=text):
        bpy.ops.pastiche.stylize(image=image.name if kind != "gone" else "Nothing")
    assert not [each for each in bpy.data.images if each.name.endswith("Toon")]


def test_a_card_takes_the_stylized_picture_and_is_stylized_from_the_original_again(style, made):
    bpy.ops.pastiche.card_from_image(filepath=str(made / "portrait.png"))
    card = bpy.context.object
    bpy.ops.pastiche.stylize(card=card.name)
    assert card.pastiche.image.name == "portrait.png - Toon"
    style.structure = 0.1
    bpy.ops.pastiche.stylize(card=card.name)
    assert card.pastiche.image.name == "portrait.png - Toon" and len(bpy.data.images) == 2


def test_a_card_wears_a_style_and_its_channels_play_it(style, made, room):
    bpy.ops.pastiche.card_from_image(filepath=str(made / "portrait.png"))
    card = bpy.context.object
    card.pastiche.use_range, card.pastiche.first, card.pastiche.last = True, 1, 3
    bpy.ops.pastiche.wear_style()
    card["structure"] = 0.0
    card.keyframe_insert('["structure"]', frame=1)
    card["structure"] = 1.0
    card.keyframe_insert('["structure"]', frame=3)
    assert bpy.ops.pastiche.render() == {'FINISHED'}
    frames = room("scene.storage").known_folder(card) / "render" / "frames"
    assert len({file.read_bytes() for file in frames.iterdir()}) == 3
    assert '"style"' in card.pastiche.recipe
    worn = room("scene.freshness").fingerprint(card)
    bpy.ops.pastiche.take_style_off()
    assert room("scene.freshness").fingerprint(card) != worn
    bpy.ops.pastiche.render()
    assert len({file.read_bytes() for file in frames.iterdir()}) == 1
    card.pastiche.styling = "{}"
    with pytest.raises(RuntimeError, match="style of .* is damaged"):
        bpy.ops.pastiche.render()


def test_a_movie_strip_becomes_a_strip_of_stylized_frames(style, made, room):
    scene = bpy.context.scene
    scene.render.fps = 25
    editor = scene.sequence_editor_create()
    collection = editor.strips if hasattr(editor, "strips") else editor.sequences
    strip = collection.new_movie(name="clip", filepath=str(made / "clip.mp4"), channel=1, frame_start=11)
    job = room("operators.stylize").stylize_strip(scene, strip)
    room("scene.jobs").wait_for(job.card_uid)
    assert job.state == 'FINISHED', job.error
    result = next(each for each in collection if each.type == 'IMAGE')
    assert result.name == "clip - Toon" and result.channel > strip.channel
    assert (result.frame_final_start, result.frame_final_end) == (11, 17)
    assert result.elements[0].filename == "frame_000011.png" and "stylize" in result["pastiche_recipe"]


def test_sliders_draw_coarsely_while_they_move_and_well_when_they_rest(style, portrait, room, monkeypatch):
    preview, drawn = room("scene.live_preview"), []
    preview.take_in_hand(bpy.context.scene, lambda is_coarse: drawn.append(is_coarse) or True)
    monkeypatch.setattr(preview.compat, "is_background", lambda: False)
    style.structure = 0.3
    now = preview._changed
    assert preview.step(now + 0.01) and not drawn
    assert preview.step(now + 0.1) and preview.step(now + 0.2) and drawn == [True]
    style.structure = 0.4
    now = preview._changed
    preview.step(now + 0.1)
    preview.step(now + 2.0)
    assert drawn == [True, True, False] and preview.step(now + 3.0) is None
    style.live = False
    style.color = 0.2
    assert preview.step(time.monotonic() + 9) is None
    preview.stop()


def test_a_license_is_shown_until_it_is_accepted(style, room):
    packs = room("scene.style_packs")
    pack = packs.packs()["Toon"]
    assert not packs.is_accepted(pack)
    packs.accept(pack)
    packs.accept(pack)
    assert packs.is_accepted(pack) and len(room("scene.extension").preferences().accepted_licenses.split()) == 1


def test_looks_become_plain_requests(style, room):
    style.use_second, style.second, style.mix = True, "1", 0.25
    style.color_layers[1] = 0.5
    look = room("scene.look_settings").styling(style).look
    assert (look.exemplar, look.second, look.mix_color, look.structure) == (0, 1, 0.25, 0.75)
    assert look.color == (1.0, 0.5, 1.0)


def test_models_are_only_fetched_online(style, room, monkeypatch):
    offline = room("scene.model_download").bpy.app.online_access
    assert not offline
    for model in ("dualstylegan-encoder", "dualstylegan-cartoon"):
        with pytest.raises(RuntimeError, match="stay offline"):
            bpy.ops.pastiche.get_model(model=model)
    with pytest.raises(RuntimeError, match="no model"):
        bpy.ops.pastiche.get_model(model="mine")
