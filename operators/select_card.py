# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Choose the card to work on: it becomes the active object."""

import bpy
from bpy.props import StringProperty

from ..scene import cards
from .reporting import Reporting


class PASTICHE_OT_select_card(Reporting, bpy.types.Operator):
    """Work on this card: select it and make it the active object"""

    bl_idname = "pastiche.select_card"
    bl_label = "Select Card"
    bl_options = {'REGISTER', 'UNDO', 'INTERNAL'}

    card: StringProperty(name="Card", options={'SKIP_SAVE'}, description="Name of the card")

    def run(self, context):
        """Select it alone."""
        card = cards.card_or_error(context, self.card)
        cards.make_active(context.view_layer, card)
