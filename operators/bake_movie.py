# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Save a card as a film with the footage's sound."""

import shutil
from pathlib import Path

import bpy
from bpy.props import BoolProperty, StringProperty

from ..bridge.whole_file import storage_error
from ..scene import cards, compat, jobs, storage
from .render import render
from .reporting import FollowingJob


def bake_movie(scene, card, path: Path | None) -> jobs.Job:
    """Start saving a card as MP4; frames that are missing or out of date are rendered first. Raises as `render` does.

    path: None leaves the file in the card's folder.
    """
    footage = storage.from_stored(card.pastiche.footage) if card.pastiche.footage else None

    def save(job: jobs.Job) -> None:
        if job.state == 'FINISHED':
            jobs.notice = _saved(Path(job.result["movie"]), path)

    audio = str(footage) if footage and footage.is_file() else ""
    return render(scene, card, then=save, format='MP4', audio=audio)


def _saved(made: Path, path: Path | None) -> str:
    try:
        if path is not None and path != made:
            shutil.copyfile(made, path)
    except OSError as error:
        raise storage_error(path, error) from error
    return f"Saved the film {path or made}."


class PASTICHE_OT_bake_movie(FollowingJob, bpy.types.Operator):
    """Save the card as a film with the footage's sound; frames that changed are rendered first"""

    bl_idname = "pastiche.bake_movie"
    bl_label = "Bake to Movie"
    bl_options = {'REGISTER'}

    card: StringProperty(name="Card", options={'SKIP_SAVE'}, description="Name of the card; the chosen one when empty")
    filepath: StringProperty(
        name="File", subtype='FILE_PATH', options={'SKIP_SAVE'} | compat.RELATIVE_PATH, description="File to write"
    )
    check_existing: BoolProperty(default=True, options={'HIDDEN', 'SKIP_SAVE'})
    filter_glob: StringProperty(default="*.mp4", options={'HIDDEN', 'SKIP_SAVE'})

    def invoke(self, context, _event):
        """Ask for a file."""
        card = cards.chosen_card(context)
        if card and not self.filepath:
            self.filepath = f"{storage.file_name(card.name)}.mp4"
        context.window_manager.fileselect_add(self)
        return {'RUNNING_MODAL'}

    def run(self, context):
        """Start."""
        card = cards.card_or_error(context, self.card)
        path = storage.from_stored(self.filepath).with_suffix(".mp4") if self.filepath else None
        return self.follow(bake_movie(context.scene, card, path))
