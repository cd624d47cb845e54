# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every difference between the versions of bpy we support, 4.2 to 5.2, and nothing else.

4.4 gave actions slots and layers, 5.0 took `action.fcurves`, `sequences` and `id["property"]` of registered
properties away, 5.1 renamed the times of strips. Callers read as if there were one Blender.
"""

import bpy
import numpy as np

VERSION = bpy.app.version
_INTERPOLATION = {'CONSTANT': 0, 'LINEAR': 1, 'BEZIER': 2}


def is_background() -> bool:
    """Whether nobody looks on: timers never fire, and `invoke` is never called."""
    return bpy.app.background


def has_audio() -> bool:
    """Whether this build plays sound; the 4.2 module does not."""
    return bool(bpy.app.build_options.audaspace)


# --- properties

# From 4.5 a path property must say that it understands '//', or warns when it gets one.
RELATIVE_PATH = {'PATH_SUPPORTS_BLEND_RELATIVE'} if VERSION >= (4, 5, 0) else set()


# --- sequencer


def strips(editor):
    """The strips of a sequence editor, those inside metastrips left out."""
    return editor.strips if hasattr(editor, "strips") else editor.sequences


def strips_all(editor):
    """The strips of a sequence editor with those inside metastrips."""
    return editor.strips_all if hasattr(editor, "strips_all") else editor.sequences_all


def active_strip(scene):
    """The active strip of a scene, or None."""
    return scene.sequence_editor.active_strip if scene.sequence_editor else None


def strip_content_start(strip) -> float:
    """The frame on which the first picture of the strip's content would be shown."""
    return strip.content_start if hasattr(strip, "content_start") else strip.frame_start


def set_strip_content_start(strip, frame: float) -> None:
    """Move a strip so that its content starts on `frame`."""
    if hasattr(strip, "content_start"):
        strip.content_start = frame
    else:
        strip.frame_start = frame


def strip_range(strip) -> tuple[int, int]:
    """First frame of a strip, and the first frame after it."""
    if hasattr(strip, "left_handle"):
        return strip.left_handle, strip.right_handle
    return strip.frame_final_start, strip.frame_final_end


def trim_strip(strip, start: int, end: int) -> None:
    """Trim a strip with its handles: `end` is the first frame after it."""
    if hasattr(strip, "left_handle"):
        strip.left_handle, strip.right_handle = start, end
    else:
        strip.frame_final_start, strip.frame_final_end = start, end


def strip_offsets(strip) -> tuple[float, float]:
    """Frames trimmed from the start and from the end of a strip."""
    if hasattr(strip, "left_handle_offset"):
        return strip.left_handle_offset, strip.right_handle_offset
    return strip.frame_offset_start, strip.frame_offset_end


def strip_content_trims(strip) -> tuple[int, int]:
    """Pictures that a movie strip leaves out at the start and the end of its file, before any handle."""
    if hasattr(strip, "content_trim_start"):
        return strip.content_trim_start, strip.content_trim_end
    return strip.animation_offset_start, strip.animation_offset_end


def sequencer_scene(context):
    """The scene whose strips the sequencer shows; from 5.0 the workspace names it, not the window."""
    return getattr(context, "sequencer_scene", None) or context.scene


def show_in_sequencer(context, scene) -> None:
    """From 5.0 a workspace without a sequencer scene shows no strips: name this one."""
    workspace = getattr(context, "workspace", None)
    if workspace is not None and getattr(workspace, "sequencer_scene", scene) is None:
        workspace.sequencer_scene = scene


# --- animation


def assign_action(datablock, action):
    """Make `action` play `datablock`, with a slot for it where actions have slots."""
    animation = datablock.animation_data or datablock.animation_data_create()
    animation.action = action
    if VERSION >= (4, 4, 0) and animation.action_slot is None:
        fitting = [slot for slot in action.slots if slot.target_id_type == datablock.id_type]
        animation.action_slot = fitting[0] if fitting else action.slots.new(datablock.id_type, datablock.name)


def _bag(action, slot, ensure: bool):
    layer = action.layers[0] if action.layers else (action.layers.new("Layer") if ensure else None)
    if layer is None:
        return None
    strip = layer.strips[0] if layer.strips else (layer.strips.new(type='KEYFRAME') if ensure else None)
    return strip.channelbag(slot, ensure=ensure) if strip else None


