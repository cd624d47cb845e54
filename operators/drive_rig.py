# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Let a card play the shape keys of other objects."""

import bpy
from bpy.props import BoolProperty, StringProperty

from ..bridge.errors import InputError
from ..scene import cards, rig_drivers
from .reporting import HIDDEN, Reporting


class PASTICHE_OT_drive_rig(Reporting, bpy.types.Operator):
    """Let the card drive the shape keys of the selected meshes that bear ARKit's names"""

    bl_idname = "pastiche.drive_rig"
    bl_label = "Drive Shape Keys"
    bl_options = {'REGISTER', 'UNDO'}

    card: StringProperty(name="Card", options=HIDDEN, description="Name of the card; the chosen one when empty")
    release: BoolProperty(name="Release", options={'SKIP_SAVE'}, description="Take the drivers away again")

    def run(self, context):
        """Write or remove the drivers."""
        card = cards.card_or_error(context, self.card)
        rigs = [thing for thing in context.selected_objects if thing != card and thing.type in {'MESH', 'LATTICE'}]
        if not rigs:
            raise InputError("No mesh is selected.", "Select the meshes of the rig together with the card.")
        change = rig_drivers.release_shape_keys if self.release else rig_drivers.drive_shape_keys
        changed = {rig.name: change(card, rig) for rig in rigs}
        count = sum(map(len, changed.values()))
        if not count:
            what = f"{', '.join(changed)[:200]}: no shape key is named like a channel, such as jawOpen."
            raise InputError(what, "Rename the shape keys, or choose other meshes.")
        self.report({'INFO'}, f"{count} shape keys {'released' if self.release else 'follow ' + card.name}")
