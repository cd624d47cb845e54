# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The look that an artist has in hand, like a brush: `scene.pastiche_look`. It is used on images, cards and strips."""

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, FloatVectorProperty, IntProperty

from ..bridge.requests import Look, Styling
from ..bridge.style_pack import StylePack
from . import extension, live_preview, style_packs

STRUCTURE_LAYERS, MOST_COLOR_LAYERS = 7, 11  # of the published models; smaller ones have fewer of color


def _changed(look, _context) -> None:
    live_preview.look_changed(look.id_data)


def _factor(name: str, default: float, description: str, high: float = 1.0):
    return FloatProperty(
        name=name, default=default, min=0.0, max=2.0, soft_max=high, subtype='FACTOR', description=description,
        update=_changed,
    )  # fmt: skip


def _layers(name: str, size: int, description: str):
    return FloatVectorProperty(
        name=name, size=size, default=(1.0,) * size, min=0.0, max=2.0, soft_max=1.0, description=description,
        update=_changed,
    )  # fmt: skip


class PASTICHE_PG_look(bpy.types.PropertyGroup):
    """A style, an exemplar of it, and how much of it a face takes."""

    style: EnumProperty(name="Style", items=style_packs.pack_items, description="The style pack", update=_changed)
    exemplar: EnumProperty(
        name="Exemplar",
        items=lambda look, _context: style_packs.exemplar_items(look.style),
        description="The picture whose style is taken",
        update=_changed,
    )
    use_second: BoolProperty(name="Mix", description="Blend a second exemplar in", update=_changed)
    second: EnumProperty(
        name="Second Exemplar",
        items=lambda look, _context: style_packs.exemplar_items(look.style),
        description="The exemplar that is blended in",
        update=_changed,
    )
    mix: _factor("Mix", 0.5, "0 the first exemplar, 1 the second")
    use_random: BoolProperty(
        name="Random Style", description="A style like the exemplars' that none of them has", update=_changed
    )
    random_seed: IntProperty(name="Style Seed", min=0, description="Another seed, another style", update=_changed)
    structure: _factor("Structure", 0.75, "How much of the exemplar's shapes the face takes")
    color: _factor("Color", 1.0, "How much of the exemplar's colors and brush the face takes")
    structure_layers: _layers("Structure Layers", STRUCTURE_LAYERS, "Share of each layer, the coarsest first")
    color_layers: _layers("Color Layers", MOST_COLOR_LAYERS, "Share of each layer, the finest last")
    keep_color: BoolProperty(
        name="Keep Color", description="Take the face's own colors through the style's eyes", update=_changed
    )
    truncation: _factor("Likeness", 0.75, "How far the face may be from the average face")
    use_grain: BoolProperty(name="Own Grain", description="Choose the seed of the fine grain", update=_changed)
    grain_seed: IntProperty(name="Grain Seed", min=0, description="Another seed, another grain", update=_changed)
    surroundings: EnumProperty(
        name="Surroundings",
        items=(
            ('KEEP', "Keep", "The rest of the picture stays as it is"),
            ('MATCH', "Match", "The rest of the picture follows the change of color"),
            ('CROP', "Crop", "Only the stylized square is left"),
        ),
        description="What becomes of the picture around the face",
        update=_changed,
    )
    matting: BoolProperty(
        name="Person Only", description="Leave the background behind the person as it is", update=_changed
    )
    face: IntProperty(
        name="Face",
        min=0,
        description="Which face, the largest first; faces of the result in sight that have a look keep it",
        update=_changed,
    )
    live: BoolProperty(
        name="Live", default=True, description="Draw the result coarsely while sliders move, and well when they rest"
    )


def styling(look) -> Styling:
    """What the worker is asked for. Raises InputError when the style is not there."""
    pack = style_packs.pack_or_error(look.style)
    preferences = extension.preferences()
    chosen = Look(
        exemplar=int(look.exemplar or 0),
        second=int(look.second or 0) if look.use_second else None,
        mix_structure=_plain(look.mix) if look.use_second else 0.0,
        mix_color=_plain(look.mix) if look.use_second else 0.0,
        random=look.random_seed if look.use_random else None,
        structure=_weights(look.structure, look.structure_layers),
        color=_weights(look.color, look.color_layers[: color_layers(pack)]),
        keep_color=look.keep_color,
        truncation=_plain(look.truncation),
        noise=look.grain_seed if look.use_grain else None,
    )
    return Styling(
        style=str(pack.folder),
        look=chosen,
        matting=look.matting,
        device=preferences.device if preferences else 'AUTO',
    )


def color_layers(pack: StylePack) -> int:
    """How many color layers a pack's model has."""
    slots = 2 * (pack.facts.size.bit_length() - 1) - 2  # two per resolution, less two
    return min(max(0, slots - STRUCTURE_LAYERS), MOST_COLOR_LAYERS)


def _weights(slider: float, layers) -> float | tuple[float, ...]:
    """One weight while all layers are alike, which fits every model; else one for each."""
    if all(layer == 1.0 for layer in layers):
        return _plain(slider)
    return tuple(_plain(slider * layer) for layer in layers)


def _plain(value: float) -> float:
    """Blender keeps floats in single precision: 0.7 comes back as 0.699999988."""
    return float(f"{value:.6g}")


def register():
    """Give every scene a look."""
    bpy.utils.register_class(PASTICHE_PG_look)
    bpy.types.Scene.pastiche_look = bpy.props.PointerProperty(type=PASTICHE_PG_look, name="Pastiche Look")


def unregister():
    """Take it away; its data stays in files."""
    del bpy.types.Scene.pastiche_look
    bpy.utils.unregister_class(PASTICHE_PG_look)
