# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""3D views, and whether a card can be seen in them as it is painted.

Blender's solid view lights its objects and gives each the viewport color of its material: a card is a gray rectangle
there until the view shows textures. And a new scene has a cube, as large as a card, where a card is made.
"""

import bpy
from mathutils import Vector

from .cards import is_card


def solid_shadings() -> list:
    """The shading of every solid 3D view, in all workspaces of this file."""
    spaces = (space for screen in bpy.data.screens for area in screen.areas for space in area.spaces)
    shadings = (space.shading for space in spaces if space.type == 'VIEW_3D')
    return [shading for shading in shadings if shading.type == 'SOLID']


def show_textures() -> None:
    """Let solid views that show the colors of materials, Blender's default, show textures: a picture was put in."""
    for shading in solid_shadings():
        if shading.color_type == 'MATERIAL':
            shading.color_type = 'TEXTURE'


def show_as_painted() -> None:
    """Let all solid views show textures without light."""
    for shading in solid_shadings():
        shading.color_type, shading.light = 'TEXTURE', 'FLAT'


def shows_as_painted(space) -> bool:
    """Whether a space shows pictures as they are: any but a solid 3D view that lights them or shows other colors."""
    if space is None or space.type != 'VIEW_3D' or space.shading.type != 'SOLID':
        return True
    return (space.shading.color_type, space.shading.light) == ('TEXTURE', 'FLAT')


def what_hides(layer, card):
    """A mesh of a view layer in whose box a card's middle lies, or None."""
    middle = card.matrix_world.translation
    for thing in layer.objects:
        if thing.type != 'MESH' or is_card(thing) or not thing.visible_get(view_layer=layer):
            continue
        corners = [thing.matrix_world @ Vector(corner) for corner in thing.bound_box]
        if all(min(sides) < place < max(sides) for *sides, place in zip(*corners, middle, strict=True)):
            return thing
    return None
