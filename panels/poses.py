# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The poses as pictures with a button each: one click keys one on the card."""

import bpy

from ..operators.pose import PASTICHE_OT_pose, PASTICHE_OT_pose_assets
from ..operators.save_pose import PASTICHE_OT_add_pose, PASTICHE_OT_open_poses, PASTICHE_OT_save_pose
from ..scene import pose_library

COLUMN_PIXELS = 90  # of an interface of scale 1


def draw_poses(layout, context) -> None:
    """The library, as many in a row as fit, and what keeps and shares poses."""
    scale = context.preferences.system.ui_scale
    columns = max(2, int(context.region.width / (COLUMN_PIXELS * scale)))
    grid = layout.grid_flow(row_major=True, columns=columns, even_columns=True, even_rows=True, align=True)
    for entry in pose_library.poses().values():
        cell = grid.column(align=True)
        cell.template_icon(icon_value=pose_library.thumbnail(entry) or _no_picture(), scale=3.6)
        cell.operator(PASTICHE_OT_pose.bl_idname, text=entry.pose.name).pose = entry.key
    row = layout.row(align=True)
    row.operator(PASTICHE_OT_save_pose.bl_idname, icon='ADD')
    row.operator(PASTICHE_OT_add_pose.bl_idname, text="", icon='IMPORT')
    row.operator(PASTICHE_OT_open_poses.bl_idname, text="", icon='FILE_FOLDER')
    row.operator(PASTICHE_OT_pose_assets.bl_idname, text="", icon='ASSET_MANAGER')


def _no_picture() -> int:
    return bpy.types.UILayout.bl_rna.functions["prop"].parameters["icon"].enum_items['USER'].value
