# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Say that the actor's face is at rest on this frame: every expression of the take is measured from there."""

import bpy
from bpy.props import StringProperty

from ..scene import cards, jobs, requests
from ..scene.job_results import NeutralResult
from .reporting import FollowingJob


def neutral_here(scene, card) -> jobs.Job:
    """Start measuring the take that plays on the current frame from here; the footage is not read again.

    Raises InputError, BusyError, StorageError, WorkerError.
    """
    jobs.refuse_if_busy(card)
    action, request = requests.neutral_request(card)
    result = NeutralResult(scene.session_uid, action.name)
    return jobs.submit(request, f"Neutral {action.name}", card.pastiche.uid, on_done=result.write)


class PASTICHE_OT_neutral_here(FollowingJob, bpy.types.Operator):
    """Take the actor's face on this frame as the one at rest; keys are made anew, those of before stay as a take"""

    bl_idname = "pastiche.neutral_here"
    bl_label = "Set Neutral Here"
    bl_options = {'REGISTER'}

    card: StringProperty(name="Card", options={'SKIP_SAVE'}, description="Name of the card; the chosen one when empty")

    def run(self, context):
        """Start."""
        return self.follow(neutral_here(context.scene, cards.card_or_error(context, self.card)))
