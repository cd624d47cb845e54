# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Put the style in hand under a card's engine: its portrait is stylized first, and its channels play the look."""

import json

import bpy
from bpy.props import StringProperty

from ..bridge.plain_data import to_plain
from ..scene import cards, style_packs
from ..scene.channels import add_channels
from ..scene.look_settings import styling
from .reporting import Reporting


def wear_style(scene, card) -> None:
    """Let a card wear the scene's look from its next render on. Raises InputError when the style is gone."""
    card.pastiche.styling = json.dumps(to_plain(styling(scene.pastiche_look)))
    add_channels(card)  # it may be older than the channels of styles


class PASTICHE_OT_wear_style(Reporting, bpy.types.Operator):
    """Let the card wear the style in hand: the next render stylizes its portrait first; key Structure, Color and Mix"""

    bl_idname = "pastiche.wear_style"
    bl_label = "Wear Style"
    bl_options = {'REGISTER', 'UNDO'}

    card: StringProperty(name="Card", options={'SKIP_SAVE'}, description="Name of the card; the chosen one when empty")

    @classmethod
    def poll(cls, _context):
        """Only with a style."""
        return bool(style_packs.packs())

    def run(self, context):
        """Write the look on the card."""
        wear_style(context.scene, cards.card_or_error(context, self.card))


class PASTICHE_OT_take_style_off(Reporting, bpy.types.Operator):
    """Let the card be driven as its picture is"""

    bl_idname = "pastiche.take_style_off"
    bl_label = "Take Style Off"
    bl_options = {'REGISTER', 'UNDO'}

    card: StringProperty(name="Card", options={'SKIP_SAVE'}, description="Name of the card; the chosen one when empty")

    def run(self, context):
        """Forget the look."""
        cards.card_or_error(context, self.card).pastiche.styling = ""
