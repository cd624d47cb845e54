# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pastiche: portraits as instruments, played by keyframes.

Blender decides (operators, panels, scene), the bridge carries, the worker computes (inference, vendor), the scene
receives. Nothing is imported before `register()`, so that the worker and the tests may share this folder without bpy.
"""

ROOMS = ("scene", "operators", "panels")  # in the order of registration


def _rooms():
    from importlib import import_module

    return [import_module(f".{name}", __package__) for name in ROOMS]


def register():
    """Register every room, in order."""
    for room in _rooms():
        room.register()


def unregister():
    """Unregister every room, in the exact reverse order."""
    for room in reversed(_rooms()):
        room.unregister()
