# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Put a card's channels back to rest."""

import bpy
from bpy.props import StringProperty

from ..scene import cards, channels
from .reporting import Reporting


class PASTICHE_OT_reset_channels(Reporting, bpy.types.Operator):
    """Put every channel back to rest; keys stay and win again on the next frame"""

    bl_idname = "pastiche.reset_channels"
    bl_label = "Reset Channels"
    bl_options = {'REGISTER', 'UNDO'}

    card: StringProperty(name="Card", options={'SKIP_SAVE'}, description="Name of the card; the chosen one when empty")

    def run(self, context):
        """Reset them."""
        channels.reset_channels(cards.card_or_error(context, self.card))
