# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all our operators share: errors become reports; jobs are followed by a timer or, without a window, waited for.

An operator of ours writes `run(context)` instead of `execute`; it may raise any PasticheError.
"""

import logging
import traceback

from bpy.props import BoolProperty

from ..bridge.errors import PasticheError
from ..scene import compat, extension, jobs, ticking

HIDDEN = {'HIDDEN', 'SKIP_SAVE'}  # options of a property that scripts set and nobody types
logger = logging.getLogger(__name__)


class Reporting:
    """Turn what `run` raises into a report: an expected error as it is, a bug with the place of its full account."""

    def execute(self, context):
        """Run; never raise."""
        try:
            return self.run(context) or {'FINISHED'}
        except PasticheError as error:
            self.report({'ERROR'}, str(error))
        except Exception:
            logger.exception("%s failed", self.bl_idname)
            self.report({'ERROR'}, f"{self.bl_label} failed. The full account is in {write_account(self.bl_idname)}")
        return {'CANCELLED'}


def write_account(what: str) -> str:
    """Append the exception being handled to our error file; returns the file's path."""
    file = extension.user_folder() / "errors.log"
    with file.open("a", encoding="utf-8") as log:
        log.write(f"{what}, Blender {'.'.join(map(str, compat.VERSION))}\n{traceback.format_exc()}\n")
    return str(file)


class FollowingJob(Reporting):
    """An operator that starts a job on a card.

    In a window it returns at once and a timer goes on; in background, or with `wait`, it returns when all is written.
    """

    wait: BoolProperty(
        name="Wait",
        description="Return when the job has ended, not when it was started",
        options={'HIDDEN', 'SKIP_SAVE'},
    )

    def follow(self, job: jobs.Job):
        """See a started job through; returns the operator's result. Raises the job's error."""
        if not (self.wait or compat.is_background()):
            ticking.start()
            return {'FINISHED'}
        job = jobs.wait_for(job.card_uid)
        for text in job.warnings:
            self.report({'WARNING'}, text)
        if job.error:
            raise job.error
        self.report({'INFO'}, jobs.summary(job))
        return {'FINISHED'} if job.state == 'FINISHED' else {'CANCELLED'}
