# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Capture footage of a face into keyframes on a card's channels."""

import bpy
from bpy.props import BoolProperty, IntProperty, StringProperty

from ..bridge.errors import InputError
from ..scene import cards, compat, jobs, requests, storage
from ..scene.footage import Footage, footage_of_file, footage_of_strip
from ..scene.job_results import CaptureResult
from .reporting import FollowingJob


def capture(scene, card, footage: Footage, in_track: bool = False, then=None) -> jobs.Job:
    """Start capturing footage for a card; the keys appear when the job is done.

    in_track: keys on an NLA track of their own.   then: called with the finished job, after its keys are written.
    Raises InputError, BusyError, StorageError, WorkerError.
    """
    jobs.refuse_if_busy(card)
    cards.make_own(card)
    result = CaptureResult(scene.session_uid, footage, in_track)

    def write(job: jobs.Job) -> None:
        result.write(job)
        if then and job.state == 'FINISHED':
            then(job)

    request = requests.capture_request(card, footage)
    return jobs.submit(request, f"Capture {footage.path.name}", card.pastiche.uid, on_done=write)


def chosen_footage(context, card, filepath: str = "", start: int | None = None) -> Footage:
    """The footage a person means: a file, the active movie strip in the sequencer, or the card's. Raises InputError."""
    scene, settings = context.scene, card.pastiche
    start = settings.start_frame if start is None else start
    if filepath:
        return footage_of_file(storage.from_stored(filepath), start, scene)
    strip = active_movie_strip(context)
    if strip:
        return footage_of_strip(strip, compat.sequencer_scene(context))
    if settings.footage:
        return footage_of_file(storage.from_stored(settings.footage), start, scene)
    raise InputError(f"{card.name} has no footage yet.", "Choose a film of a face, or a movie strip in the sequencer.")


def active_movie_strip(context):
    """The active movie strip when a person works in the sequencer, else None."""
    if getattr(context.space_data, "type", "") != 'SEQUENCE_EDITOR':
        return None
    strip = compat.active_strip(compat.sequencer_scene(context))
    return strip if strip and strip.type == 'MOVIE' else None


class ChoosingFootage(FollowingJob):
    """What capture and drive ask for."""

    card: StringProperty(name="Card", options={'SKIP_SAVE'}, description="Name of the card; the chosen one when empty")
    filepath: StringProperty(
        name="Footage",
        subtype='FILE_PATH',
        options={'SKIP_SAVE'} | compat.RELATIVE_PATH,
        description="The film of a face; the card's when empty",
    )
    start_frame: IntProperty(
        name="Start",
        default=1,
        min=0,
        options={'SKIP_SAVE'},
        description="Frame of the scene on which the footage begins",
    )
    filter_movie: BoolProperty(default=True, options={'HIDDEN', 'SKIP_SAVE'})
    filter_folder: BoolProperty(default=True, options={'HIDDEN', 'SKIP_SAVE'})

    def invoke(self, context, _event):
        """Ask for a film when none is known."""
        card = cards.chosen_card(context)
        if self.filepath or card is None or card.pastiche.footage or active_movie_strip(context):
            return self.execute(context)
        context.window_manager.fileselect_add(self)
        return {'RUNNING_MODAL'}

    def card_and_footage(self, context):
        """The card and what drives it."""
        card = cards.card_or_error(context, self.card)
        start = self.start_frame if self.properties.is_property_set("start_frame") else None
        return card, chosen_footage(context, card, self.filepath, start)


class PASTICHE_OT_capture(ChoosingFootage, bpy.types.Operator):
    """Turn footage of a face into keyframes on the card's channels"""

    bl_idname = "pastiche.capture"
    bl_label = "Capture"
    bl_options = {'REGISTER'}

    in_track: BoolProperty(
        name="NLA Track", options={'SKIP_SAVE'}, description="Put the keys on an NLA track named after the footage"
    )

    def run(self, context):
        """Start capturing."""
        card, footage = self.card_and_footage(context)
        return self.follow(capture(context.scene, card, footage, self.in_track))
