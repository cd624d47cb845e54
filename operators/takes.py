# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes of a card: use one, lay one on the NLA looped, retimed or blended, delete one."""

import bpy
from bpy.props import BoolProperty, FloatProperty, IntProperty, StringProperty

from ..scene import cards, live, takes
from .reporting import Reporting


class OnTake(Reporting):
    """An operator on one take of a card."""

    card: StringProperty(name="Card", options={'SKIP_SAVE'}, description="Name of the card; the chosen one when empty")
    take: StringProperty(name="Take", options={'SKIP_SAVE'}, description="Name of the take's action")

    def card_and_take(self, context):
        """What is meant. Raises InputError."""
        card = cards.card_or_error(context, self.card)
        return card, takes.find_take(card, self.take)

    def play(self, context, card) -> None:
        """Show the current frame as it is played now."""
        card.update_tag()
        live.replay(context.scene)


class PASTICHE_OT_use_take(OnTake, bpy.types.Operator):
    """Let this take play the card; the one that plays now stays in the list"""

    bl_idname = "pastiche.use_take"
    bl_label = "Use Take"
    bl_options = {'REGISTER', 'UNDO'}

    def run(self, context):
        """Make it the active action."""
        card, take = self.card_and_take(context)
        takes.use_take(card, take)
        self.play(context, card)


class PASTICHE_OT_push_take(OnTake, bpy.types.Operator):
    """Lay this take on a track of the Nonlinear Animation editor, once or looped, faster or slower, blended or added"""

    bl_idname = "pastiche.push_take"
    bl_label = "Push Take to NLA"
    bl_options = {'REGISTER', 'UNDO'}

    start: IntProperty(name="Start", options={'SKIP_SAVE'}, description="First frame; the current one when unset")
    repeat: FloatProperty(name="Repeat", default=1.0, min=0.1, soft_max=20.0, description="How often it plays")
    speed: FloatProperty(name="Speed", default=1.0, min=0.05, soft_max=4.0, description="2 plays it twice as fast")
    blend: IntProperty(name="Blend", default=0, min=0, soft_max=50, description="Frames of ease in and out")
    add: BoolProperty(name="Add", description="On top of what plays below, instead of in its place")

    def run(self, context):
        """Make the strip."""
        card, take = self.card_and_take(context)
        start = self.start if self.properties.is_property_set("start") else context.scene.frame_current
        takes.push_take(card, take, start, self.repeat, self.speed, self.blend, self.add)
        self.play(context, card)


class PASTICHE_OT_delete_take(OnTake, bpy.types.Operator):
    """Delete this take; one that plays stays"""

    bl_idname = "pastiche.delete_take"
    bl_label = "Delete Take"
    bl_options = {'REGISTER', 'UNDO'}

    def run(self, context):
        """Remove the action."""
        takes.delete_take(*self.card_and_take(context))
