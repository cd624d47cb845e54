# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Let the scene show colors as they are in the picture: view transform Standard instead of a filmic one."""

import bpy

from .reporting import Reporting


def shows_as_painted(scene) -> bool:
    """Whether the scene's colors come out as they are in the picture."""
    return scene.view_settings.view_transform in {'Standard', 'Raw'}


class PASTICHE_OT_show_as_painted(Reporting, bpy.types.Operator):
    """Set the scene's view transform to Standard, so that cards and strips keep the colors of their pictures"""

    bl_idname = "pastiche.show_as_painted"
    bl_label = "Show Colors as Painted"
    bl_options = {'REGISTER', 'UNDO'}

    def run(self, context):
        """Set it."""
        context.scene.view_settings.view_transform = 'Standard'
