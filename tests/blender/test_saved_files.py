# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Saving, moving and opening .blend files: where a card's files are, and rendering again on another day."""

import json
import shutil
from pathlib import Path

import bpy
import pytest


def the_strip():
    editor = bpy.context.scene.sequence_editor
    return (editor.strips if hasattr(editor, "strips") else editor.sequences)[0]


def shown_file(card):
    return Path(bpy.path.abspath(card.active_material.node_tree.nodes["Portrait"].image.filepath))


@pytest.fixture
def saved(tmp_path):
    def save(name="my film.blend"):
        (tmp_path / "project").mkdir(exist_ok=True)
        bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "project" / name))
        return tmp_path / "project"

    return save


def open_again(folder, name="my film.blend"):
    bpy.ops.wm.open_mainfile(filepath=str(folder / name))
    return next(thing for thing in bpy.data.objects if thing.pastiche.uid)


def test_files_lie_beside_the_saved_blend(saved, picture, room):
    project = saved()
    bpy.ops.pastiche.card_from_image(filepath=str(picture[0]))
    folder = room("scene.storage").known_folder(bpy.context.object)
    assert folder.parent == project / "pastiche_my_film" and (folder / "source.png").exists()
    assert bpy.context.object.pastiche.folder.startswith("//")


def test_files_of_an_unsaved_blend_follow_when_it_is_saved(card, saved, room):
    bpy.ops.pastiche.dummy(last=4, seconds_per_frame=0)
    old = room("scene.storage").known_folder(card)
    project = saved()
    bpy.ops.pastiche.dummy(last=4, seconds_per_frame=0)
    assert not old.exists()
    assert shown_file(card).is_relative_to(project) and shown_file(card).exists()
    assert Path(bpy.path.abspath(the_strip().directory)).is_relative_to(project)


def test_the_storage_folder_of_the_preferences_is_used(picture, tmp_path, room):
    preferences = bpy.context.preferences.addons["bl_ext.user_default.pastiche"].preferences
    preferences.storage = str(tmp_path / "st ö")
    bpy.ops.pastiche.card_from_image(filepath=str(picture[0]))
    assert room("scene.storage").known_folder(bpy.context.object).parent == tmp_path / "st ö" / "unsaved"


def test_everything_is_found_after_the_project_was_moved(saved, picture, tmp_path):
    project = saved()
    bpy.ops.pastiche.card_from_image(filepath=str(picture[0]))
    bpy.ops.pastiche.dummy(last=4, seconds_per_frame=0)
    saved()
    moved = Path(shutil.move(project, tmp_path / "moved"))
    card = open_again(moved)
    assert shown_file(card).exists() and shown_file(card).is_relative_to(moved)
    bpy.ops.pastiche.dummy(last=4, seconds_per_frame=0)
    assert not (tmp_path / "project").exists()


def test_a_blend_saved_elsewhere_still_finds_its_files(saved, picture, tmp_path, room):
    project = saved()
    bpy.ops.pastiche.card_from_image(filepath=str(picture[0]))
    bpy.ops.pastiche.dummy(last=4, seconds_per_frame=0)
    (tmp_path / "other" / "deep").mkdir(parents=True)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "other" / "deep" / "copy.blend"))
    card = open_again(tmp_path / "other" / "deep", "copy.blend")
    assert room("scene.storage").known_folder(card).is_relative_to(project)
    assert shown_file(card).exists()


def test_the_recipe_survives_on_card_and_strip(saved, picture):
    project = saved()
    bpy.ops.pastiche.card_from_image(filepath=str(picture[0]))
    bpy.ops.pastiche.dummy(last=4, seconds_per_frame=0)
    saved()
    card = open_again(project)
    recipe = json.loads(card.pastiche.recipe)
    assert recipe["request"]["kind"] == "dummy" and recipe["request"]["folder"].startswith("//")
    assert the_strip()["pastiche_recipe"] == card.pastiche.recipe
    bpy.ops.pastiche.show_recipe()
    assert bpy.data.texts[f"Recipe of {card.name}"].as_string() == card.pastiche.recipe


def test_generated_paint_lost_by_reopening_is_not_lost_for_the_worker(saved, room):
    import numpy as np

    project = saved()
    image = bpy.data.images.new("Painted", 8, 8, alpha=True)
    image.pixels.foreach_set(np.full(256, 0.8, np.float32))
    bpy.ops.pastiche.card_from_image(image="Painted")
    saved()
    card = open_again(project)
    folder = room("scene.storage").card_folder(card)
    file = room("scene.portrait").save_portrait(card, folder)
    kept = room("scene.images").read_pixels(bpy.data.images.load(str(file)))
    assert kept[0, 0].tolist() == [204, 204, 204, 204]


def test_repainting_changes_the_portrait_and_nothing_else_does(card, picture, room):
    import numpy as np

    folder = room("scene.storage").card_folder(card)
    save = room("scene.portrait").save_portrait
    before = save(card, folder).stat().st_mtime_ns
    assert save(card, folder).stat().st_mtime_ns == before
    card.pastiche.image.pixels.foreach_set(np.ones(60 * 40 * 4, np.float32))
    assert room("scene.images").read_pixels(bpy.data.images.load(str(save(card, folder)))).min() == 255


def test_a_folder_that_cannot_be_made_is_named(picture, tmp_path):
    (tmp_path / "a file").write_text("in the way")
    preferences = bpy.context.preferences.addons["bl_ext.user_default.pastiche"].preferences
    preferences.storage = str(tmp_path / "a file" / "storage")
    with pytest.raises(RuntimeError, match="a file"):
        bpy.ops.pastiche.card_from_image(filepath=str(picture[0]))
    assert not bpy.data.objects


def test_a_strip_whose_card_is_gone_can_be_rendered_again(card):
    bpy.ops.pastiche.dummy(last=4, seconds_per_frame=0)
    bpy.data.objects.remove(card)
    bpy.context.scene.sequence_editor.active_strip = the_strip()
    frames = Path(bpy.path.abspath(the_strip().directory))
    (frames / "frame_000003.png").unlink()
    assert bpy.ops.pastiche.render_again() == {'FINISHED'}
    assert (frames / "frame_000003.png").exists()


def test_a_strangers_recipe_writes_nowhere(card, tmp_path):
    bpy.ops.pastiche.dummy(last=4, seconds_per_frame=0)
    bpy.data.objects.remove(card)
    recipe = json.loads(the_strip()["pastiche_recipe"])
    recipe["request"]["folder"] = str(tmp_path / "elsewhere")
    the_strip()["pastiche_recipe"] = json.dumps(recipe)
    bpy.context.scene.sequence_editor.active_strip = the_strip()
    with pytest.raises(RuntimeError, match="elsewhere"):
        bpy.ops.pastiche.render_again()
    assert not (tmp_path / "elsewhere").exists()


def test_a_strangers_card_writes_into_no_folder_but_a_cards(card, tmp_path, room):
    (tmp_path / "private").mkdir()
    card.pastiche.folder = card.pastiche.folder_absolute = str(tmp_path / "private")
    bpy.ops.pastiche.dummy(last=2, seconds_per_frame=0)
    assert not list((tmp_path / "private").iterdir())


def test_a_damaged_recipe_is_refused(card):
    card.pastiche.recipe = '{"request": {"kind": "render", "folder": 7}}'
    with pytest.raises(RuntimeError, match="recipe"):
        bpy.ops.pastiche.render_again()
