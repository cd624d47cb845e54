# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Install what the worker needs, in an environment of its own; Blender's Python stays as it is."""

import time

import bpy

from ..bridge.errors import RuntimeMissingError
from ..scene import compat, installation, ticking
from .reporting import Reporting


class PASTICHE_OT_install_runtime(Reporting, bpy.types.Operator):
    """Download the Python packages of the worker into an environment of its own, in your user folder"""

    bl_idname = "pastiche.install_runtime"
    bl_label = "Install Worker"
    bl_options = {'REGISTER'}

    def run(self, _context):
        """Start; a thread goes on. In background, wait for its end."""
        if not bpy.app.online_access:
            what = "Blender is set to stay offline."
            raise RuntimeMissingError(what, "Allow Online Access in the preferences, System, Network.")
        running = installation.start()
        if not compat.is_background():
            ticking.start()
            return
        while running.is_running:
            time.sleep(0.1)
        if running.error:
            raise running.error


class PASTICHE_OT_cancel_install(Reporting, bpy.types.Operator):
    """Stop installing the worker"""

    bl_idname = "pastiche.cancel_install"
    bl_label = "Cancel"
    bl_options = {'INTERNAL'}

    def run(self, _context):
        """Stop."""
        if installation.latest:
            installation.latest.cancel()
