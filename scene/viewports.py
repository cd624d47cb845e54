# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""3D views, and whether a card can be seen in them as it is painted.

Blender's solid view lights its objects and gives each the viewport color of its material: a card is a gray rectangle
there until the view shows textures.
"""

import bpy


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
