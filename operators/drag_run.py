# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Let the points go to their targets, stop, and walk through the steps that were made."""

import bpy
from bpy.props import IntProperty

from ..bridge.drag_commands import Back
from ..scene.drag import session
from .drag_session import FollowingSession


class PASTICHE_OT_drag_run(FollowingSession, bpy.types.Operator):
    """Move the handle points to their targets, or stop moving them"""

    bl_idname = "pastiche.drag_run"
    bl_label = "Drag"
    bl_options = {'REGISTER'}

    steps: IntProperty(
        name="Steps", min=0, options={'SKIP_SAVE'}, description="Stop after so many; 0 for the card's own number"
    )

    def invoke(self, context, _event):
        """The same key starts and stops."""
        running = session.current()
        if running.is_dragging:
            session.pause(self.chosen(context))
            return {'FINISHED'}
        return self.execute(context)

    def run(self, context):
        """Start."""
        card = self.chosen(context)
        session.run(card, self.steps)
        return self.follow(session.session_or_error(card))


class PASTICHE_OT_drag_pause(FollowingSession, bpy.types.Operator):
    """Stop moving the points; pressing Drag goes on from here"""

    bl_idname = "pastiche.drag_pause"
    bl_label = "Stop"
    bl_options = {'REGISTER'}

    def run(self, context):
        """Stop within one step."""
        card = self.chosen(context)
        session.pause(card)
        return self.follow(session.session_or_error(card))


class PASTICHE_OT_drag_show(FollowingSession, bpy.types.Operator):
    """Show another step of the drags; dragging goes on from there"""

    bl_idname = "pastiche.drag_show"
    bl_label = "Show Step"
    bl_options = {'REGISTER'}

    step: IntProperty(name="Step", min=0, options={'SKIP_SAVE'}, description="Number of the step; 0 is the start")
    by: IntProperty(name="By", options={'SKIP_SAVE'}, description="So many steps on or, below zero, back instead")

    def run(self, context):
        """Go there."""
        card = self.chosen(context)
        running = session.session_or_error(card)
        now = running.standing
        running.show(now.step + self.by if self.by and now else self.step, adopt_as="Show Step")
        return self.follow(running)


class PASTICHE_OT_drag_back(FollowingSession, bpy.types.Operator):
    """Undo one whole drag: picture and points are as before it"""

    bl_idname = "pastiche.drag_back"
    bl_label = "Undo Drag"
    bl_options = {'REGISTER'}

    def run(self, context):
        """Go back."""
        running = session.session_or_error(self.chosen(context))
        running.say(Back(), adopt_as="Undo Drag")
        return self.follow(running)


class PASTICHE_OT_drag_reset(FollowingSession, bpy.types.Operator):
    """Go back to the picture as it was before any drag; the steps stay and can be shown again"""

    bl_idname = "pastiche.drag_reset"
    bl_label = "Reset Drag"
    bl_options = {'REGISTER'}

    def run(self, context):
        """Show the start."""
        running = session.session_or_error(self.chosen(context))
        running.show(0, adopt_as="Reset Drag")
        return self.follow(running)


classes = (
    PASTICHE_OT_drag_run,
    PASTICHE_OT_drag_pause,
    PASTICHE_OT_drag_show,
    PASTICHE_OT_drag_back,
    PASTICHE_OT_drag_reset,
)
