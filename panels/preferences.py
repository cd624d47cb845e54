# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The preferences: where files go, which Python runs the worker, how the worker is."""

import bpy

from ..operators.check_setup import PASTICHE_OT_check_setup
from ..operators.install_runtime import PASTICHE_OT_cancel_install, PASTICHE_OT_install_runtime
from ..operators.open_places import PASTICHE_OT_open_log
from ..operators.worker_restart import PASTICHE_OT_worker_restart
from ..scene import extension, installation, setup_check, worker
from ..scene.preferences import PreferenceData
from .sentences import draw_sentence

STATES = {
    'STOPPED': "The worker is not running; it starts with the first job",
    'STARTING': "The worker is starting",
    'READY': "The worker is ready",
    'LOST': "The worker ended; it starts again with the next job",
}


class PASTICHE_AP_preferences(PreferenceData, bpy.types.AddonPreferences):
    """What is chosen once for all files."""

    bl_idname = extension.PACKAGE

    def draw(self, context):
        """Draw the folder, the Python, and the worker."""
        layout = self.layout
        layout.use_property_split = True
        layout.prop(self, "storage", placeholder="Beside the .blend")
        layout.prop(self, "python", placeholder="The best of our own")
        layout.prop(self, "downloads", placeholder="With the extension")
        layout.prop(self, "device")
        self._draw_installation(layout, context)
        self._draw_setup(layout, context)
        self._draw_worker(layout, context)

    def _draw_installation(self, layout, context):
        running = installation.latest
        row = layout.row()
        if running and running.is_running:
            row.label(text=running.line[:80], icon='SORTTIME')
            row.operator(PASTICHE_OT_cancel_install.bl_idname, icon='CANCEL')
            return
        row.operator(PASTICHE_OT_install_runtime.bl_idname, icon='IMPORT')
        if running and running.error:
            draw_sentence(layout.box(), context, str(running.error), 'ERROR')
        elif running:
            layout.label(text=running.line, icon='CHECKMARK')

    def _draw_setup(self, layout, context):
        box = layout.box()
        box.operator(PASTICHE_OT_check_setup.bl_idname, icon='VIEWZOOM')
        for finding in setup_check.latest:
            icon = 'CHECKMARK' if finding.is_good else 'ERROR'
            draw_sentence(box, context, f"{finding.subject}: {finding.text}", icon)
        if any(not finding.is_good and finding.subject == setup_check.NETWORK for finding in setup_check.latest):
            box.operator("screen.userpref_show", text="Online Access", icon='INTERNET').section = 'SYSTEM'

    def _draw_worker(self, layout, context):
        box = layout.box()
        row = box.row()
        row.label(text=STATES[worker.state()], icon='SYSTEM')
        row.operator(PASTICHE_OT_worker_restart.bl_idname, icon='FILE_REFRESH')
        row.operator(PASTICHE_OT_open_log.bl_idname, icon='TEXT')
        client = worker.running_client()
        if client and client.ready:
            draw_sentence(box, context, f"Devices: {', '.join(client.ready.devices)}")
            draw_sentence(box, context, ", ".join(" ".join(version) for version in client.ready.versions.items()))


classes = (PASTICHE_AP_preferences,)
