# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""End the background process and start it anew."""

import bpy

from ..scene import jobs, ticking, worker
from ..scene.drag import session as drag
from .reporting import Reporting


class PASTICHE_OT_worker_restart(Reporting, bpy.types.Operator):
    """End the background process and start it again; running jobs stop, their finished frames stay"""

    bl_idname = "pastiche.worker_restart"
    bl_label = "Restart Worker"
    bl_options = {'REGISTER'}

    def run(self, _context):
        """Close and start."""
        drag.close_session()
        jobs.stop_all()
        worker.close()
        worker.client()
        ticking.start()
