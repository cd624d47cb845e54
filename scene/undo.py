# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Undo steps for what a timer wrote: Blender makes none by itself, and the next undo would take our change along."""

import bpy


def push_undo(message: str) -> None:
    """End one undo step; quiet where there is no undo."""
    windows = bpy.context.window_manager.windows
    if not windows:
        return
    with bpy.context.temp_override(window=windows[0]):
        if bpy.ops.ed.undo_push.poll():
            bpy.ops.ed.undo_push(message=message)
