# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Place, move and take away the points of a drag, with the mouse in the image editor or by numbers."""

import bpy
from bpy.props import EnumProperty, FloatProperty, FloatVectorProperty, IntProperty

from ..bridge import drag_presets
from ..bridge.errors import InputError
from ..bridge.face_points import snapped
from ..scene import ticking
from ..scene.cards import chosen_card, find_card
from ..scene.drag import points, session, view
from ..scene.drag.picture import card_of_picture
from ..scene.undo import push_undo
from .drag_session import FollowingSession
from .reporting import Reporting

REACH = 11.0  # pixels of the region around a point, at an interface of scale 1
DRAG_DISTANCE = 5.0  # until a press on nothing becomes a handle with its target
SNAP_REACH = 14.0


def place_preset(card, name: str, strength: float | None = None) -> None:
    """Replace the points by those of a preset. strength: of the card when None.

    Raises InputError when no face was found in the picture, or none was looked for yet.
    """
    running = session.session_or_error(card)
    if running.face is None or not len(running.face):
        raise InputError(f"No face was found in the picture of {card.name}.", "Place the points by hand.")
    drag = card.pastiche.drag
    strength = drag.strength if strength is None else strength
    points.set_pairs(drag, drag_presets.preset_points(name, running.face, tuple(drag.picture.size), strength))


def add_point(card, handle: points.Place, target: points.Place) -> None:
    """Add a handle and its target, in pixels of the drag picture. Raises InputError when one lies outside."""
    size = tuple(card.pastiche.drag.picture.size)
    for place in (handle, target):
        if not view.inside(place, size):
            what = f"The point {place[0]:.0f}, {place[1]:.0f} lies outside the picture of {size[0]} x {size[1]} pixels."
            raise InputError(what, "Move it inside.")
    for place in (handle, target):
        points.place_next(card.pastiche.drag, place)


class OnPicture(Reporting):
    """An operator on a card's drag picture: with the mouse in the image editor that shows it, or by numbers."""

    @classmethod
    def poll(cls, context):
        """Only with a drag picture; over the editor's other images the mouse keeps its meanings."""
        card, space = card_in_sight(context), context.space_data
        is_elsewhere = space is not None and space.type == 'IMAGE_EDITOR' and not _shows(space, card)
        if card is None or not card.pastiche.drag.picture or is_elsewhere:
            cls.poll_message_set("No drag picture is shown")
            return False
        return True


def _shows(space, card) -> bool:
    return card is not None and space.image == card.pastiche.drag.picture


class PASTICHE_OT_drag_point(OnPicture, bpy.types.Operator):
    """Click a point of the picture, then where it shall go; drag either end to move it"""

    bl_idname = "pastiche.drag_point"
    bl_label = "Place Point"
    bl_options = {'REGISTER', 'UNDO'}

    handle: FloatVectorProperty(name="Handle", size=2, options={'SKIP_SAVE'}, description="Pixels from the top left")
    target: FloatVectorProperty(name="Target", size=2, options={'SKIP_SAVE'}, description="Pixels from the top left")

    def run(self, context):
        """Add a point by numbers."""
        add_point(card_in_sight(context), tuple(self.handle), tuple(self.target))

    def invoke(self, context, event):
        """Take hold of the point under the pointer, or place the next one."""
        card = card_in_sight(context)
        self._drag, self._size = card.pastiche.drag, tuple(card.pastiche.drag.picture.size)
        self._scale = context.preferences.system.ui_scale
        self._pressed = (event.mouse_region_x, event.mouse_region_y)
        place = view.to_picture(context.region, self._size, *self._pressed)
        running = session.session_of(card)
        self._face = running.face if running else None
        if running and self._drag.snap:
            running.with_face()
            ticking.start()
        is_dragging = bool(running and running.is_dragging)
        reach = view.pixels_across(context.region, self._size, REACH * self._scale)
        self._grip = points.nearest_grip(self._drag, place, reach, only_targets=is_dragging)
        self._is_new = self._grip is None
        if self._is_new:
            if is_dragging or not view.inside(place, self._size):
                return {'PASS_THROUGH'}
            self._grip = points.place_next(self._drag, self._snap(context, event, place))
        point = self._drag.points[self._grip.index]
        self._had_target = point.has_target
        self._is_second_click = self._is_new and self._grip.end == points.TARGET
        self._drag.active_point = self._grip.index
        self._before = tuple(getattr(self._drag.points[self._grip.index], self._grip.end))
        context.window_manager.modal_handler_add(self)
        context.area.tag_redraw()
        return {'RUNNING_MODAL'}

    def modal(self, context, event):
        """Follow the pointer until the button is released."""
        if event.type in {'RIGHTMOUSE', 'ESC'}:
            self._take_back()
            context.area.tag_redraw()
            return {'CANCELLED'}
        if event.type == 'LEFTMOUSE' and event.value == 'RELEASE':
            return {'FINISHED'}
        if event.type in {'MOUSEMOVE', 'INBETWEEN_MOUSEMOVE', 'LEFT_CTRL', 'RIGHT_CTRL'}:
            self._follow(context, event)
        return {'RUNNING_MODAL'}

    def _follow(self, context, event):
        at = (event.mouse_region_x, event.mouse_region_y)
        if not self._had_target and self._grip.end == points.HANDLE:
            moved = max(abs(at[0] - self._pressed[0]), abs(at[1] - self._pressed[1]))
            if moved < DRAG_DISTANCE * self._scale:
                return
            self._grip = points.Grip(self._grip.index, points.TARGET)
        place = view.clamped(view.to_picture(context.region, self._size, *at), self._size)
        points.move(self._drag, self._grip, self._snap(context, event, place))
        context.area.tag_redraw()

    def _snap(self, context, event, place):
        """The named point of the face near `place`; Ctrl turns snapping on and off."""
        if self._drag.snap == event.ctrl:
            return place
        reach = view.pixels_across(context.region, self._size, SNAP_REACH * self._scale)
        return snapped(place, self._face, reach)

    def _take_back(self):
        if self._is_new and not self._is_second_click:
            points.remove(self._drag, self._grip.index)
        elif self._is_second_click or not self._had_target:
            self._drag.points[self._grip.index].has_target = False
        else:
            points.move(self._drag, self._grip, self._before)


