# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Invert a card's own picture: find the latent with which its network draws it, so that it can be dragged."""

import bpy
from bpy.props import StringProperty

from ..scene import cards, jobs
from ..scene.drag import inversion, session
from .drag_session import look_at
from .reporting import FollowingJob


def invert(card) -> jobs.Job:
    """Start inverting a card's picture. Raises InputError, BusyError, StorageError, WorkerError."""
    jobs.refuse_if_busy(card)
    cards.make_own(card)
    session.close_session()  # its picture shows the search
    request, uid = inversion.invert_request(card), card.pastiche.uid
    job = jobs.submit(request, f"Invert {card.name}", uid, on_done=inversion.take_inversion)
    jobs.listen(job.id, inversion.LiveSearch(uid).hear)
    return job


class PASTICHE_OT_invert(FollowingJob, bpy.types.Operator):
    """Find how the network draws the card's own picture, so that it can be dragged; stopped early, the best is kept"""

    bl_idname = "pastiche.invert"
    bl_label = "Invert Picture"
    bl_options = {'REGISTER'}

    card: StringProperty(name="Card", options={'SKIP_SAVE'}, description="Name of the card; the chosen one when empty")

    def run(self, context):
        """Start the search."""
        card = cards.card_or_error(context, self.card)
        job = invert(card)
        look_at(context, card)
        return self.follow(job)


classes = (PASTICHE_OT_invert,)
