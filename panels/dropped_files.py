# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files dropped into the 3D view: a picture becomes a card, a film drives the card, a take or a pose is taken in.

Pictures and films only while our tab is open, because dropping them means something else to Blender, too.
"""

import bpy

from ..bridge.pose_file import SUFFIX
from ..operators.card_from_image import PASTICHE_OT_card_from_image
from ..operators.drive import PASTICHE_OT_drive
from ..operators.live_link_face import PASTICHE_OT_import_face_csv
from ..operators.save_pose import PASTICHE_OT_add_pose
from ..scene import cards

TAB = "Pastiche"


def _is_our_tab_open(context) -> bool:
    area = context.area
    if area is None or area.type != 'VIEW_3D':
        return False
    sidebars = [region for region in area.regions if region.type == 'UI' and region.width > 1]
    return any(getattr(sidebar, "active_panel_category", "") == TAB for sidebar in sidebars)


class PASTICHE_FH_picture(bpy.types.FileHandler):
    """A picture becomes a card."""

    bl_idname = "PASTICHE_FH_picture"
    bl_label = "Pastiche Card"
    bl_import_operator = PASTICHE_OT_card_from_image.bl_idname
    bl_file_extensions = ".png;.jpg;.jpeg;.webp;.tif;.tiff;.bmp;.exr;.tga"

    @classmethod
    def poll_drop(cls, context):
        """Where our tab is open."""
        return _is_our_tab_open(context)


class PASTICHE_FH_footage(bpy.types.FileHandler):
    """A film drives the card."""

    bl_idname = "PASTICHE_FH_footage"
    bl_label = "Drive Pastiche Card"
    bl_import_operator = PASTICHE_OT_drive.bl_idname
    bl_file_extensions = ".mp4;.mov;.m4v;.mkv;.webm;.avi;.gif"

    @classmethod
    def poll_drop(cls, context):
        """Where our tab is open and a card is chosen."""
        return _is_our_tab_open(context) and cards.chosen_card(context) is not None


class PASTICHE_FH_face_csv(bpy.types.FileHandler):
    """A take of Live Link Face keys the card."""

    bl_idname = "PASTICHE_FH_face_csv"
    bl_label = "Live Link Face Take"
    bl_import_operator = PASTICHE_OT_import_face_csv.bl_idname
    bl_file_extensions = ".csv"

    @classmethod
    def poll_drop(cls, context):
        """Where our tab is open and a card is chosen."""
        return _is_our_tab_open(context) and cards.chosen_card(context) is not None


class PASTICHE_FH_pose(bpy.types.FileHandler):
    """A pose file joins the library."""

    bl_idname = "PASTICHE_FH_pose"
    bl_label = "Pastiche Pose"
    bl_import_operator = PASTICHE_OT_add_pose.bl_idname
    bl_file_extensions = SUFFIX

    @classmethod
    def poll_drop(cls, context):
        """In any 3D view: nothing else wants such a file."""
        return context.area is not None and context.area.type == 'VIEW_3D'


classes = (PASTICHE_FH_picture, PASTICHE_FH_footage, PASTICHE_FH_face_csv, PASTICHE_FH_pose)
