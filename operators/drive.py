# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drive a card with footage: capture, then render, with one click."""

import bpy

from ..scene import jobs
from ..scene.cards import find_card
from ..scene.footage import Footage
from ..scene.job_results import find_scene
from .capture import ChoosingFootage, capture
from .render import render


def drive(scene, card, footage: Footage) -> jobs.Job:
    """Start capturing footage; when its keys are written, render them. Raises as `capture` does."""
    scene_uid = scene.session_uid

    def go_on(job: jobs.Job) -> None:
        render(find_scene(scene_uid), find_card(job.card_uid))

    return capture(scene, card, footage, then=go_on)


class PASTICHE_OT_drive(ChoosingFootage, bpy.types.Operator):
    """Capture the footage onto the card's channels and render the card"""

    bl_idname = "pastiche.drive"
    bl_label = "Drive"
    bl_options = {'REGISTER'}

    def run(self, context):
        """Start capturing; rendering follows."""
        return self.follow(drive(context.scene, *self.card_and_footage(context)))
