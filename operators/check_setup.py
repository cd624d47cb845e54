# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Say what works on this computer and what is missing."""

import bpy

from ..scene import setup_check
from .reporting import Reporting


class PASTICHE_OT_check_setup(Reporting, bpy.types.Operator):
    """Look at the worker, the engines, the folders and the network, and say what to do about what is missing"""

    bl_idname = "pastiche.check_setup"
    bl_label = "Check Setup"
    bl_options = {'REGISTER'}

    def run(self, _context):
        """Check, and tell in the console as well."""
        findings = setup_check.check()
        for finding in findings:
            print(f"Pastiche: {finding.subject}: {finding.text}")
        bad = [finding.subject for finding in findings if not finding.is_good]
        self.report({'INFO'}, f"See to: {', '.join(bad)}" if bad else "Everything works")
