# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Record the footage of a card from a camera; the card plays along as well as the machine keeps up."""

from pathlib import Path

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, StringProperty

from ..bridge.cameras import cameras
from ..bridge.channels import CHANNELS
from ..bridge.errors import InputError
from ..bridge.requests import RecordRequest
from ..scene import cards, compat, jobs, requests, storage
from .reporting import HIDDEN, FollowingJob, Reporting

_devices: list[tuple[str, str, str]] = []  # Blender does not keep the items of an enum alive


def record(scene, card, device: str, count_in: float = 3.0, seconds: float = 600.0, is_live: bool = True) -> jobs.Job:
    """Start recording; the film becomes the card's footage when the job ends, by itself or by `stop`.

    device: number of a camera, or the path of a film that plays as one. Raises BusyError, StorageError, WorkerError.
    """
    jobs.refuse_if_busy(card)
    cards.make_own(card)
    folder = requests.settled_folder(card) / "recordings"
    film = _unused(folder)
    request = RecordRequest(str(folder), str(film), device, "30", seconds, count_in, is_live)
    uid, before = card.pastiche.uid, {name: card[name] for name in CHANNELS if name in card}

    def play(job: jobs.Job) -> None:
        _set(cards.find_card(uid), job.channels)

    def finish(job: jobs.Job) -> None:
        found = cards.find_card(uid)
        _set(found, before)
        if job.state == 'FINISHED' and found:
            found.pastiche.footage = storage.to_stored(film)
            jobs.notice = _sentence(job)

    job = jobs.submit(request, f"Record {card.name}", uid, on_done=finish)
    job.on_playing = play
    return job


def recording_of(card) -> jobs.Job | None:
    """The recording under way for a card, or None."""
    job = jobs.open_job(card.pastiche.uid)
    return job if job and job.kind == RecordRequest.kind else None


def _set(card, channels: dict[str, float]) -> None:
    if card is not None:
        for name, value in channels.items():
            if name in card and name in CHANNELS:
                card[name] = value
        card.update_tag()


def _sentence(job: jobs.Job) -> str:
    dropped = job.result["dropped"]
    left_out = f", {dropped} of them left out by the camera" if dropped else ""
    return f"Recorded {Path(job.result['footage']).name}: {job.result['frames']} frames{left_out}. Press Drive."


def _unused(folder: Path) -> Path:
    number = 1
    while (folder / f"recording_{number:03d}.mp4").exists():
        number += 1
    return folder / f"recording_{number:03d}.mp4"


def _items(_operator, _context):
    _devices[:] = [(str(number), name, f"Camera number {number}") for number, name in cameras()]
    return _devices or [('0', "No Camera", "Plug one in")]


class PASTICHE_OT_record(FollowingJob, bpy.types.Operator):
    """Record yourself with a camera as the card's footage: look neutral during the count-in; the card plays along"""

    bl_idname = "pastiche.record"
    bl_label = "Record"
    bl_options = {'REGISTER'}

    card: StringProperty(name="Card", options=HIDDEN, description="Name of the card; the chosen one when empty")
    camera: EnumProperty(name="Camera", items=_items, description="Which camera")
    film: StringProperty(
        name="Film", options=HIDDEN | compat.RELATIVE_PATH, subtype='FILE_PATH', description="Film that plays as camera"
    )
    count_in: FloatProperty(name="Count-In", default=3.0, min=0.0, max=60.0, description="Seconds before it begins")
    seconds: FloatProperty(name="Longest", default=600.0, min=1.0, max=3600.0, description="Seconds until it ends")
    is_live: BoolProperty(name="Play Along", default=True, description="Let the card play while it is recorded")

    def invoke(self, context, _event):
        """Ask for camera and count-in."""
        return context.window_manager.invoke_props_dialog(self)

    def run(self, context):
        """Start."""
        card = cards.card_or_error(context, self.card)
        if not (self.film or cameras()):
            raise InputError("There is no camera.", "Plug one in.")
        device = str(storage.from_stored(self.film)) if self.film else self.camera
        return self.follow(record(context.scene, card, device, self.count_in, self.seconds, self.is_live))


class PASTICHE_OT_stop_recording(Reporting, bpy.types.Operator):
    """Stop recording and keep the film"""

    bl_idname = "pastiche.stop_recording"
    bl_label = "Stop Recording"
    bl_options = {'INTERNAL'}

    def run(self, context):
        """Ask the worker to end the film."""
        job = recording_of(cards.card_or_error(context))
        if job is None:
            raise InputError("Nothing is being recorded.", "Press Record first.")
        jobs.cancel(job)
