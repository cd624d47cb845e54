# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of the engines as properties of a card: one group per engine, named as the engine names them.

Names, ranges and defaults are the engines' own (inference/engines/*/settings.py); a test keeps them equal. The device
is missing here: it belongs to the computer, so it is in the preferences. So are the mesh engine's gains, which are for
the command line: a card has gains of its own, which can be keyed and are seen live (gains.py).
"""

from pathlib import Path

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, IntProperty, StringProperty

from ..bridge import starter
from ..bridge.errors import InputError
from . import compat


def _gain(name: str, high: float, default: float, description: str):
    return FloatProperty(name=name, default=default, min=0.0, max=high, subtype='FACTOR', description=description)


@compat.overridable
class PASTICHE_PG_mesh(bpy.types.PropertyGroup):
    """How the mesh engine draws the card. How strongly it plays is the card's own: gains.py."""

    wrinkles: _gain("Wrinkles", 2.0, 0.85, "How strongly the actor's wrinkles are shaded onto the card")
    turn_limit: FloatProperty(
        name="Turn Limit",
        default=28.0,
        min=0.0,
        max=60.0,
        description="Degrees the head may turn away from how the picture shows it",
    )
    mouth_interior: EnumProperty(
        name="Mouth Inside",
        items=(
            ('AUTO', "Automatic", "The actor's mouth where the footage has it, else painted"),
            ('FOOTAGE', "From Footage", "The actor's mouth wherever there is footage"),
            ('PAINTED', "Painted", "Always painted"),
        ),
        description="What is seen inside an open mouth",
    )
    background: EnumProperty(
        name="Background",
        items=(
            ('PLATE', "Repaired", "What the head uncovers is painted in"),
            ('KEEP', "Bends Along", "The background moves with the head"),
        ),
        description="What is seen where the head was",
    )


@compat.overridable
class PASTICHE_PG_fomm(bpy.types.PropertyGroup):
    """How the First Order Motion Model plays the card."""

    advanced = ("precision", "batch", "compiled", "sampling")

    weights: StringProperty(
        name="Weights",
        subtype='FILE_PATH',
        options=compat.RELATIVE_PATH,
        description="Checkpoint of the model, such as vox-cpk.pth.tar; the starter's when empty",
    )
    strength: _gain("Strength", 2.0, 1.0, "How far the card follows the footage")
    relative: BoolProperty(
        name="Relative Motion",
        default=True,
        description="Move as the actor moves, instead of taking the actor's pose and proportions",
    )
    adapt_scale: BoolProperty(
        name="Adapt Scale", default=True, description="Let a small face move less than a large one"
    )
    initial: FloatProperty(
        name="Initial Moment",
        default=-1.0,
        min=-1.0,
        max=1e6,
        description="Second of the footage at which the actor looks most like the card; below zero it is found",
    )
    full_resolution: BoolProperty(
        name="Full Resolution",
        default=True,
        description="Bend the picture itself and paint only what the model invents, instead of the model's 256 pixels",
    )
    batch: IntProperty(
        name="Batch",
        default=8,
        min=1,
        max=64,
        description="Frames computed at a time; it halves by itself when memory does not suffice",
    )
    compiled: BoolProperty(
        name="Compiled",
        description="Compile the networks first: takes minutes at the start of a render, for long clips",
    )
    sampling: EnumProperty(
        name="Sampling",
        items=(
            ('TRAINED', "As Trained", "As the published weights know it"),
            ('SHIPPED', "As Shipped", "As the authors' program does on a current torch, for comparison"),
        ),
        description="Where a pixel's coordinates are taken to be when the picture is looked up",
    )
    precision: EnumProperty(
        name="Precision",
        items=(
            ('AUTO', "Automatic", "The fastest that this computer gains from"),
            ('FLOAT32', "Single", "32 bits: exact and slower"),
            ('BFLOAT16', "Half (bfloat16)", "16 bits: faster on newer processors and graphics cards"),
            ('FLOAT16', "Half (float16)", "16 bits: faster on graphics cards"),
        ),
        description="How exactly the model computes; keypoints are always found in single precision",
    )


def apply_settings(group, settings: dict[str, float | str | bool]) -> None:
    """Set an engine's settings to those of a recipe, all others to their defaults. Raises InputError."""
    for prop in group.bl_rna.properties:
        if prop.identifier in {"rna_type", "name"}:
            continue
        value = settings.get(prop.identifier, prop.default)
        try:
            setattr(group, prop.identifier, value)
        except TypeError as error:
            what = f"The recipe's setting {prop.identifier} cannot be {str(value)[:40]!r}."
            raise InputError(what, "Set it by hand and render.") from error


def settings_of(group, is_advanced: bool) -> list[str]:
    """The names of a group's settings as panels show them, those for everybody or the advanced ones."""
    names = [prop.identifier for prop in group.bl_rna.properties if prop.identifier not in {"rna_type", "name"}]
    return [name for name in names if (name in getattr(group, "advanced", ())) == is_advanced]


def lacks_weights(group) -> bool:
    """Whether an engine's settings ask for weights, no file of them is chosen, and none were shipped with Pastiche."""
    if not hasattr(group, "weights") or has_starter(group):
        return False
    return not Path(bpy.path.abspath(group.weights or " ")).is_file()


def has_starter(group) -> bool:
    """Whether an engine plays with the weights that were shipped, since none are chosen."""
    return hasattr(group, "weights") and not group.weights and starter.MOTION.is_file()


def changed_settings(group) -> dict[str, float | str | bool]:
    """The settings that differ from the engine's defaults, by name."""
    properties = [prop for prop in group.bl_rna.properties if prop.identifier not in {"rna_type", "name"}]
    values = {prop.identifier: (getattr(group, prop.identifier), prop.default) for prop in properties}
    return {name: _plain(value) for name, (value, default) in values.items() if value != default}


def _plain(value: float | str | bool) -> float | str | bool:
    """Blender keeps floats in single precision: 0.7 comes back as 0.699999988. Paths may be relative to the .blend."""
    if isinstance(value, str):
        return bpy.path.abspath(value) if value.startswith("//") else value
    return value if isinstance(value, bool) else float(f"{value:.6g}")
