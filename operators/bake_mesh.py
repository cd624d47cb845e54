# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bake a live card into a plain mesh that plays without the add-on."""

from pathlib import Path

import bpy
from bpy.props import StringProperty

from ..scene import bake, cards, compat, requests, storage
from .reporting import Reporting


class PASTICHE_OT_bake_mesh(Reporting, bpy.types.Operator):
    """Make a plain mesh with shape keys, keyframes and packed pictures, which plays without this extension"""

    bl_idname = "pastiche.bake_mesh"
    bl_label = "Bake to Mesh"
    bl_options = {'REGISTER', 'UNDO'}

    card: StringProperty(name="Card", options={'SKIP_SAVE'}, description="Name of the card; the chosen one when empty")
    filepath: StringProperty(
        name="File",
        subtype='FILE_PATH',
        options={'SKIP_SAVE'} | compat.RELATIVE_PATH,
        description="A .blend to write the mesh into as well; none when empty",
    )

    def run(self, context):
        """Bake it, hide the card behind it, and select it."""
        card = cards.card_or_error(context, self.card)
        baked = bake.bake_mesh(card, *requests.render_range(card, context.scene))
        cards.make_active(context.view_layer, baked)
        card.hide_set(True, view_layer=context.view_layer)
        if self.filepath:
            bake.write_blend(baked, Path(storage.from_stored(self.filepath)))
        self.report({'INFO'}, f"Made {baked.name}; its card is hidden behind it")
