# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keep a drag as an expression of the card: a slider that mixes with others and takes keys; or take one away again."""

import bpy
from bpy.props import BoolProperty, StringProperty

from ..scene import cards
from ..scene.drag import expressions
from .drag_session import FollowingSession
from .reporting import Reporting


class PASTICHE_OT_keep_expression(FollowingSession, bpy.types.Operator):
    """Keep what the drags made of the picture as an expression of the card, with a slider that can be keyed"""

    bl_idname = "pastiche.keep_expression"
    bl_label = "Keep Expression"
    bl_options = {'REGISTER'}

    name: StringProperty(name="Name", default="smile", options={'SKIP_SAVE'}, description="Of the channel drag:<name>")
    as_animation: BoolProperty(
        name="As Animation",
        options={'SKIP_SAVE'},
        description="Also key the way of the drag from the current frame on, a frame for each step",
    )

    def invoke(self, context, _event):
        """Ask for the name."""
        return context.window_manager.invoke_props_dialog(self)

    def run(self, context):
        """Keep it."""
        card = self.chosen(context)
        start = context.scene.frame_current if self.as_animation else None
        return self.follow(expressions.keep(card, self.name, start))


class PASTICHE_OT_remove_expression(Reporting, bpy.types.Operator):
    """Take a kept expression and its sliders off the card"""

    bl_idname = "pastiche.remove_expression"
    bl_label = "Remove Expression"
    bl_options = {'REGISTER', 'UNDO'}

    card: StringProperty(name="Card", options={'SKIP_SAVE'}, description="Name of the card; the chosen one when empty")
    name: StringProperty(name="Name", options={'SKIP_SAVE'}, description="Which expression")

    def run(self, context):
        """Remove it."""
        expressions.remove(cards.card_or_error(context, self.card), self.name)


classes = (PASTICHE_OT_keep_expression, PASTICHE_OT_remove_expression)
