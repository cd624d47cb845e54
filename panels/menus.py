# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our entries where people look: the Add menu, the menus of images, strips and assets."""

import bpy

from ..operators.capture import PASTICHE_OT_capture
from ..operators.card_from_image import PASTICHE_OT_card_from_image
from ..operators.drive import PASTICHE_OT_drive
from ..operators.export_loop import PASTICHE_OT_export_loop, strip_in_context
from ..operators.pose import PASTICHE_OT_pose_from_asset
from ..operators.render import PASTICHE_OT_render
from ..operators.style_assets import PASTICHE_OT_style_from_asset
from ..scene import cards, compat


def _in_image_add(menu, _context):
    menu.layout.operator_context = 'INVOKE_DEFAULT'
    menu.layout.operator(PASTICHE_OT_card_from_image.bl_idname, text="Pastiche Card", icon='IMAGE_PLANE')


def _in_image(menu, context):
    if context.space_data.image:
        menu.layout.separator()
        menu.layout.operator(PASTICHE_OT_card_from_image.bl_idname, text="Pastiche Card", icon='IMAGE_PLANE')


def _in_strip(menu, context):
    strip = compat.active_strip(compat.sequencer_scene(context))
    if strip is None or strip.type not in {'IMAGE', 'MOVIE'}:
        return
    layout = menu.layout
    layout.separator()
    layout.operator_context = 'INVOKE_DEFAULT'
    if strip.type == 'MOVIE':
        layout.operator(PASTICHE_OT_drive.bl_idname, text="Drive Card", icon='PLAY')
        layout.operator(PASTICHE_OT_capture.bl_idname, text="Capture Face", icon='REC')
    elif strip_in_context(context):
        layout.operator(PASTICHE_OT_export_loop.bl_idname, icon='EXPORT')
    else:
        layout.operator(PASTICHE_OT_card_from_image.bl_idname, text="Pastiche Card", icon='IMAGE_PLANE')


def _in_object(menu, context):
    if cards.is_card(context.active_object):
        layout = menu.layout
        layout.operator_context = 'INVOKE_DEFAULT'
        layout.operator(PASTICHE_OT_drive.bl_idname, text="Drive Card", icon='PLAY')
        layout.operator(PASTICHE_OT_render.bl_idname, icon='RENDER_ANIMATION')
        layout.operator(PASTICHE_OT_export_loop.bl_idname, icon='EXPORT')
        layout.separator()


def _in_asset(menu, context):
    if PASTICHE_OT_style_from_asset.poll(context):
        menu.layout.operator(PASTICHE_OT_style_from_asset.bl_idname, icon='BRUSH_DATA')
    elif PASTICHE_OT_pose_from_asset.poll(context):
        menu.layout.operator(PASTICHE_OT_pose_from_asset.bl_idname, icon='USER')


APPENDED = {
    "VIEW3D_MT_image_add": _in_image_add,
    "IMAGE_MT_image": _in_image,
    "SEQUENCER_MT_strip": _in_strip,
    "SEQUENCER_MT_context_menu": _in_strip,
    "ASSETBROWSER_MT_context_menu": _in_asset,
}
PREPENDED = {"VIEW3D_MT_object_context_menu": _in_object}


def register():
    """Add the entries."""
    for name, draw in APPENDED.items():
        getattr(bpy.types, name).append(draw)
    for name, draw in PREPENDED.items():
        getattr(bpy.types, name).prepend(draw)


def unregister():
    """Take them away."""
    for name, draw in (APPENDED | PREPENDED).items():
        getattr(bpy.types, name).remove(draw)
