# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a card knows of itself, saved in the .blend: `object.pastiche`.

Choices of the artist (footage, engine, smoothing, range), where its files are, and the recipe of what it shows.
The channels are not here: they are custom properties of the object (channels.py). What runs at the moment is not
here either: it belongs to the session, not to the file (jobs.py).
"""

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, IntProperty, PointerProperty, StringProperty

from ..bridge.catalogue import ENGINES
from . import compat, live, live_mesh
from .drag import properties as drag_properties
from .engine_settings import PASTICHE_PG_fomm, PASTICHE_PG_mesh

SMOOTHINGS = (
    ('OFF', "Off", "The motion as it was measured"),
    ('LOW', "Low", "Take the tremble out and keep every expression"),
    ('HIGH', "High", "Calm motion, quick twitches go"),
)


SHOWN = (
    ('LIVE', "Live", "The picture, deformed by the channels as they are now, without rendering"),
    ('RENDERED', "Rendered", "The rendered frames; while they do not fit the keys, the live card"),
    ('SOURCE', "Source", "The picture as it is"),
)


def engine_items() -> list[tuple[str, str, str]]:
    """The engines of the catalogue, as a property wants them; the names are theirs."""
    return [(engine.name, engine.label, engine.description) for engine in ENGINES.values()]


@compat.overridable
class PASTICHE_PG_card(bpy.types.PropertyGroup):
    """One card; `uid` is empty on every object that is none."""

    uid: StringProperty(name="Identity", options={'HIDDEN'})
    image: PointerProperty(
        type=bpy.types.Image,
        name="Portrait",
        description="The picture that is driven; paint on it and render again",
        update=lambda settings, _context: live.change_portrait(settings.id_data),
    )
    shown: EnumProperty(
        name="Shown",
        items=SHOWN,
        default='SOURCE',
        description="What the card shows in the scene",
        update=lambda settings, _context: live.show(settings.id_data),
    )
    use_mirror: BoolProperty(
        name="Both Sides", description="Editing a channel of one side of the face takes the other side along"
    )
    relief: FloatProperty(
        name="Relief",
        default=live_mesh.RELIEF,
        min=0.005,
        max=1.0,
        subtype='FACTOR',
        description="Depth of the live face: 0 as flat as the card, 1 as deep as a head",
        update=lambda settings, _context: live.set_relief(settings.id_data),
    )
    frames: PointerProperty(type=bpy.types.Image, name="Rendered Frames")
    rendered_mark: StringProperty(options={'HIDDEN'})
    portrait_digest: StringProperty(options={'HIDDEN'})
    folder: StringProperty(name="Folder", description="Where the card keeps its frames, motion and recipes")
    folder_absolute: StringProperty(options={'HIDDEN'})
    footage: StringProperty(
        name="Footage",
        subtype='FILE_PATH',
        options=compat.RELATIVE_PATH,
        description="The film of a face that drives the card",
    )
    start_frame: IntProperty(
        name="Start", default=1, min=0, description="Frame of the scene on which the footage begins"
    )
    smoothing: EnumProperty(
        name="Smoothing", items=SMOOTHINGS, default='LOW', description="How much captured motion is calmed"
    )
    lock_head: BoolProperty(name="Lock Head", description="Leave the head where it is; only the face moves")
    lock_scale: BoolProperty(name="Lock Size", description="Leave the head's size alone when the actor leans in")
    use_neutral: BoolProperty(
        name="Own Neutral Frame", description="Choose the frame on which the actor's face is at rest"
    )
    neutral_frame: IntProperty(
        name="Neutral", default=1, min=0, description="Frame of the scene on which the actor's face is at rest"
    )
    mirror: BoolProperty(name="Mirror", description="Swap left and right, as in a mirror")
    detail: BoolProperty(
        name="Fine Detail",
        default=True,
        description="Keep the footage's finer motion, wrinkles and mouth for rendering",
    )
    engine: EnumProperty(name="Engine", items=engine_items(), description="What computes the pictures")
    mesh: PointerProperty(type=PASTICHE_PG_mesh, name="Mesh Engine")
    fomm: PointerProperty(type=PASTICHE_PG_fomm, name="First Order Motion")
    drag: PointerProperty(type=drag_properties.PASTICHE_PG_drag, name="Drag")
    portrait_face: IntProperty(
        name="Face in Portrait", min=0, description="Which face of the picture is driven, the largest first"
    )
    footage_face: IntProperty(
        name="Face in Footage", min=0, description="Which face of the footage drives, the first seen first"
    )
    use_range: BoolProperty(
        name="Own Range", description="Render the frames given here, not the frames of the captured footage"
    )
    first: IntProperty(name="First", default=1, min=0, description="First frame to render")
    last: IntProperty(name="Last", default=250, min=0, description="Last frame to render")
    rendered_first: IntProperty(options={'HIDDEN'})
    rendered_last: IntProperty(options={'HIDDEN'}, default=-1)
    use_strips: BoolProperty(
        name="Strips in Sequencer", default=True, description="Show the frames and play the sound in the sequencer, too"
    )
    use_film: BoolProperty(
        name="Film", description="Write an MP4 into the card's folder, too, with the sound of the card's sound strip"
    )
    styling: StringProperty(
        name="Style", description="The look that the portrait takes before it is driven, as JSON; empty for none"
    )
    recipe: StringProperty(name="Recipe", description="The request that made the frames now shown, as JSON")


def register():
    """Give every object room to be a card."""
    bpy.utils.register_class(PASTICHE_PG_mesh)
    bpy.utils.register_class(PASTICHE_PG_fomm)
    for cls in drag_properties.classes:
        bpy.utils.register_class(cls)
    bpy.utils.register_class(PASTICHE_PG_card)
    bpy.types.Object.pastiche = PointerProperty(
        type=PASTICHE_PG_card, name="Pastiche", override={'LIBRARY_OVERRIDABLE'}
    )


def unregister():
    """Take the property away; its data stays in files."""
    del bpy.types.Object.pastiche
    bpy.utils.unregister_class(PASTICHE_PG_card)
    for cls in reversed(drag_properties.classes):
        bpy.utils.unregister_class(cls)
    bpy.utils.unregister_class(PASTICHE_PG_fomm)
    bpy.utils.unregister_class(PASTICHE_PG_mesh)
