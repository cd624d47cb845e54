# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Poses as assets: actions of this file that the asset browser shows with the poses' thumbnails.

An action is written and read by way of an object that plays it: from Blender 4.4 on it has slots for that.
"""

from contextlib import contextmanager

import bpy

from ..bridge.channels import CHANNELS, GROUPS
from ..bridge.errors import InputError
from ..bridge.pose_file import Pose, PoseKey
from . import asset_pictures, compat
from .channels import data_path, is_channel_path
from .pose_library import Entry

POSE = "pastiche_pose"  # custom property of an action: times of the pose it was made from
TAG = "Pastiche"


def make_asset(entry: Entry, fps: float):
    """An action with a pose's keys from frame 1 on, marked as asset with its thumbnail; that of before is replaced."""
    name = f"Pose {entry.pose.name}"
    old = bpy.data.actions.get(name)
    if old is not None and old.get(POSE):
        bpy.data.actions.remove(old)
    action = bpy.data.actions.new(name)
    action.use_fake_user = True
    action[POSE] = {"ease_in": entry.pose.ease_in, "ease_out": entry.pose.ease_out, "fps": fps}
    frames = [1 + key.seconds * fps for key in entry.pose.keys]
    with _played(action) as player:
        for channel in map(CHANNELS.get, entry.pose.owned()):
            values = [key.channels.get(channel.name, channel.rest) for key in entry.pose.keys]
            compat.write_curve(player, data_path(channel.name), frames, values, 'BEZIER', channel.group)
    action.asset_mark()
    action.asset_data.description = entry.pose.description
    action.asset_data.tags.new(TAG, skip_if_exists=True)
    asset_pictures.show_picture(action, entry.path.with_suffix(".png"))
    return action


def pose_of_action(action) -> Pose:
    """The pose that an action's channels play, one key per keyed frame. Raises InputError."""
    with _played(action) as player:
        played = {c.data_path[2:-2]: c for c in compat.curves(player) if is_channel_path(c.data_path)}
        frames = sorted({point.co.x for curve in played.values() for point in curve.keyframe_points})
        rows = [{name: curve.evaluate(frame) for name, curve in played.items()} for frame in frames]
    if not frames:
        raise InputError(f"The action {action.name} keys no channel of a card.", "Choose a pose asset of Pastiche.")
    made = action.get(POSE, {})
    fps = float(made.get("fps", 24.0))
    keys = [PoseKey((frame - frames[0]) / fps, row) for frame, row in zip(frames, rows, strict=True)]
    groups = [group for group in GROUPS if {c.name for c in CHANNELS.values() if c.group == group} <= set(played)]
    eases = {name: float(made[name]) for name in ("ease_in", "ease_out") if name in made}
    return Pose(action.name.removeprefix("Pose "), keys, groups=groups, **eases)


@contextmanager
def _played(action):
    """An object that plays an action, for a moment."""
    player = bpy.data.objects.new("Pose", None)
    try:
        compat.assign_action(player, action)
        yield player
    finally:
        bpy.data.objects.remove(player)
