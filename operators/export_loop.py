# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Save a card as a picture that plays forever: GIF, APNG or WebP, made to fit into a message."""

import dataclasses
import shutil
from pathlib import Path

import bpy
from bpy.props import BoolProperty, EnumProperty, StringProperty

from ..bridge.errors import InputError
from ..bridge.requests import LOOPS
from ..bridge.whole_file import storage_error
from ..scene import cards, compat, jobs, recipes, storage, strips
from .render import render
from .reporting import HIDDEN, FollowingJob

FORMATS = (
    ('GIF', "GIF", "Understood everywhere; 256 colors, and transparency without soft edges"),
    ('APNG', "APNG", "Soft transparency; what Signal's stickers are made of"),
    ('WEBP', "WebP", "The smallest, with soft transparency; what WhatsApp's stickers are made of"),
)
FITS = (
    ('KB500', "512 px, 500 KB", "For messengers: rate, colors and size give way until it fits"),
    ('KB256', "512 px, 256 KB", "For stricter messengers: rate, colors and size give way until it fits"),
    ('FULL', "Full Size", "As large as the card's picture, with every frame"),
)
LIMITS = {'KB500': (512, 500_000), 'KB256': (512, 256_000), 'FULL': (0, 0)}
SUFFIXES = {format: Path(file).suffix for format, file in LOOPS.items()}


def export_loop(scene, owner, path: Path | None, format: str, fit: str, back_and_forth: bool, strip=None) -> jobs.Job:
    """Start saving a card as a loop; frames that are missing or out of date are rendered first.

    owner: a card, or an image strip of ours whose card is gone.   path: None leaves the file in the card's folder.
    format: of FORMATS.   fit: of FITS.   strip: only the frames it shows. Raises as `render` does.
    """
    side, max_bytes = LIMITS[fit]
    output = {"format": format, "side": side, "max_bytes": max_bytes, "back_and_forth": back_and_forth}

    def save(job: jobs.Job) -> None:
        if job.state == 'FINISHED':
            jobs.notice = _saved(job, path)

    if isinstance(owner, bpy.types.Object):
        return render(scene, owner, *(strips.shown_frames(strip) if strip else ()), then=save, **output)
    first, last = strips.shown_frames(owner)
    request = recipes.read_recipe_text(owner[strips.RECIPE]).request
    request = dataclasses.replace(request, first=first, last=last, **output)
    return jobs.submit(request, f"Export {owner.name}", owner[strips.CARD], on_done=save)


def _saved(job: jobs.Job, path: Path | None) -> str:
    """Bring the loop where it is wanted; says so in a sentence. Raises StorageError."""
    made = Path(job.result["loop"])
    path = path or made
    try:
        if path != made:
            shutil.copyfile(made, path)
    except OSError as error:
        raise storage_error(path, error) from error
    width, height = job.result["loop_size"]
    kilobytes = job.result["loop_bytes"] / 1000
    return f"Saved {path.name}: {width} x {height}, {job.result['loop_fps']:.3g} per second, {kilobytes:.0f} KB."


def strip_in_context(context):
    """The active strip, when it is one of ours and the sequencer is looked at; else None."""
    if getattr(context.space_data, "type", "") != 'SEQUENCE_EDITOR':
        return None
    strip = compat.active_strip(compat.sequencer_scene(context))
    return strip if strip and strip.type == 'IMAGE' and strip.get(strips.RECIPE) else None


class PASTICHE_OT_export_loop(FollowingJob, bpy.types.Operator):
    """Save the card, or the strip in the sequencer, as a GIF, APNG or WebP that plays forever"""

    bl_idname = "pastiche.export_loop"
    bl_label = "Export Loop"
    bl_options = {'REGISTER'}

    card: StringProperty(name="Card", options=HIDDEN, description="Name of the card; the chosen one when empty")
    filepath: StringProperty(
        name="File", subtype='FILE_PATH', options=compat.RELATIVE_PATH, description="File to write"
    )
    check_existing: BoolProperty(default=True, options={'HIDDEN', 'SKIP_SAVE'})
    format: EnumProperty(name="Format", items=FORMATS, description="Kind of file")
    fit: EnumProperty(name="Size", items=FITS, description="How large picture and file may be")
    back_and_forth: BoolProperty(name="Back and Forth", description="Return the way it came, so that nothing jumps")

    def invoke(self, context, _event):
        """Ask for a file and the format."""
        owner = self._owner(context)
        folder = Path(self.filepath).parent if self.filepath else Path(bpy.path.abspath("//") or Path.home())
        self.filepath = str(folder / (storage.file_name(owner.name if owner else "") + SUFFIXES[self.format]))
        context.window_manager.fileselect_add(self)
        return {'RUNNING_MODAL'}

    def check(self, _context):
        """Let the file's name follow the format."""
        path = Path(self.filepath)
        right = path.with_suffix(SUFFIXES[self.format]) if path.name else path
        if right == path:
            return False
        self.filepath = str(right)
        return True

    def _owner(self, context):
        strip = None if self.card else strip_in_context(context)
        return (cards.find_card(strip[strips.CARD]) or strip) if strip else cards.chosen_card(context)

    def run(self, context):
        """Start."""
        path = storage.from_stored(self.filepath) if self.filepath else None
        if path and not path.parent.is_dir():
            raise InputError(f"The folder {path.parent} is missing.", "Choose another folder.")
        strip = None if self.card else strip_in_context(context)
        owner = (cards.find_card(strip[strips.CARD]) or strip) if strip else cards.card_or_error(context, self.card)
        return self.follow(
            export_loop(context.scene, owner, path, self.format, self.fit, self.back_and_forth, strip=strip)
        )
