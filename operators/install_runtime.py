# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Install what the neural engines need, in a folder of the artist's; Blender's Python stays as it is."""

import os
import sys
import time
from pathlib import Path

import bpy
from bpy.props import StringProperty

from ..bridge.errors import RuntimeMissingError
from ..scene import compat, extension, installation, ticking
from .reporting import Reporting


def suggested_folder() -> Path:
    """Where programs of this system keep such things."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home())) / "Pastiche"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Pastiche"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "pastiche"


class PASTICHE_OT_install_runtime(Reporting, bpy.types.Operator):
    """Download PyTorch and a Python of its own for the engines with a network, or bring them up to date"""

    bl_idname = "pastiche.install_runtime"
    bl_label = "Install Neural Engines"
    bl_options = {'REGISTER'}

    folder: StringProperty(
        name="Folder",
        subtype='DIR_PATH',
        options=compat.RELATIVE_PATH | {'SKIP_SAVE'},
        description="Where to; the folder of the preferences when empty",
    )

    def invoke(self, context, _event):
        """Ask where to, unless Blender is offline anyway."""
        if not bpy.app.online_access:
            return self.execute(context)
        preferences = extension.preferences()
        self.folder = preferences.downloads or str(suggested_folder())
        return context.window_manager.invoke_props_dialog(self, width=420)

    def draw(self, _context):
        """The folder, and what will be in it."""
        self.layout.prop(self, "folder")
        self.layout.label(text="About 1 GB, or 5 GB with a graphics card. It stays when Pastiche is uninstalled.")

    def run(self, _context):
        """Start; a thread goes on. In background, wait for its end."""
        if not bpy.app.online_access:
            what = "Blender is set to stay offline."
            raise RuntimeMissingError(what, "Allow Online Access in the preferences, System, Network.")
        if self.folder:
            extension.preferences().downloads = self.folder
        running = installation.start()
        if not compat.is_background():
            ticking.start()
            return
        while running.is_running:
            time.sleep(0.1)
        if running.error:
            raise running.error


class PASTICHE_OT_cancel_install(Reporting, bpy.types.Operator):
    """Stop installing; what has been downloaded is kept for another time"""

    bl_idname = "pastiche.cancel_install"
    bl_label = "Cancel"
    bl_options = {'INTERNAL'}

    def run(self, _context):
        """Stop."""
        if installation.latest:
            installation.latest.cancel()
