# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Esc cancels the running jobs, wherever the pointer is, unless an editor has a use of its own for it.

A key of the window's keymap comes last, and the operator's poll lets it pass while nothing runs. A modal operator would
keep Blender from saving automatically for as long as it ran.
"""

import bpy

from .cancel import PASTICHE_OT_cancel

_keys = []


def register():
    """Add the key to the add-on keymaps, which exist only where there is a window manager."""
    keyconfig = bpy.context.window_manager.keyconfigs.addon
    if keyconfig:
        keymap = keyconfig.keymaps.new(name="Window", space_type='EMPTY')
        _keys.append((keymap, keymap.keymap_items.new(PASTICHE_OT_cancel.bl_idname, 'ESC', 'PRESS')))


def unregister():
    """Take the key away."""
    for keymap, item in _keys:
        keymap.keymap_items.remove(item)
    _keys.clear()
