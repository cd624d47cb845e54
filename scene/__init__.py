# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender data in and out."""


def register():
    """Give objects their card data and listen to file loading."""
    from . import live, pose_library, properties, ticking

    properties.register()
    pose_library.register()
    ticking.register()
    live.register()


def unregister():
    """End the worker and leave nothing behind."""
    from . import live, pose_library, properties, ticking

    live.unregister()
    ticking.unregister()
    pose_library.unregister()
    properties.unregister()
