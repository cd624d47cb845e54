# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Render a card again with its recipe's engine and range: changed keys show, everything else stays as it was."""

import bpy
from bpy.props import StringProperty

from ..bridge.errors import InputError
from ..bridge.job_folder import JobFolder
from ..bridge.requests import RenderRequest
from ..scene import jobs, requests, strips
from ..scene.job_results import find_scene
from ..scene.recipes import read_recipe_text
from .render import render
from .reporting import FollowingJob
from .show_recipe import recipe_in_context


def render_again(scene, card) -> jobs.Job:
    """Start rendering a card with its recipe. Raises as `render` does."""
    request = read_recipe_text(card.pastiche.recipe).request
    card.pastiche.engine = getattr(request, "engine", card.pastiche.engine)
    return render(scene, card, request.first, request.last)


def render_strip_again(scene, strip) -> jobs.Job:
    """Start rendering what a strip's recipe says, keys and portrait of then: its card is gone.

    Raises InputError, BusyError, WorkerError.
    """
    request, uid, scene_uid = read_recipe_text(strip[strips.RECIPE]).request, strip[strips.CARD], scene.session_uid
    if not JobFolder(request.folder).recipe.is_file():  # nor does a stranger's .blend make us write elsewhere
        raise InputError(f"The folder {request.folder} of {strip.name} is gone.", "Make a card and drive it anew.")

    def refresh(_job: jobs.Job) -> None:
        if find_scene(scene_uid):
            strips.refresh_strips(find_scene(scene_uid), uid)

    if isinstance(request, RenderRequest):
        request = requests.on_this_computer(request)
    return jobs.submit(request, f"Render {strip.name}", uid, on_done=refresh)


class PASTICHE_OT_render_again(FollowingJob, bpy.types.Operator):
    """Render the frames of the recipe again; only frames that changed are computed"""

    bl_idname = "pastiche.render_again"
    bl_label = "Render Again"
    bl_options = {'REGISTER'}

    card: StringProperty(name="Card", options={'SKIP_SAVE'}, description="Name of the card; the chosen one when empty")

    def run(self, context):
        """Start rendering."""
        owner, _ = recipe_in_context(context, self.card)
        again = render_again if isinstance(owner, bpy.types.Object) else render_strip_again
        return self.follow(again(context.scene, owner))
