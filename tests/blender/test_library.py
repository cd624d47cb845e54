# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cards of other files, linked and overridden, and cards of two scenes."""

import bpy
import pytest

NAME = "portrait of ü"


def strips_of(scene):
    editor = scene.sequence_editor
    return list(editor.strips if hasattr(editor, "strips") else editor.sequences) if editor else []


@pytest.fixture
def linked(card, tmp_path):
    """A card of a library file, linked into an empty file that is saved beside it."""
    (tmp_path / "film").mkdir()
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film" / "library.blend"))
    bpy.ops.wm.read_homefile(use_empty=True)
    with bpy.data.libraries.load(str(tmp_path / "film" / "library.blend"), link=True) as (_found, wanted):
        wanted.objects = [NAME]
    bpy.context.scene.collection.objects.link(wanted.objects[0])
    bpy.context.view_layer.update()
    bpy.context.view_layer.objects.active = wanted.objects[0]
    return wanted.objects[0]


@pytest.fixture
def overridden(linked, tmp_path):
    """The same, overridden as a person does it."""
    linked.select_set(True)
    assert bpy.ops.object.make_override_library() == {'FINISHED'}
    (card,) = (thing for thing in bpy.context.scene.objects if thing.override_library)  # 4.2 leaves the linked one in
    bpy.context.view_layer.objects.active = card
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film" / "shot.blend"))
    return card


def test_a_linked_card_is_refused_with_what_to_do(linked):
    with pytest.raises(RuntimeError, match="library override"):
        bpy.ops.pastiche.dummy(last=3, seconds_per_frame=0)
    with pytest.raises(RuntimeError, match="library override"):
        bpy.ops.pastiche.pose(pose="joy")


def test_an_overridden_card_is_posed_and_rendered(overridden, room):
    bpy.ops.pastiche.pose(pose="joy")
    assert overridden["mouthSmileLeft"] == pytest.approx(1.3)
    assert bpy.ops.pastiche.dummy(last=3, seconds_per_frame=0) == {'FINISHED'}
    assert overridden.pastiche.rendered_last == 3 and len(strips_of(bpy.context.scene)) == 1
    assert room("scene.sequence").texture_node(overridden).image.source == 'SEQUENCE'


def test_an_overridden_card_has_files_of_its_own(overridden, room, tmp_path):
    bpy.ops.pastiche.dummy(last=3, seconds_per_frame=0)
    folder = room("scene.storage").known_folder(overridden)
    assert folder.parent == tmp_path / "film" / "pastiche_shot"
    (library,) = (thing for thing in bpy.data.objects if thing.library)
    assert library.pastiche.rendered_last == -1
    assert room("scene.sequence").texture_node(library).image == library.pastiche.image


def test_what_was_done_to_an_overridden_card_is_there_again(overridden, room, tmp_path):
    bpy.ops.pastiche.pose(pose="joy")
    bpy.ops.pastiche.dummy(last=3, seconds_per_frame=0)
    overridden.pastiche.smoothing = 'HIGH'
    recipe, folder = overridden.pastiche.recipe, room("scene.storage").known_folder(overridden)
    bpy.ops.wm.save_mainfile()
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "film" / "shot.blend"))
    card = next(thing for thing in bpy.context.scene.objects if thing.override_library)
    assert card.pastiche.smoothing == 'HIGH' and card["mouthSmileLeft"] == pytest.approx(1.3)
    assert (card.pastiche.recipe, card.pastiche.rendered_last) == (recipe, 3)
    assert room("scene.storage").known_folder(card) == folder
    assert room("scene.sequence").texture_node(card).image.source == 'SEQUENCE'
    bpy.context.view_layer.objects.active = card
    assert bpy.ops.pastiche.dummy(last=5, seconds_per_frame=0) == {'FINISHED'}
    assert card.pastiche.rendered_last == 5


def test_a_linked_card_and_its_override_are_told_apart(linked, room):
    linked.override_create()
    override = next(thing for thing in bpy.data.objects if thing.override_library)
    bpy.context.scene.collection.objects.link(override)
    cards = room("scene.cards")
    assert cards.is_in_a_scene(linked) and cards.is_in_a_scene(override)
    assert cards.card_or_error(bpy.context, NAME) == override


def test_cards_of_two_scenes_keep_to_their_own(card, picture, room):
    first, second = bpy.context.scene, bpy.data.scenes.new("Second")
    bpy.context.window.scene = second
    bpy.ops.pastiche.card_from_image(filepath=str(picture[0]))
    other = bpy.context.object
    bpy.ops.pastiche.dummy(last=3, seconds_per_frame=0)
    assert len(strips_of(second)) == 1 and not strips_of(first) and card.pastiche.rendered_last == -1
    bpy.context.window.scene = first
    bpy.ops.pastiche.dummy(card=card.name, last=5, seconds_per_frame=0)
    assert (other.pastiche.rendered_last, card.pastiche.rendered_last) == (3, 5)
    assert len(strips_of(second)) == len(strips_of(first)) == 1
    folders = {room("scene.storage").known_folder(each) for each in (card, other)}
    assert len(folders) == 2


def test_a_card_in_two_scenes_is_one_card(card, room):
    second = bpy.data.scenes.new("Second")
    second.collection.objects.link(card)
    uid = card.pastiche.uid
    bpy.context.window.scene = second
    bpy.ops.pastiche.dummy(card=card.name, last=3, seconds_per_frame=0)
    assert card.pastiche.uid == uid and card.pastiche.rendered_last == 3 and len(strips_of(second)) == 1
    assert room("scene.cards").cards_of(bpy.data.scenes[0]) == [card]
