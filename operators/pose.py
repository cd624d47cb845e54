# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Key a pose of the library on a card, eased in and out."""

import bpy
from bpy.props import BoolProperty, FloatProperty, IntProperty, StringProperty

from ..bridge.errors import InputError
from ..scene import cards, live, pose_assets, pose_keys, pose_library
from ..scene.footage import scene_rate
from .reporting import HIDDEN, Reporting


class KeyingPose(Reporting):
    """What keying a pose asks for."""

    card: StringProperty(name="Card", options=HIDDEN, description="Name of the card; the chosen one when empty")
    strength: FloatProperty(
        name="Strength", default=1.0, min=0.0, max=2.0, subtype='FACTOR', description="How much of the pose is taken"
    )
    hold: IntProperty(
        name="Hold", default=12, min=0, soft_max=100, options={'SKIP_SAVE'}, description="Frames for which it is held"
    )
    release: BoolProperty(
        name="Ease Out", default=True, description="Go back to what was keyed before; else the pose stays"
    )

    def key(self, context, pose) -> None:
        """Key a pose on the current frame."""
        card, scene = cards.card_or_error(context, self.card), context.scene
        frame, rate = scene.frame_current, float(scene_rate(scene))
        hold = max(self.hold, round(pose.seconds * rate))
        last = pose_keys.key_pose(card, pose, frame, rate, self.strength, hold, self.release)
        live.replay(scene)
        self.report({'INFO'}, f"Keyed {pose.name} up to frame {last}")


class PASTICHE_OT_pose(KeyingPose, bpy.types.Operator):
    """Key this pose on the current frame: eased in before it, held, eased out"""

    bl_idname = "pastiche.pose"
    bl_label = "Pose"
    bl_options = {'REGISTER', 'UNDO'}

    pose: StringProperty(name="Pose", description="Name of the pose's file")

    @classmethod
    def description(cls, _context, properties):
        """What the pose itself says."""
        entry = pose_library.poses().get(properties.pose)
        return f"{entry.pose.description or entry.pose.name}. {cls.__doc__}" if entry else cls.__doc__

    def run(self, context):
        """Key it."""
        self.key(context, pose_library.find_pose(self.pose).pose)


class PASTICHE_OT_pose_from_asset(KeyingPose, bpy.types.Operator):
    """Key the pose asset that is chosen in the asset browser on the card"""

    bl_idname = "pastiche.pose_from_asset"
    bl_label = "Pose Card"
    bl_options = {'REGISTER', 'UNDO'}

    @classmethod
    def poll(cls, context):
        """Only for an action of this file."""
        asset = getattr(context, "asset", None)
        return asset is not None and isinstance(asset.local_id, bpy.types.Action)

    def run(self, context):
        """Key it."""
        if not self.poll(context):
            raise InputError("No pose asset of this file is chosen.", "Append it from its library first.")
        self.key(context, pose_assets.pose_of_action(context.asset.local_id))


class PASTICHE_OT_pose_assets(Reporting, bpy.types.Operator):
    """Put every pose into this file as an asset, an action with a thumbnail, for the asset browser"""

    bl_idname = "pastiche.pose_assets"
    bl_label = "Poses as Assets"
    bl_options = {'REGISTER', 'UNDO'}

    def run(self, context):
        """Make them."""
        rate = float(scene_rate(context.scene))
        made = [pose_assets.make_asset(entry, rate) for entry in pose_library.poses().values()]
        self.report({'INFO'}, f"{len(made)} poses are assets of this file")
