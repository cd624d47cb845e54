# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Let a card show small colored frames that no engine made: for trying panels, strips and client without waiting."""

import bpy
from bpy.props import FloatProperty, IntProperty, StringProperty

from ..bridge.requests import DummyRequest
from ..scene import cards, jobs, requests
from ..scene.job_results import RenderResult
from .reporting import FollowingJob


def dummy(scene, card, first: int = 1, last: int = 24, seconds_per_frame: float = 0.02, fail_at: int = -1) -> jobs.Job:
    """Start a dummy job for a card. fail_at: frame on which it fails, -1 never. Raises BusyError, WorkerError."""
    jobs.refuse_if_busy(card)
    cards.make_own(card)
    folder = requests.settled_folder(card) / "dummy"
    request = DummyRequest(str(folder), first, last, seconds_per_frame, fail_at)
    result = RenderResult(scene.session_uid, first, last)
    return jobs.submit(request, f"Dummy {card.name}", card.pastiche.uid, on_frames=result.show, on_done=result.finish)


class PASTICHE_OT_dummy(FollowingJob, bpy.types.Operator):
    """Let the card show colored frames, to try everything around an engine"""

    bl_idname = "pastiche.dummy"
    bl_label = "Dummy Frames"
    bl_options = {'REGISTER', 'INTERNAL'}

    card: StringProperty(name="Card", options={'SKIP_SAVE'}, description="Name of the card; the chosen one when empty")
    first: IntProperty(name="First", default=1, min=0, description="First frame")
    last: IntProperty(name="Last", default=24, min=0, description="Last frame")
    seconds_per_frame: FloatProperty(
        name="Seconds per Frame", default=0.02, min=0.0, description="Time each frame takes"
    )
    fail_at: IntProperty(name="Fail At", default=-1, min=-1, description="Frame on which the job fails; -1 for never")

    def run(self, context):
        """Start the job."""
        card = cards.card_or_error(context, self.card)
        return self.follow(dummy(context.scene, card, self.first, self.last, self.seconds_per_frame, self.fail_at))
