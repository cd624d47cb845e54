# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Point at the file with an engine's weights, or go where its authors publish them."""

from pathlib import Path

import bpy
from bpy.props import StringProperty

from ..bridge.catalogue import ENGINES
from ..bridge.errors import InputError
from ..scene import cards, compat
from .reporting import Reporting


class PASTICHE_OT_choose_weights(Reporting, bpy.types.Operator):
    """Choose the file with the weights of the card's engine"""

    bl_idname = "pastiche.choose_weights"
    bl_label = "Choose Weights"
    bl_options = {'REGISTER', 'UNDO'}

    filepath: StringProperty(
        name="File", subtype='FILE_PATH', options={'SKIP_SAVE'} | compat.RELATIVE_PATH, description="Checkpoint to use"
    )
    card: StringProperty(name="Card", options={'SKIP_SAVE'}, description="Name of the card; the chosen one when empty")
    filter_glob: StringProperty(default="*.pth;*.tar;*.pt;*.ckpt;*.safetensors", options={'HIDDEN', 'SKIP_SAVE'})

    def invoke(self, context, _event):
        """Ask for the file."""
        context.window_manager.fileselect_add(self)
        return {'RUNNING_MODAL'}

    def run(self, context):
        """Remember it on the card; the worker looks into it when it renders."""
        settings = cards.card_or_error(context, self.card).pastiche
        group = getattr(settings, settings.engine, None)
        if not hasattr(group, "weights"):
            raise InputError(f"The engine {settings.engine} needs no weights.", "Choose another engine first.")
        if not Path(bpy.path.abspath(self.filepath)).is_file():
            raise InputError(f"There is no file {self.filepath}.", "Choose the file itself.")
        group.weights = self.filepath


class PASTICHE_OT_find_weights(Reporting, bpy.types.Operator):
    """Open the page on which the authors of the card's engine say where its weights are"""

    bl_idname = "pastiche.find_weights"
    bl_label = "Where to Get Them"
    bl_options = {'INTERNAL'}

    card: StringProperty(name="Card", options={'SKIP_SAVE'}, description="Name of the card; the chosen one when empty")

    def run(self, context):
        """Show it in the web browser."""
        engine = ENGINES.get(cards.card_or_error(context, self.card).pastiche.engine)
        if engine is None or not engine.weights_page:
            raise InputError("This engine needs no weights.", "Choose another engine first.")
        bpy.ops.wm.url_open(url=engine.weights_page)
