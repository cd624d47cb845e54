# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cancel what is running; finished frames stay."""

import bpy

from ..bridge.drag_commands import Pause
from ..scene import jobs
from ..scene.drag import session
from .reporting import Reporting


class PASTICHE_OT_cancel(Reporting, bpy.types.Operator):
    """Stop the running jobs; finished frames stay and rendering again goes on from them"""

    bl_idname = "pastiche.cancel"
    bl_label = "Cancel"
    bl_options = {'INTERNAL'}

    @classmethod
    def poll(cls, _context):
        """Only while something runs: Esc keeps its other meanings."""
        running = session.current()
        return bool(jobs.open_jobs()) or running is not None and running.is_dragging

    def run(self, _context):
        """Ask each job to stop."""
        running = session.current()
        if running is not None and running.is_dragging:
            running.say(Pause())
        for job in jobs.open_jobs():
            jobs.cancel(job)
