# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the preferences hold; how they look is drawn in panels/preferences.py."""

from bpy.props import EnumProperty, StringProperty

from . import compat


class PreferenceData:
    """Mixed into our AddonPreferences."""

    storage: StringProperty(
        name="Storage",
        subtype='DIR_PATH',
        options=compat.RELATIVE_PATH,
        description="Folder for frames and motion; when empty, a folder beside the saved .blend",
    )
    python: StringProperty(
        name="Python",
        subtype='FILE_PATH',
        options=compat.RELATIVE_PATH,
        description="A Python of yours that runs the worker, with all it needs; when empty, the best of our own",
    )
    downloads: StringProperty(
        name="Downloads",
        subtype='DIR_PATH',
        options=compat.RELATIVE_PATH,
        description="Folder for neural engines and styles, kept when uninstalling; when empty, one that goes with it",
    )
    accepted_licenses: StringProperty(options={'HIDDEN'})
    device: EnumProperty(
        name="Device",
        items=(
            ('AUTO', "Automatic", "The graphics card where there is one"),
            ('CPU', "Processor", "The processor, also where there is a graphics card"),
            ('CUDA', "Graphics Card", "The graphics card; rendering fails where none can be used"),
        ),
        description="What engines with a network run on; the mesh engine needs no graphics card",
    )
