# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writers: what a job sends back, brought into the scene. Called from a timer, so nothing is taken for granted.

Between two calls the artist may have undone, deleted, renamed or loaded anything. Card and scene are looked up by
their identity each time; when they are gone the files stay on disk and the error says where.
"""

from dataclasses import dataclass
from pathlib import Path

import bpy

from ..bridge.channels import HEAD
from ..bridge.errors import InputError
from . import compat, keyframes, live, sequence, storage, strips
from .cards import find_card
from .footage import Footage, scene_rate
from .jobs import Job
from .motion import read_channels
from .recipes import recipe_text
from .undo import push_undo


def find_scene(session_uid: int):
    """The scene with this session uid, or None."""
    return next((scene for scene in bpy.data.scenes if scene.session_uid == session_uid), None)


@dataclass
class CaptureResult:
    """Where the keys of a capture go."""

    scene_uid: int
    footage: Footage
    in_track: bool = False

    def write(self, job: Job) -> None:
        """Key the card's channels and lay the footage's sound. Raises InputError when the card is gone."""
        if job.state != 'FINISHED':
            return
        card, scene = find_card(job.card_uid), find_scene(self.scene_uid)
        motion = Path(job.request.motion)
        if card is None or scene is None:
            raise InputError("The card was deleted while it was captured.", f"Its motion is in {motion}.")
        frames, values = read_channels(motion, self.footage.start)
        keyframes.write_action(card, self.footage.path.stem, frames, values, motion, self.in_track)
        if card.pastiche.use_strips:
            offset = float(self.footage.begin * scene_rate(scene))
            strips.add_sound(scene, card, self.footage.path, self.footage.start, int(frames[-1]) + 1, offset)
        card.pastiche.footage = storage.to_stored(self.footage.path)
        live.replay(scene)
        push_undo(f"Capture {self.footage.path.stem}")


@dataclass
class NeutralResult:
    """Which take is keyed anew from another neutral frame."""

    scene_uid: int
    action: str

    def write(self, job: Job) -> None:
        """Key the take anew wherever it plays on the card. Raises InputError when the card is gone."""
        if job.state != 'FINISHED':
            return
        card, scene, old = find_card(job.card_uid), find_scene(self.scene_uid), bpy.data.actions.get(self.action)
        motion = Path(job.request.motion)
        if card is None or scene is None or old is None:
            raise InputError("The take was deleted while it was measured.", f"Its motion is in {motion}.")
        frames, values = read_channels(motion, keyframes.first_frame(old))
        keyframes.replace_take(card, old, frames, _unlocked(card, values), motion)
        live.replay(scene)
        push_undo(f"Set Neutral of {self.action}")


def _unlocked(card, values: dict) -> dict:
    """The channels that the card lets a take play: a locked head stays at rest."""
    settings = card.pastiche
    locked = [c.name for c in HEAD if settings.lock_head or (settings.lock_scale and c.name == "headScale")]
    return {name: value for name, value in values.items() if name not in locked}


@dataclass
class LiveResult:
    """Where the data of a live card goes."""

    def write(self, job: Job) -> None:
        """Make the card live. Raises InputError; a card that is gone needs nothing."""
        card = find_card(job.card_uid)
        if job.state != 'FINISHED' or card is None:
            return
        live.make_live(card, job.folder)
        card.pastiche.shown = 'LIVE'
        push_undo(f"Live {card.name}")


@dataclass
class RenderResult:
    """Which frames of which scene a render fills, and how far it has come."""

    scene_uid: int
    first: int
    last: int
    mark: str = ""  # of the card when it was submitted (freshness.py)
    shown: int = -1  # last frame that card and strip show

    def show(self, job: Job) -> None:
        """Let card and strip show what has arrived so far."""
        card, scene = find_card(job.card_uid), find_scene(self.scene_uid)
        if card is None or scene is None:
            return
        self.shown = max(self.shown, job.fresh[-1].index)
        changed = [frame.index for frame in job.fresh if not frame.is_reused]
        self._show_through(card, scene, job.folder / "frames", self._known_last(card, job), is_whole=False)
        if scene.frame_current in changed:
            sequence.reload_on_card(card)

    def finish(self, job: Job) -> None:
        """Show what was finished, write the recipe on card and strip, and make it one undo step."""
        if self.shown < self.first or not (job.folder / "frames").is_dir():
            return
        card, scene = find_card(job.card_uid), find_scene(self.scene_uid)
        if card is None or scene is None:
            raise InputError(
                "The card was deleted while it was rendered.", f"Its frames are in {job.folder / 'frames'}."
            )
        last = self._known_last(card, job)
        strip = self._show_through(card, scene, job.folder / "frames", last, is_whole=True)
        card.pastiche.rendered_first, card.pastiche.rendered_last = self.first, last
        card.pastiche.recipe = recipe_text(job.folder)
        card.pastiche.rendered_mark = self.mark
        live.show(card)
        if strip:
            strip[strips.RECIPE] = card.pastiche.recipe
        sequence.reload_on_card(card)
        strips.refresh_strips(scene, job.card_uid)
        push_undo(f"Render {card.name}")

    def _known_last(self, card, job: Job) -> int:
        """The last frame there is: of this job, or of an earlier one whose frames it replaces in place."""
        settings = card.pastiche
        goes_on = settings.rendered_first == self.first and sequence.shows(card, job.folder / "frames")
        return min(max(self.shown, settings.rendered_last if goes_on else -1), self.last)

    def _show_through(self, card, scene, frames: Path, last: int, is_whole: bool):
        if sequence.show_on_card(card, frames, self.first, last) and card.pastiche.shown != 'RENDERED':
            card.pastiche.rendered_mark, card.pastiche.shown = self.mark, 'RENDERED'
        if not card.pastiche.use_strips:
            return None
        compat.show_in_sequencer(bpy.context, scene)
        return strips.show_in_strip(scene, card.name, card.pastiche.uid, frames, self.first, last, is_whole)
