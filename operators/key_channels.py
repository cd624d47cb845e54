# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Key a card's channels on the current frame, all of them or a group, and the same as Blender's keying sets."""

import bpy
from bpy.props import EnumProperty, StringProperty

from ..scene import cards, channels
from .edit_keys import GROUPS
from .reporting import Reporting


class PASTICHE_OT_key_channels(Reporting, bpy.types.Operator):
    """Key the channels as they are now, on the current frame"""

    bl_idname = "pastiche.key_channels"
    bl_label = "Key Channels"
    bl_options = {'REGISTER', 'UNDO'}

    card: StringProperty(name="Card", options={'SKIP_SAVE'}, description="Name of the card; the chosen one when empty")
    group: EnumProperty(name="Channels", items=GROUPS, options={'SKIP_SAVE'}, description="Which channels")

    def run(self, context):
        """Key them."""
        card = cards.card_or_error(context, self.card)
        for channel in channels.channels_in(card, "" if self.group == 'ALL' else self.group):
            path = channels.data_path(channel.name)
            card.keyframe_insert(path, frame=context.scene.frame_current, group=channel.group)


def _keying_set(name: str, label: str, group: str) -> type:
    """A keying set of the channels of a group, for the chosen cards; all channels when the group is empty."""

    def poll(_info, context):
        return any(cards.is_card(thing) for thing in context.selected_objects or ())

    def iterator(info, context, keying_set):
        for thing in context.selected_objects:
            if cards.is_card(thing):
                info.generate(context, keying_set, thing)

    def generate(_info, _context, keying_set, card):
        for channel in channels.channels_in(card, group):
            path = channels.data_path(channel.name)
            keying_set.paths.add(card, path, group_method='NAMED', group_name=channel.group)

    about = f"Keyframes on the {label.lower()} of the selected cards"
    return type(
        name,
        (bpy.types.KeyingSetInfo,),
        {
            "__doc__": about,
            "bl_idname": name,
            "bl_label": f"Card: {label}",
            "bl_description": about,
            "poll": poll,
            "iterator": iterator,
            "generate": generate,
        },
    )


keying_sets = (
    _keying_set("PASTICHE_KS_all", "All Channels", ""),
    *(_keying_set(f"PASTICHE_KS_{name.lower()}", f"{name} Channels", name) for name, _, _ in GROUPS[1:]),
)
