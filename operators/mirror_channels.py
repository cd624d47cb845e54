# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mirror a card's face, or let one side do what the other does."""

import bpy
from bpy.props import EnumProperty, StringProperty

from ..scene import cards, mirroring
from .reporting import Reporting

WAYS = (
    ('SWAP', "Swap Sides", "The mirror image of the face and head as they are now"),
    ('TO_RIGHT', "Left to Right", "The subject's right side does what its left side does"),
    ('TO_LEFT', "Right to Left", "The subject's left side does what its right side does"),
)


class PASTICHE_OT_mirror_channels(Reporting, bpy.types.Operator):
    """Mirror the face as it is now, or copy one side to the other; keys stay until you key it"""

    bl_idname = "pastiche.mirror_channels"
    bl_label = "Mirror Channels"
    bl_options = {'REGISTER', 'UNDO'}

    card: StringProperty(name="Card", options={'SKIP_SAVE'}, description="Name of the card; the chosen one when empty")
    way: EnumProperty(name="Way", items=WAYS, description="What becomes of left and right")

    def run(self, context):
        """Mirror it."""
        card = cards.card_or_error(context, self.card)
        if self.way == 'SWAP':
            mirroring.mirror_channels(card)
        else:
            mirroring.copy_side(card, 'Left' if self.way == 'TO_RIGHT' else 'Right')