def _curve_owner(datablock, ensure: bool):
    """What holds `.fcurves` and `.groups` of a datablock's action: the action, or from 4.4 a channelbag."""
    animation = datablock.animation_data
    if animation is None or animation.action is None:
        if not ensure:
            return None
        assign_action(datablock, bpy.data.actions.new(datablock.name + "Action"))
        animation = datablock.animation_data
    if VERSION < (4, 4, 0):
        return animation.action
    if animation.action_slot is None:
        if not ensure:
            return None
        assign_action(datablock, animation.action)
    return _bag(animation.action, animation.action_slot, ensure)


def curves(datablock) -> list:
    """The animation curves of a datablock's active action."""
    owner = _curve_owner(datablock, ensure=False)
    return list(owner.fcurves) if owner else []


def strip_curves(strip) -> list:
    """The animation curves that an NLA strip plays."""
    if strip.action is None:
        return []
    if VERSION < (4, 4, 0):
        return list(strip.action.fcurves)
    bag = _bag(strip.action, strip.action_slot, ensure=False) if strip.action_slot else None
    return list(bag.fcurves) if bag else []


def find_curve(datablock, path: str):
    """The curve of one property, or None."""
    return next((curve for curve in curves(datablock) if curve.data_path == path), None)


def remove_curve(datablock, path: str) -> None:
    """Take the curve of one property out of the active action, if there is one."""
    curve = find_curve(datablock, path)
    if curve:
        _curve_owner(datablock, ensure=False).fcurves.remove(curve)


def write_curve(datablock, path: str, frames, values, interpolation='LINEAR', group: str = ""):
    """Replace the curve of one property: one key per entry of `frames`.

    frames, values: sequences of numbers of one length.   interpolation: 'CONSTANT', 'LINEAR' or 'BEZIER'.
    10,000 keys take 2 ms this way, `keyframe_insert` needs 200.
    """
    remove_curve(datablock, path)
    owner = _curve_owner(datablock, ensure=True)
    curve = owner.fcurves.new(path)
    points = curve.keyframe_points
    points.add(len(frames))
    points.foreach_set("co", np.stack([frames, values], axis=1).astype(np.float32).ravel())
    points.foreach_set("interpolation", np.full(len(frames), _INTERPOLATION[interpolation], np.int32))
    if group:
        curve.group = owner.groups.get(group) or owner.groups.new(group)
    curve.update()
    return curve


def ensure_curve(datablock, path: str, group: str = ""):
    """The curve of one property in the active action; a new one without keys where there is none."""
    curve = find_curve(datablock, path)
    if curve is None:
        owner = _curve_owner(datablock, ensure=True)
        curve = owner.fcurves.new(path)
        if group:
            curve.group = owner.groups.get(group) or owner.groups.new(group)
    return curve


def push_to_track(datablock, action, name: str, start: int):
    """Put `action` as a strip on a new NLA track of that name, from frame `start`."""
    animation = datablock.animation_data or datablock.animation_data_create()
    track = animation.nla_tracks.new()
    track.name = name
    strip = track.strips.new(name, start, action)
    if VERSION >= (4, 4, 0) and strip.action_slot is None:
        strip.action_slot = next(slot for slot in action.slots if slot.target_id_type == datablock.id_type)
    return strip


def play_in_strip(strip, action) -> None:
    """Let an NLA strip play another action of the same kind."""
    strip.action = action
    if VERSION >= (4, 4, 0) and strip.action_slot is None:
        strip.action_slot = next(iter(action.slots), None)


# --- materials


def use_nodes(material) -> None:
    """Give a material its node tree; from 5.0 it always has one, and asking is deprecated."""
    if VERSION < (5, 0, 0):
        material.use_nodes = True


# --- properties


def overridable(cls: type) -> type:
    """A property group whose properties are kept when a card of another file is overridden. A decorator."""
    for prop in vars(cls).get("__annotations__", {}).values():
        prop.keywords.setdefault("override", {'LIBRARY_OVERRIDABLE'})
    return cls
