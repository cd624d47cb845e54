# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Drag tool in the image editor's toolbar, with its keys."""

import bpy

from ..operators.drag_mask import PASTICHE_OT_drag_lasso
from ..operators.drag_points import PASTICHE_OT_drag_point, PASTICHE_OT_drag_remove_point
from ..operators.drag_run import PASTICHE_OT_drag_run
from ..operators.drag_session import TOOL
from ..scene import compat
from ..scene.drag.picture import card_of_picture

CLICK = {"type": 'LEFTMOUSE', "value": 'PRESS'}


class PASTICHE_TOOL_drag(bpy.types.WorkSpaceTool):
    """The tool."""

    bl_idname = TOOL
    bl_label = "Drag Points"
    bl_description = (
        "Click a point of the picture, then where it shall go.\n"
        "Drag either end to move it. Space starts and stops, X removes a point.\n"
        "Shift draws a lasso around what may move, Shift Alt around what is held"
    )
    bl_icon = "ops.transform.translate"
    bl_space_type = 'IMAGE_EDITOR'
    bl_context_mode = 'VIEW'
    bl_keymap = (
        (PASTICHE_OT_drag_point.bl_idname, CLICK, None),
        (PASTICHE_OT_drag_point.bl_idname, {**CLICK, "ctrl": True}, None),
        (PASTICHE_OT_drag_lasso.bl_idname, {**CLICK, "shift": True}, None),
        (PASTICHE_OT_drag_lasso.bl_idname, {**CLICK, "shift": True, "alt": True}, {"properties": [("hold", True)]}),
        (PASTICHE_OT_drag_remove_point.bl_idname, {"type": 'X', "value": 'PRESS'}, None),
        (PASTICHE_OT_drag_remove_point.bl_idname, {"type": 'DEL', "value": 'PRESS'}, None),
        (PASTICHE_OT_drag_run.bl_idname, {"type": 'SPACE', "value": 'PRESS'}, None),
    )

    @staticmethod
    def draw_settings(context, layout, _tool):
        """In the tool header."""
        card = card_of_picture(context.space_data.image, context.scene)
        if card:
            layout.prop(card.pastiche.drag, "snap")
            layout.prop(card.pastiche.drag, "use_mask")


def register() -> None:
    """Add the tool, where there is a toolbar."""
    if not compat.is_background():
        bpy.utils.register_tool(PASTICHE_TOOL_drag, separator=True)


def unregister() -> None:
    """Take it away."""
    if not compat.is_background():
        bpy.utils.unregister_tool(PASTICHE_TOOL_drag)
