# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keep the face of a card as a pose of the library, and take pose files of others into it."""

import bpy
from bpy.props import StringProperty

from ..bridge.errors import InputError
from ..bridge.pose_file import SUFFIX
from ..scene import cards, compat, pose_keys, pose_library, pose_picture, storage
from .reporting import HIDDEN, Reporting


class PASTICHE_OT_save_pose(Reporting, bpy.types.Operator):
    """Save what the card's face does now as a pose: a small file that can be shared"""

    bl_idname = "pastiche.save_pose"
    bl_label = "Save Pose"
    bl_options = {'REGISTER'}

    card: StringProperty(name="Card", options=HIDDEN, description="Name of the card; the chosen one when empty")
    name: StringProperty(name="Name", default="My Pose", description="Name of the pose; one of that name is replaced")
    about: StringProperty(name="Description", options={'SKIP_SAVE'}, description="What the pose shows, for its tooltip")

    def invoke(self, context, _event):
        """Ask for a name."""
        return context.window_manager.invoke_props_dialog(self)

    def run(self, context):
        """Write it."""
        card = cards.card_or_error(context, self.card)
        if not self.name.strip():
            raise InputError("A pose needs a name.", "Type one.")
        pose = pose_keys.pose_of_card(card, self.name.strip(), self.about)
        entry = pose_library.save_pose(pose, pose_picture.shown_face(card, context.scene.frame_current))
        self.report({'INFO'}, f"Saved {entry.path}")


class PASTICHE_OT_add_pose(Reporting, bpy.types.Operator):
    """Take a pose file into the library"""

    bl_idname = "pastiche.add_pose"
    bl_label = "Add Pose File"
    bl_options = {'REGISTER'}

    filepath: StringProperty(
        name="File", subtype='FILE_PATH', options={'SKIP_SAVE'} | compat.RELATIVE_PATH, description="Pose file"
    )
    filter_glob: StringProperty(default=f"*{SUFFIX}", options={'HIDDEN', 'SKIP_SAVE'})

    def invoke(self, context, _event):
        """Ask for the file, unless it was dropped."""
        if self.filepath:
            return self.execute(context)
        context.window_manager.fileselect_add(self)
        return {'RUNNING_MODAL'}

    def run(self, _context):
        """Copy it."""
        entry = pose_library.add_pose(storage.from_stored(self.filepath))
        self.report({'INFO'}, f"Added the pose {entry.pose.name}")


class PASTICHE_OT_open_poses(Reporting, bpy.types.Operator):
    """Open the folder with your poses, to share or delete them"""

    bl_idname = "pastiche.open_poses"
    bl_label = "Open Poses Folder"
    bl_options = {'INTERNAL'}

    def run(self, _context):
        """Show it in the system's file browser."""
        bpy.ops.wm.path_open(filepath=str(pose_library.user_folder()))
