# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make a card live: its channels deform the picture in the viewport, without rendering."""

import bpy
from bpy.props import StringProperty

from ..scene import cards, jobs, requests
from ..scene.job_results import LiveResult
from .reporting import FollowingJob


def live(card) -> jobs.Job:
    """Start making a card live; about a second. Raises InputError, StorageError, WorkerError."""
    cards.make_own(card)
    request = requests.live_request(card)
    return jobs.submit(request, f"Live {card.name}", card.pastiche.uid, on_done=LiveResult().write)


class PASTICHE_OT_live(FollowingJob, bpy.types.Operator):
    """Let the channels deform the picture in the viewport, without rendering; again after its face was placed anew"""

    bl_idname = "pastiche.live"
    bl_label = "Make Live"
    bl_options = {'REGISTER'}

    card: StringProperty(name="Card", options={'SKIP_SAVE'}, description="Name of the card; the chosen one when empty")

    def run(self, context):
        """Start."""
        return self.follow(live(cards.card_or_error(context, self.card)))
