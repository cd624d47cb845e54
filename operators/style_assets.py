# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Styles in the asset browser: put there, and taken in hand from there."""

import bpy

from ..bridge.errors import InputError
from ..scene import compat, style_assets, style_packs
from .reporting import Reporting


class PASTICHE_OT_style_assets(Reporting, bpy.types.Operator):
    """Put every exemplar of the style in hand into this file as an asset with its thumbnail, for the asset browser"""

    bl_idname = "pastiche.style_assets"
    bl_label = "Exemplars as Assets"
    bl_options = {'REGISTER', 'UNDO'}

    @classmethod
    def poll(cls, _context):
        """Only with a style."""
        return bool(style_packs.packs())

    def run(self, context):
        """Make them."""
        made = style_assets.make_assets(compat.sequencer_scene(context).pastiche_look.style)
        self.report({'INFO'}, f"{len(made)} exemplars are assets of this file")


class PASTICHE_OT_style_from_asset(Reporting, bpy.types.Operator):
    """Take the style and exemplar of the asset that is chosen in the asset browser in hand"""

    bl_idname = "pastiche.style_from_asset"
    bl_label = "Use Style"
    bl_options = {'REGISTER', 'UNDO'}

    @classmethod
    def poll(cls, context):
        """Only for an exemplar of this file."""
        asset = getattr(context, "asset", None)
        return asset is not None and asset.local_id is not None and style_assets.STYLE in asset.local_id

    def run(self, context):
        """Take it in hand."""
        if not self.poll(context):
            raise InputError("No exemplar of this file is chosen.", "Append the asset from its library first.")
        style, exemplar = style_assets.look_of_asset(context.asset.local_id)
        look = context.scene.pastiche_look
        look.style, look.exemplar, look.use_random = style, exemplar, False
