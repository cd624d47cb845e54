# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Open what lies outside the panel: a card's folder, the log, our preferences."""

import bpy
from bpy.props import StringProperty

from ..bridge.errors import InputError
from ..scene import cards, extension, storage, worker
from .reporting import Reporting


class PASTICHE_OT_open_folder(Reporting, bpy.types.Operator):
    """Open the folder with the card's frames, motion and recipes"""

    bl_idname = "pastiche.open_folder"
    bl_label = "Open Folder"
    bl_options = {'INTERNAL'}

    card: StringProperty(name="Card", options={'SKIP_SAVE'}, description="Name of the card; the chosen one when empty")

    def run(self, context):
        """Show it in the system's file browser."""
        card = cards.card_or_error(context, self.card)
        folder = storage.known_folder(card)
        if folder is None:
            raise InputError(f"{card.name} has no files yet.", "Capture or render first.")
        bpy.ops.wm.path_open(filepath=str(folder))


class PASTICHE_OT_open_log(Reporting, bpy.types.Operator):
    """Open the log of the background process"""

    bl_idname = "pastiche.open_log"
    bl_label = "Open Log"
    bl_options = {'INTERNAL'}

    def run(self, _context):
        """Show it in the system's text editor."""
        file = worker.log_file()
        if not file.exists():
            raise InputError("There is no log yet.", "It begins when the worker is first started.")
        bpy.ops.wm.path_open(filepath=str(file))


class PASTICHE_OT_open_preferences(Reporting, bpy.types.Operator):
    """Choose the storage folder, the worker's Python and more"""

    bl_idname = "pastiche.open_preferences"
    bl_label = "Pastiche Preferences"
    bl_options = {'INTERNAL'}

    def run(self, _context):
        """Show our page of the preferences."""
        bpy.ops.preferences.addon_show(module=extension.PACKAGE)
