# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Show colors as they are in the picture: no filmic view transform, no light in solid views."""

import bpy

from ..scene import viewports
from .reporting import Reporting


def shows_as_painted(context) -> bool:
    """Whether pictures are seen as they are, in the space one looks at and in renders."""
    has_plain_colors = context.scene.view_settings.view_transform in {'Standard', 'Raw'}
    return has_plain_colors and viewports.shows_as_painted(context.space_data)


class PASTICHE_OT_show_as_painted(Reporting, bpy.types.Operator):
    """Show pictures as they are: view transform Standard, and solid views with textures and without light"""

    bl_idname = "pastiche.show_as_painted"
    bl_label = "Show Colors as Painted"
    bl_options = {'REGISTER', 'UNDO'}

    def run(self, context):
        """Set them."""
        context.scene.view_settings.view_transform = 'Standard'
        viewports.show_as_painted()
