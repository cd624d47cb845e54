# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Move a face that was placed by hand, on its picture in the image editor: a point, a handle, the box or its corner."""

from math import dist

import bpy

from ..scene import cards, placement
from ..scene.drag import view
from .reporting import Reporting

REACH = 12.0  # pixels of the region around a point, at an interface of scale 1
BOX = -1  # what is held: the box, or from BOX - 1 on its corners
TOOL = "pastiche.place_face_tool"


def card_of_portrait(image, scene):
    """The card whose portrait an image is and whose face is placed by hand, or None."""
    if image is None:
        return None
    return next((c for c in cards.cards_of(scene) if c.pastiche.image == image and placement.face_points(c)), None)


def box_on_picture(card, size: tuple[int, int]) -> tuple[float, float, float, float] | None:
    """The box around the face, in pixels of the picture."""
    placed = placement.read_placement(card, *size)
    return placed.box if placed else None


def grip_at(card, size: tuple[int, int], place: tuple[float, float], reach: float) -> int | None:
    """What lies under the pointer: the number of a point, BOX, BOX - 1 - a corner's number, or None."""
    points = {
        index: (x * size[0], y * size[1])
        for index in placement.face_points(card)
        for x, y in [placement.place_of(card, index)]
    }
    nearest = min(points, key=lambda index: dist(points[index], place), default=None)
    if nearest is not None and dist(points[nearest], place) <= reach:
        return nearest
    box = box_on_picture(card, size)
    if box is None:
        return None
    for number, corner in enumerate(corners_of(box)):
        if dist(corner, place) <= reach:
            return BOX - 1 - number
    return BOX if box[0] <= place[0] <= box[2] and box[1] <= place[1] <= box[3] else None


def corners_of(box: tuple[float, float, float, float]) -> tuple[tuple[float, float], ...]:
    """The corners of a box: left top, right top, right bottom, left bottom."""
    left, top, right, bottom = box
    return (left, top), (right, top), (right, bottom), (left, bottom)


class PASTICHE_OT_move_face(Reporting, bpy.types.Operator):
    """Drag a point, a handle of lids or lips, the box to move the whole face, or a corner of it to scale it"""

    bl_idname = "pastiche.move_face"
    bl_label = "Move Face"
    bl_options = {'REGISTER', 'UNDO', 'INTERNAL'}

    @classmethod
    def poll(cls, context):
        """Only over the portrait of a card with a placed face."""
        space = context.space_data
        return bool(space and space.type == 'IMAGE_EDITOR' and card_of_portrait(space.image, context.scene))

    def invoke(self, context, event):
        """Take hold of what is under the pointer."""
        card = card_of_portrait(context.space_data.image, context.scene)
        self._size = tuple(context.space_data.image.size)
        self._begin = view.to_picture(context.region, self._size, event.mouse_region_x, event.mouse_region_y)
        reach = view.pixels_across(context.region, self._size, REACH * context.preferences.system.ui_scale)
        self._grip = grip_at(card, self._size, self._begin, reach)
        if self._grip is None:
            return {'PASS_THROUGH'}
        self._card = card.name
        self._before = {index: placement.place_of(card, index) for index in placement.face_points(card)}
        self._box = box_on_picture(card, self._size)
        context.window_manager.modal_handler_add(self)
        return {'RUNNING_MODAL'}

    def modal(self, context, event):
        """Follow the pointer until the button is released; Esc puts everything back."""
        card = context.scene.objects.get(self._card)
        if card is None:
            return {'CANCELLED'}
        if event.type in {'RIGHTMOUSE', 'ESC'}:
            for index, place in self._before.items():
                placement.move_point(card, index, place)
            context.area.tag_redraw()
            return {'CANCELLED'}
        if event.type == 'LEFTMOUSE' and event.value == 'RELEASE':
            return {'FINISHED'}
        if event.type in {'MOUSEMOVE', 'INBETWEEN_MOUSEMOVE'}:
            at = view.to_picture(context.region, self._size, event.mouse_region_x, event.mouse_region_y)
            self._follow(card, view.clamped(at, self._size))
            context.area.tag_redraw()
        return {'RUNNING_MODAL'}

    def _follow(self, card, at: tuple[float, float]) -> None:
        if self._grip >= 0:
            placement.move_point(card, self._grip, (at[0] / self._size[0], at[1] / self._size[1]))
            return
        fixed, factor, moved = (0.0, 0.0), 1.0, (at[0] - self._begin[0], at[1] - self._begin[1])
        if self._grip < BOX:
            fixed = corners_of(self._box)[(BOX - 1 - self._grip + 2) % 4]
            factor, moved = max(dist(at, fixed) / max(dist(self._begin, fixed), 1.0), 0.05), (0.0, 0.0)
        for index, place in self._before.items():
            pixels = [place[axis] * self._size[axis] for axis in (0, 1)]
            pixels = [fixed[axis] + (pixels[axis] - fixed[axis]) * factor + moved[axis] for axis in (0, 1)]
            placement.move_point(card, index, (pixels[0] / self._size[0], pixels[1] / self._size[1]))


class PASTICHE_OT_place_on_picture(Reporting, bpy.types.Operator):
    """Show the card's picture here with the face's box and points, and take the tool that drags them"""

    bl_idname = "pastiche.place_on_picture"
    bl_label = "Place on Picture"
    bl_options = {'REGISTER', 'UNDO'}

    @classmethod
    def poll(cls, context):
        """Only in an image editor."""
        return bool(context.space_data and context.space_data.type == 'IMAGE_EDITOR')

    def run(self, context):
        """Place the face where there is none, show the picture, choose the tool."""
        card = cards.card_or_error(context)
        placement.place_face(card)
        context.space_data.image = card.pastiche.image
        context.space_data.mode = 'VIEW'
        bpy.ops.wm.tool_set_by_id(name=TOOL)


class PASTICHE_OT_refine_face(Reporting, bpy.types.Operator):
    """Add handles for the corners and lids of the eyes, the irises and the lips, where the face is not found exactly"""

    bl_idname = "pastiche.refine_face"
    bl_label = "Correct Lids and Lips"
    bl_options = {'REGISTER', 'UNDO'}

    def run(self, context):
        """Add them."""
        placement.refine_face(cards.card_or_error(context))
