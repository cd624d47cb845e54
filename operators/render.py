# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Render a card: its channels become a frame sequence, on the card and as an image strip."""

import dataclasses

import bpy
from bpy.props import IntProperty, StringProperty

from ..scene import cards, jobs, requests
from ..scene.freshness import fingerprint
from ..scene.job_results import RenderResult
from .reporting import FollowingJob


def render(scene, card, first: int | None = None, last: int | None = None, then=None, **output) -> jobs.Job:
    """Start rendering frames `first`..`last` of a card (None: its range); frames appear as they are finished.

    Frames whose inputs have not changed are not computed again.   then: called with the job when it has ended.
    output: fields of the RenderRequest that say what is written beside the frames.
    Raises InputError, BusyError, StorageError, WorkerError.
    """
    jobs.refuse_if_busy(card)
    cards.make_own(card)
    known_first, known_last = requests.render_range(card, scene)
    first, last = known_first if first is None else first, known_last if last is None else last
    request = dataclasses.replace(requests.render_request(card, scene, first, last), **output)
    result = RenderResult(scene.session_uid, first, last, fingerprint(card))

    def finish(job: jobs.Job) -> None:
        result.finish(job)
        if then:
            then(job)

    job = jobs.submit(request, f"Render {card.name}", card.pastiche.uid, on_frames=result.show, on_done=finish)
    job.warnings += requests.warnings_about_takes(card)
    return job


class PASTICHE_OT_render(FollowingJob, bpy.types.Operator):
    """Render the card as it is keyed; only frames that changed are computed"""

    bl_idname = "pastiche.render"
    bl_label = "Render Card"
    bl_options = {'REGISTER'}

    card: StringProperty(name="Card", options={'SKIP_SAVE'}, description="Name of the card; the chosen one when empty")
    first: IntProperty(
        name="First", min=0, options={'SKIP_SAVE'}, description="First frame; the card's range when unset"
    )
    last: IntProperty(name="Last", min=0, options={'SKIP_SAVE'}, description="Last frame; the card's range when unset")

    def run(self, context):
        """Start rendering."""
        card = cards.card_or_error(context, self.card)
        given = {name: getattr(self, name) for name in ("first", "last") if self.properties.is_property_set(name)}
        return self.follow(render(context.scene, card, **given))
