# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a card knows of its drags, saved in the .blend: `object.pastiche.drag`.

Points are in pixels of the drag picture, x right, y down from its top left corner; the first pixel's center is 0.5.
What runs at the moment is not here: it belongs to the session (session.py).
"""

import bpy
from bpy.props import (
    BoolProperty,
    CollectionProperty,
    EnumProperty,
    FloatProperty,
    FloatVectorProperty,
    IntProperty,
    PointerProperty,
    StringProperty,
)

from .. import compat
from . import session


def _look_for_face(drag, _context) -> None:
    running = session.session_of(drag.id_data)
    if running and drag.snap:
        running.with_face()


def _shown_share(drag) -> float:
    running = session.session_of(drag.id_data)
    now = running.standing if running else None
    return 100 * now.step / now.steps if now and now.steps else 0.0


def _show_share(drag, share: float) -> None:
    running = session.session_of(drag.id_data)
    if running and running.standing:
        running.show(round(share / 100 * running.standing.steps))


@compat.overridable
class PASTICHE_PG_drag_point(bpy.types.PropertyGroup):
    """A handle point and where it shall go."""

    handle: FloatVectorProperty(name="Handle", size=2, precision=1, description="Where the point is, in pixels")
    target: FloatVectorProperty(name="Target", size=2, precision=1, description="Where it shall go, in pixels")
    has_target: BoolProperty(options={'HIDDEN'})


@compat.overridable
class PASTICHE_PG_expression(bpy.types.PropertyGroup):
    """A kept drag: `name` is the channel's without `drag:`; its file lies in the card's folder, by hash."""

    file: StringProperty(options={'HIDDEN'})
    data: StringProperty(options={'HIDDEN'})  # the same file in base64 while it is small


@compat.overridable
class PASTICHE_PG_drag(bpy.types.PropertyGroup):
    """The drags of one card."""

    network: StringProperty(
        name="Network",
        subtype='FILE_PATH',
        options=compat.RELATIVE_PATH,
        description="File of the network that makes the picture: NVIDIA's .pkl, a checkpoint, or a .safetensors",
    )
    seed: IntProperty(name="Seed", min=0, description="Which of the network's pictures the card is")
    truncation: FloatProperty(
        name="Truncation",
        default=0.7,
        min=0.0,
        max=1.0,
        subtype='FACTOR',
        description="0 is the network's mean picture, 1 its full variety",
    )
    use_latent: BoolProperty(options={'HIDDEN'})  # dragging starts from `latent`, not from the seed
    latent: StringProperty(options={'HIDDEN'})  # file of the latent that expressions start from (files.py)
    latent_data: StringProperty(options={'HIDDEN'})
    source: StringProperty(options={'HIDDEN'})  # PNG of the picture that expressions start from
    source_data: StringProperty(options={'HIDDEN'})
    framing: EnumProperty(
        name="Framing",
        items=(
            ('FACE', "Face", "The square around the face, turned upright, as networks of faces were trained"),
            ('MIDDLE', "Middle", "The largest square in the middle"),
        ),
        description="Which part of the card's picture the network shall draw",
    )
    encoder: StringProperty(
        name="Encoder",
        subtype='FILE_PATH',
        options=compat.RELATIVE_PATH,
        description="The network's encoder (pSp), whose answer the search begins with; empty: one beside the network",
    )
    search_steps: IntProperty(
        name="Search Steps", default=450, min=1, max=10000, description="How long the latent is searched for"
    )
    tuning_steps: IntProperty(
        name="Tuning Steps",
        default=350,
        min=0,
        max=10000,
        description="How long the network is fitted to the picture afterwards; 0 leaves it as it is",
    )
    is_inverted: BoolProperty(options={'HIDDEN'})  # the latent is that of the card's own picture
    psnr: FloatProperty(options={'HIDDEN'})  # of the network's picture against the card's own, decibels
    distance: FloatProperty(options={'HIDDEN'})  # between them, perceptual
    square: FloatVectorProperty(options={'HIDDEN'}, size=4)  # of the card's picture: center x, y, side, angle; or zeros
    show_original: BoolProperty(
        name="Show Original", default=True, description="Show the part of the card's own picture beside the network's"
    )
    picture: PointerProperty(type=bpy.types.Image, name="Drag Picture", description="What the network makes, live")
    points: CollectionProperty(name="Points", type=PASTICHE_PG_drag_point)
    active_point: IntProperty(options={'HIDDEN'})
    snap: BoolProperty(
        name="Snap to Face",
        description="Let points snap to mouth corners, lids, brows and other points of the face",
        update=_look_for_face,
    )
    strength: FloatProperty(
        name="Strength", default=1.0, min=0.0, soft_max=2.0, description="How far the presets move their points"
    )
    mask: PointerProperty(
        type=bpy.types.Image, name="Mask", description="White where the picture may move; all black or white: anywhere"
    )
    use_mask: BoolProperty(name="Mask", description="Hold the picture still where the mask is black")
    step_size: FloatProperty(
        name="Step Size",
        default=0.002,
        min=1e-5,
        max=0.1,
        precision=4,
        step=0.1,
        description="How far the latent moves in a step",
    )
    mask_weight: FloatProperty(
        name="Mask Weight", default=20.0, min=0.0, soft_max=100.0, description="How firmly the mask holds"
    )
    is_per_row: BoolProperty(
        name="W+",
        default=True,
        description="Move the layers of the network separately: points get farther; off, the picture stays more likely",
    )
    most_steps: IntProperty(
        name="Most Steps", default=300, min=1, soft_max=1000, description="A drag ends after so many"
    )
    strip: FloatProperty(
        name="Step",
        min=0.0,
        max=100.0,
        precision=0,
        subtype='PERCENTAGE',
        options={'SKIP_SAVE'},
        get=_shown_share,
        set=_show_share,
        description="Which of the steps is shown; dragging goes on from there",
    )
    history: StringProperty(options={'HIDDEN'})  # of which session's steps `step` is one
    step: IntProperty(options={'HIDDEN'})
    expressions: CollectionProperty(name="Expressions", type=PASTICHE_PG_expression)


classes = (PASTICHE_PG_drag_point, PASTICHE_PG_expression, PASTICHE_PG_drag)