class OnPoints(Reporting):
    """An operator that changes the points of the card in sight."""

    bl_options = {'REGISTER', 'UNDO'}

    @classmethod
    def poll(cls, context):
        """Only with points."""
        card = card_in_sight(context)
        if card is None or not card.pastiche.drag.points:
            cls.poll_message_set("There are no points")
            return False
        return True


class PASTICHE_OT_drag_remove_point(OnPoints, bpy.types.Operator):
    """Take the active point away, or the one given"""

    bl_idname = "pastiche.drag_remove_point"
    bl_label = "Remove Point"

    index: IntProperty(name="Point", default=-1, min=-1, options={'SKIP_SAVE'}, description="From 0; -1: the active")

    def run(self, context):
        """Remove it."""
        drag = card_in_sight(context).pastiche.drag
        index = self.index if self.index >= 0 else drag.active_point
        if index >= len(drag.points):
            raise InputError(f"There is no point {index}.", f"Choose one from 0 to {len(drag.points) - 1}.")
        points.remove(drag, index)
        ticking.redraw()


class PASTICHE_OT_drag_clear_points(OnPoints, bpy.types.Operator):
    """Take all points away"""

    bl_idname = "pastiche.drag_clear_points"
    bl_label = "Clear Points"

    def run(self, context):
        """Remove them."""
        card_in_sight(context).pastiche.drag.points.clear()
        ticking.redraw()


class PASTICHE_OT_drag_preset(FollowingSession, bpy.types.Operator):
    """Place handle and target points for an expression, from the face in the picture"""

    bl_idname = "pastiche.drag_preset"
    bl_label = "Expression Preset"
    bl_options = {'REGISTER'}

    preset: EnumProperty(
        name="Preset", items=[(name, name.title(), f"Points for: {name}") for name in drag_presets.PRESETS]
    )
    strength: FloatProperty(
        name="Strength", default=1.0, min=0.0, soft_max=2.0, options={'SKIP_SAVE'}, description="How far points move"
    )

    def run(self, context):
        """Place them, as soon as the face is known."""
        card = self.chosen(context)
        running = session.session_or_error(card)
        strength = self.strength if self.properties.is_property_set("strength") else None
        uid, name = card.pastiche.uid, self.preset  # both the card and this operator may be gone by then

        def place() -> None:
            place_preset(find_card(uid), name, strength)
            push_undo(name.capitalize())

        running.with_face(place)
        return self.follow(running)


def card_in_sight(context):
    """The card whose picture the image editor shows, else the one that is open for dragging, else the chosen one."""
    space = context.space_data
    card = card_of_picture(space.image, context.scene) if space and space.type == 'IMAGE_EDITOR' else None
    return card or session.open_card() or chosen_card(context)


classes = (
    PASTICHE_OT_drag_point,
    PASTICHE_OT_drag_remove_point,
    PASTICHE_OT_drag_clear_points,
    PASTICHE_OT_drag_preset,
)
