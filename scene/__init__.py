# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender data in and out."""


def register():
    """Give objects their card data and listen to file loading."""
    from . import live, look_settings, mirroring, pose_library, properties, style_packs, ticking

    properties.register()
    pose_library.register()
    style_packs.register()
    look_settings.register()
    ticking.register()
    live.register()
    mirroring.register()


def unregister():
    """End the worker and leave nothing behind."""
    from . import (
        live,
        live_preview,
        look_settings,
        mirroring,
        model_download,
        pose_library,
        properties,
        style_packs,
        ticking,
    )

    live_preview.stop()
    model_download.stop()
    mirroring.unregister()
    live.unregister()
    ticking.unregister()
    look_settings.unregister()
    style_packs.unregister()
    pose_library.unregister()
    properties.unregister()
