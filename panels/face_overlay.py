# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The face that was placed by hand, over its picture in the image editor: box, five points, handles; and their tool."""

import bpy
import gpu

from ..operators.move_face import TOOL, PASTICHE_OT_move_face, box_on_picture, card_of_portrait, corners_of
from ..scene import compat, placement
from ..scene.drag import view
from .drag_overlay import Colors
from .drawn_shapes import draw_disc, draw_line, draw_ring, draw_text

POINT, HANDLE, CORNER, EDGE, LINE = 6.0, 4.0, 3.5, 1.5, 1.5  # pixels of an interface of scale 1
OUTLINES = (  # numbers of points and handles around the eyes, and the lips outside and inside
    (5, 7, 6, 8, 5),
    (10, 12, 11, 13, 10),
    (3, 15, 4, 18, 3),
    (3, 16, 4, 17, 3),
)
_handler = None


def draw() -> None:
    """Draw over the image editor that is being drawn."""
    context = bpy.context
    space = context.space_data
    card = card_of_portrait(space.image, context.scene) if space.overlay.show_overlays else None
    if card is None or not space.image.size[0]:
        return
    size, colors, scale = tuple(space.image.size), Colors.of_theme(), context.preferences.system.ui_scale
    at = {index: _shown(context.region, placement.place_of(card, index)) for index in placement.face_points(card)}
    gpu.state.blend_set('ALPHA')
    _draw_box(context.region, box_on_picture(card, size), size, colors, scale)
    for outline in OUTLINES:
        if all(index in at for index in outline):
            _draw_twice([at[index] for index in outline], colors, scale)
    for index, place in sorted(at.items(), reverse=True):
        is_point = index < len(placement.POINTS)
        radius = (POINT if is_point else HANDLE) * scale
        (draw_ring if is_point else _disc)(place, radius, (LINE + 2 * EDGE) * scale, colors.edge)
        (draw_ring if is_point else _disc)(place, radius, LINE * scale, colors.active if is_point else colors.point)
        if is_point and len(at) == len(placement.POINTS):
            name = bpy.app.translations.pgettext_iface(placement.POINTS[index][0])
            draw_text(name, (place[0] + (POINT + 5) * scale, place[1] + 5 * scale), colors.text, scale)
    gpu.state.blend_set('NONE')


def _disc(at, radius: float, width: float, color) -> None:
    draw_disc(at, radius - LINE + width / 2, color)


def _draw_twice(corners, colors: Colors, scale: float) -> None:
    """A line that is seen on any picture: light on dark."""
    draw_line(corners, colors.edge, (LINE + 2 * EDGE) * scale)
    draw_line(corners, colors.point, LINE * scale)


def _draw_box(region, box, size, colors: Colors, scale: float) -> None:
    if box is None:
        return
    corners = [view.to_region(region, size, corner) for corner in corners_of(box)]
    _draw_twice([*corners, corners[0]], colors, scale)
    for corner in corners:
        draw_disc(corner, (CORNER + EDGE) * scale, colors.edge)
        draw_disc(corner, CORNER * scale, colors.point)


def _shown(region, place) -> tuple[float, float]:
    return view.to_region(region, (1, 1), place)


class PASTICHE_TOOL_face(bpy.types.WorkSpaceTool):
    """The tool."""

    bl_idname = TOOL
    bl_label = "Place Face"
    bl_description = (
        "Drag the points onto eyes, nose tip and mouth corners.\nDrag the box to move the face, a corner to scale it"
    )
    bl_icon = "ops.generic.select_box"
    bl_space_type = 'IMAGE_EDITOR'
    bl_context_mode = 'VIEW'
    bl_keymap = ((PASTICHE_OT_move_face.bl_idname, {"type": 'LEFTMOUSE', "value": 'PRESS'}, None),)


def register() -> None:
    """Draw from now on, and add the tool where there is a toolbar."""
    global _handler
    _handler = bpy.types.SpaceImageEditor.draw_handler_add(draw, (), 'WINDOW', 'POST_PIXEL')
    if not compat.is_background():
        bpy.utils.register_tool(PASTICHE_TOOL_face)


def unregister() -> None:
    """Take both away."""
    global _handler
    if not compat.is_background():
        bpy.utils.unregister_tool(PASTICHE_TOOL_face)
    bpy.types.SpaceImageEditor.draw_handler_remove(_handler, 'WINDOW')
    _handler = None
