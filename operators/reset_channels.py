# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Put a card's channels back to rest."""

import bpy
from bpy.props import EnumProperty, StringProperty

from ..scene import cards, channels
from .edit_keys import GROUPS
from .reporting import Reporting


class PASTICHE_OT_reset_channels(Reporting, bpy.types.Operator):
    """Put the channels back to rest; keys stay and win again on the next frame"""

    bl_idname = "pastiche.reset_channels"
    bl_label = "Reset Channels"
    bl_options = {'REGISTER', 'UNDO'}

    card: StringProperty(name="Card", options={'SKIP_SAVE'}, description="Name of the card; the chosen one when empty")

    group: EnumProperty(name="Channels", items=GROUPS, options={'SKIP_SAVE'}, description="Which channels")

    def run(self, context):
        """Reset them."""
        channels.reset_channels(cards.card_or_error(context, self.card), "" if self.group == 'ALL' else self.group)
