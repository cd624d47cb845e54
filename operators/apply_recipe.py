# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Give the recipe of one card to others: its keys, its engine and the engine's settings, each on its own picture."""

from pathlib import Path

import bpy
from bpy.props import StringProperty

from ..bridge.errors import InputError
from ..bridge.requests import RenderRequest
from ..scene import cards, jobs, keyframes, live
from ..scene.engine_settings import apply_settings
from ..scene.motion import read_channels, read_take
from ..scene.recipes import read_recipe_text
from .render import render
from .reporting import HIDDEN, FollowingJob, Reporting
from .show_recipe import recipe_in_context


def apply_recipe(scene, card, name: str, recipe: str) -> jobs.Job:
    """Key a card with the motion of a recipe, set its engine, and start rendering the same frames.

    name: of the action.   Raises InputError when the recipe is damaged or its motion gone, else as `render` does.
    """
    request = read_recipe_text(recipe).request
    if not isinstance(request, RenderRequest):
        raise InputError("This recipe renders no card.", "Choose a card that was driven or rendered.")
    if not hasattr(card.pastiche, request.engine):
        raise InputError(f"There is no engine {request.engine[:40]!r}.", "Choose another recipe.")
    jobs.refuse_if_busy(card)
    cards.make_own(card)
    motion = Path(request.motion)
    frames, values = read_channels(motion, request.first)
    apply_settings(getattr(card.pastiche, request.engine), request.settings)
    card.pastiche.engine = request.engine
    keyframes.write_action(card, name, frames, values, read_take(motion))
    live.replay(scene)
    return render(scene, card, request.first, request.last)


class PASTICHE_OT_apply_recipe(FollowingJob, bpy.types.Operator):
    """Play the other selected cards as this one: the same keys, engine and settings, each with its own picture"""

    bl_idname = "pastiche.apply_recipe"
    bl_label = "Apply to Other Cards"
    bl_options = {'REGISTER', 'UNDO'}

    card: StringProperty(name="Card", options=HIDDEN, description="Name of the card; the chosen one when empty")
    target: StringProperty(
        name="Target", options={'SKIP_SAVE'}, description="Name of the card that gets it; all selected ones when empty"
    )

    def run(self, context):
        """Start rendering each."""
        owner, recipe = recipe_in_context(context, self.card)
        if self.target:
            targets = [cards.card_or_error(context, self.target)]
        else:
            targets = [thing for thing in context.selected_objects if cards.is_card(thing) and thing != owner]
        if not targets:
            raise InputError("No other card is selected.", "Select the other cards together with this one.")
        for target in targets:
            self.follow(apply_recipe(context.scene, target, owner.name, recipe))


class PASTICHE_OT_copy_recipe(Reporting, bpy.types.Operator):
    """Copy the recipe of the frames, to keep it or to send it"""

    bl_idname = "pastiche.copy_recipe"
    bl_label = "Copy Recipe"
    bl_options = {'INTERNAL'}

    def run(self, context):
        """Put it on the clipboard."""
        context.window_manager.clipboard = recipe_in_context(context)[1]
        self.report({'INFO'}, "The recipe is on the clipboard")
