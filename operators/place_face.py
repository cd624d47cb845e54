# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Say by hand where the face is, for art in which none is found."""

import bpy
from bpy.props import StringProperty

from ..scene import cards, placement
from .reporting import Reporting


class PASTICHE_OT_place_face(Reporting, bpy.types.Operator):
    """Put five points on the card; move them onto eyes, nose tip and mouth corners (right is the subject's right)"""

    bl_idname = "pastiche.place_face"
    bl_label = "Place Face by Hand"
    bl_options = {'REGISTER', 'UNDO'}

    card: StringProperty(name="Card", options={'SKIP_SAVE'}, description="Name of the card; the chosen one when empty")

    def run(self, context):
        """Add the points."""
        placement.place_face(cards.card_or_error(context, self.card))


class PASTICHE_OT_forget_face(Reporting, bpy.types.Operator):
    """Take the five points away: the face is searched for again"""

    bl_idname = "pastiche.forget_face"
    bl_label = "Find Face Automatically"
    bl_options = {'REGISTER', 'UNDO'}

    card: StringProperty(name="Card", options={'SKIP_SAVE'}, description="Name of the card; the chosen one when empty")

    def run(self, context):
        """Remove the points."""
        placement.forget_face(cards.card_or_error(context, self.card))
