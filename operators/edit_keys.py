# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Smooth or thin out the keys of a card's channels."""

import bpy
from bpy.props import EnumProperty, FloatProperty, StringProperty

from ..scene import cards, curve_edits, gains
from .reporting import Reporting

GROUPS = (('ALL', "All", "Every channel"), *((group, group, f"The channels of {group}") for group in gains.GROUPS))


class OnKeys(Reporting):
    """An operator on the keys of some channels."""

    card: StringProperty(name="Card", options={'SKIP_SAVE'}, description="Name of the card; the chosen one when empty")
    group: EnumProperty(name="Channels", items=GROUPS, description="Which channels")

    def chosen(self, context):
        """The card, and the group as scene/ names it."""
        return cards.card_or_error(context, self.card), "" if self.group == 'ALL' else self.group


class PASTICHE_OT_smooth_keys(OnKeys, bpy.types.Operator):
    """Calm the channels' keys without delaying them"""

    bl_idname = "pastiche.smooth_keys"
    bl_label = "Smooth Keys"
    bl_options = {'REGISTER', 'UNDO'}

    width: FloatProperty(
        name="Frames", default=1.5, min=0.1, soft_max=12.0, description="How wide a tremble is smoothed out"
    )

    def run(self, context):
        """Smooth them."""
        card, group = self.chosen(context)
        count = curve_edits.smooth_keys(card, self.width, group)
        self.report({'INFO'}, f"Smoothed {count} channels")


class PASTICHE_OT_reduce_keys(OnKeys, bpy.types.Operator):
    """Remove the keys that hardly matter"""

    bl_idname = "pastiche.reduce_keys"
    bl_label = "Reduce Keys"
    bl_options = {'REGISTER', 'UNDO'}

    tolerance: FloatProperty(
        name="Tolerance",
        default=2.0,
        min=0.1,
        soft_max=20.0,
        description="How far the curves may change, against what a capture allows: 1 % of a full expression",
    )

    def run(self, context):
        """Thin them out."""
        card, group = self.chosen(context)
        before, after = curve_edits.reduce_curves(card, self.tolerance, group)
        self.report({'INFO'}, f"{before} keys became {after}")
