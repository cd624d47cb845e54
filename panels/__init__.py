# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person sees."""


def _classes():
    from . import card, drag, dropped_files, preferences, style

    return (*preferences.classes, *card.classes, *style.classes, *drag.classes, *dropped_files.classes)


def register():
    """Register the preferences, the panels and the line in the status bar."""
    import bpy

    from . import drag_overlay, drag_tool, face_overlay, live_picture, menus, translations
    from .progress import draw_in_status_bar

    translations.register()
    live_picture.register()
    for cls in _classes():
        bpy.utils.register_class(cls)
    drag_tool.register()
    drag_overlay.register()
    face_overlay.register()
    menus.register()
    bpy.types.STATUSBAR_HT_header.append(draw_in_status_bar)


def unregister():
    """Take them away, in the exact reverse order."""
    import bpy

    from . import drag_overlay, drag_tool, face_overlay, live_picture, menus, translations
    from .progress import draw_in_status_bar

    bpy.types.STATUSBAR_HT_header.remove(draw_in_status_bar)
    menus.unregister()
    face_overlay.unregister()
    drag_overlay.unregister()
    drag_tool.unregister()
    for cls in reversed(_classes()):
        bpy.utils.unregister_class(cls)
    live_picture.unregister()
    translations.unregister()
