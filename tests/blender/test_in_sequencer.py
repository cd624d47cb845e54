# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Working from the sequencer: what is active there is what is meant."""

import bpy
import pytest


@pytest.fixture
def sequencer():
    """Run something as if in a sequencer editor: `with sequencer(): ...`."""

    def editor():
        window = bpy.context.window
        area = window.screen.areas[0]
        area.type = 'SEQUENCE_EDITOR'
        if hasattr(window.workspace, "sequencer_scene"):
            window.workspace.sequencer_scene = bpy.context.scene
        return bpy.context.temp_override(window=window, area=area)

    return editor


@pytest.fixture
def image_strip(picture):
    """The picture as a strip from frame 10, active."""
    editor = bpy.context.scene.sequence_editor_create()
    collection = editor.strips if hasattr(editor, "strips") else editor.sequences
    strip = collection.new_image(name="plate", filepath=str(picture[0]), channel=1, frame_start=10)
    editor.active_strip = strip
    return strip


def test_an_image_strip_becomes_a_card(sequencer, image_strip, picture):
    with sequencer():
        assert bpy.ops.pastiche.card_from_image() == {'FINISHED'}
    (card,) = bpy.context.scene.objects
    assert bpy.path.abspath(card.pastiche.image.filepath) == str(picture[0])


def test_the_cards_strip_chooses_the_card(sequencer, card, room, picture):
    bpy.ops.pastiche.dummy(last=3, seconds_per_frame=0)
    bpy.ops.pastiche.card_from_image(filepath=str(picture[0]))
    other = bpy.context.object
    editor = bpy.context.scene.sequence_editor
    editor.active_strip = (editor.strips if hasattr(editor, "strips") else editor.sequences)[0]
    chosen = room("scene.cards").chosen_card
    assert chosen(bpy.context) == other
    with sequencer():
        assert chosen(bpy.context) == card


def test_with_several_cards_and_none_chosen_the_person_is_asked(card, room, picture):
    bpy.ops.pastiche.card_from_image(filepath=str(picture[0]))
    bpy.context.view_layer.objects.active = None
    with pytest.raises(RuntimeError, match="No card is chosen"):
        bpy.ops.pastiche.render()
    bpy.ops.pastiche.select_card(card=card.name)
    assert room("scene.cards").chosen_card(bpy.context) == card
