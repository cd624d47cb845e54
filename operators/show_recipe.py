# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Show the recipe of what a card or strip shows, as a text."""

import bpy
from bpy.props import StringProperty

from ..bridge.errors import InputError
from ..scene import cards, compat
from ..scene.strips import CARD, RECIPE
from .reporting import Reporting


def recipe_in_context(context, name: str = ""):
    """A card and its recipe, or the active strip and its, when its card is gone. Raises InputError."""
    strip = compat.active_strip(compat.sequencer_scene(context))
    if not name and strip and strip.get(RECIPE) and cards.find_card(strip.get(CARD, "-")) is None:
        return strip, strip[RECIPE]
    card = cards.card_or_error(context, name)
    if not card.pastiche.recipe:
        raise InputError(f"{card.name} has no recipe yet.", "Render the card first.")
    return card, card.pastiche.recipe


def show_recipe(name: str, recipe: str):
    """Put a recipe into a text of this file, and into a text editor if one is open; returns the text."""
    title = f"Recipe of {name}"
    text = bpy.data.texts.get(title) or bpy.data.texts.new(title)
    text.from_string(recipe)
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == 'TEXT_EDITOR':
                area.spaces.active.text = text
    return text


class PASTICHE_OT_show_recipe(Reporting, bpy.types.Operator):
    """Show the recipe of the frames in a text: every input by its hash, every setting, all versions"""

    bl_idname = "pastiche.show_recipe"
    bl_label = "Show Recipe"
    bl_options = {'REGISTER', 'UNDO'}

    card: StringProperty(name="Card", options={'SKIP_SAVE'}, description="Name of the card; the chosen one when empty")

    def run(self, context):
        """Make the text."""
        owner, recipe = recipe_in_context(context, self.card)
        text = show_recipe(owner.name, recipe)
        self.report({'INFO'}, f'The recipe is in the text "{text.name}"')
