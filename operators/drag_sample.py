# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Another picture of the same network: by its seed, a random one, or with parts of this one kept."""

import secrets

import bpy
from bpy.props import EnumProperty, FloatProperty, IntProperty

from ..bridge.drag_commands import Sample
from ..scene.drag import session
from .drag_session import FollowingSession

ROWS = (
    ('ALL', "Everything", "Another picture altogether"),
    ('SHAPE', "Shape", "Another pose and face, the colors stay"),
    ('LOOK', "Look", "Other colors and textures, the face stays"),
)
MOST = 2**31 - 1


def sample(card, seed: int, truncation: float, rows: str = 'ALL') -> session.Session:
    """Draw another picture. rows: an identifier of ROWS. Raises InputError when the card is not open for dragging."""
    running = session.session_or_error(card)
    card.pastiche.drag.truncation = truncation
    running.say(Sample(seed, truncation, rows), adopt_as="Resample", begins_history=True)
    return running


class PASTICHE_OT_drag_sample(FollowingSession, bpy.types.Operator):
    """Let the network draw another picture; the drags of this one are gone unless they were kept"""

    bl_idname = "pastiche.drag_sample"
    bl_label = "Resample"
    bl_options = {'REGISTER'}

    seed: IntProperty(name="Seed", min=0, options={'SKIP_SAVE'}, description="Which picture; a random one when unset")
    truncation: FloatProperty(
        name="Truncation",
        min=0.0,
        max=1.0,
        options={'SKIP_SAVE'},
        description="0 the mean picture, 1 full variety; the card's when unset",
    )
    rows: EnumProperty(name="New", items=ROWS, options={'SKIP_SAVE'}, description="What of the picture is drawn anew")

    def run(self, context):
        """Draw it."""
        card = self.chosen(context)
        drag, is_set = card.pastiche.drag, self.properties.is_property_set
        seed = self.seed if is_set("seed") else secrets.randbelow(MOST)
        truncation = self.truncation if is_set("truncation") else drag.truncation
        return self.follow(sample(card, seed, float(f"{truncation:.6g}"), self.rows))


classes = (PASTICHE_OT_drag_sample,)
