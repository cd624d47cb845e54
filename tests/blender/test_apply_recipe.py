# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What plays one card plays another, on its own picture; a recipe that is none is refused."""

import bpy
import pytest


@pytest.fixture
def two(card, picture, room):
    """A rendered card and another one, both with a face placed by hand."""
    bpy.ops.pastiche.place_face()
    room("scene.compat").write_curve(card, '["jawOpen"]', [1, 3], [0.0, 1.0])
    card.pastiche.mesh.wrinkles = 1.5
    bpy.ops.pastiche.render()
    bpy.ops.pastiche.card_from_image(filepath=str(picture[0]))
    other = bpy.context.object
    bpy.ops.pastiche.place_face()
    other.pastiche.mesh.turn_limit = 10.0
    return card, other


def test_keys_engine_and_settings_go_over_and_the_other_card_is_rendered(two, room):
    card, other = two
    card.select_set(True)
    assert bpy.ops.pastiche.apply_recipe(card=card.name) == {'FINISHED'}
    assert other.pastiche.mesh.wrinkles == pytest.approx(1.5) and other.pastiche.mesh.turn_limit == 28.0
    curve = room("scene.compat").find_curve(other, '["jawOpen"]')
    assert curve.range()[:] == (1, 3) and curve.evaluate(2) == pytest.approx(0.5)
    frames = [room("scene.storage").known_folder(thing) / "render" / "frames" for thing in two]
    assert len(list(frames[1].iterdir())) == 3 and frames[0] != frames[1]
    assert card.pastiche.recipe != other.pastiche.recipe


def test_without_another_card_it_is_explained(two):
    card, other = two
    other.select_set(False)
    with pytest.raises(RuntimeError, match="No other card"):
        bpy.ops.pastiche.apply_recipe(card=card.name)


@pytest.mark.parametrize(
    ("before", "after"), [('"engine": "mesh"', '"engine": "hand"'), ('"wrinkles": 1.5', '"background": "SKY"')]
)
def test_a_strange_recipe_changes_no_keys(two, before, after):
    card, other = two
    assert before in card.pastiche.recipe
    card.pastiche.recipe = card.pastiche.recipe.replace(before, after)
    with pytest.raises(RuntimeError):
        bpy.ops.pastiche.apply_recipe(card=card.name, target=other.name)
    assert other.animation_data is None


def test_a_recipe_is_copied(two):
    card, _ = two
    assert bpy.ops.pastiche.show_recipe(card=card.name) == {'FINISHED'}
    room_text = bpy.data.texts[f"Recipe of {card.name}"].as_string()
    assert room_text == card.pastiche.recipe
    bpy.context.view_layer.objects.active = card
    assert bpy.ops.pastiche.copy_recipe() == {'FINISHED'}
