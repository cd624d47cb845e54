# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender data in and out."""


def register():
    """Give objects their card data and listen to file loading."""
    from . import properties, ticking

    properties.register()
    ticking.register()


def unregister():
    """End the worker and leave nothing behind."""
    from . import properties, ticking

    ticking.unregister()
    properties.unregister()
