# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Say where the picture may move: with Blender's own brushes on the mask image, or with a lasso around it."""

import bpy
from bpy.props import BoolProperty, CollectionProperty

from ..bridge.errors import InputError
from ..scene import ticking
from ..scene.drag import mask, view
from .drag_points import OnPicture, card_in_sight
from .reporting import Reporting

LEAST_MOVE = 3  # pixels of the region between two corners of the lasso
outline: list[tuple[float, float]] = []  # of the lasso being drawn, in pixels of the region: for the overlay


def lasso(card, corners, is_free: bool = True) -> None:
    """Free (or hold) the part of the picture inside a polygon.

    corners: (N, 2), x then y, pixels of the drag picture from its top left. Raises InputError for fewer than three.
    """
    if len(corners) < 3:
        raise InputError("A lasso needs at least three corners.", "Draw it around what shall move.")
    image = mask.make_mask(card)
    size = tuple(image.size)
    scale = [have / want for have, want in zip(size, card.pastiche.drag.picture.size, strict=True)]
    inside = mask.fill_polygon([(x * scale[0], y * scale[1]) for x, y in corners], size)
    free = mask.read_free(image, size)
    mask.write_free(image, free | inside if is_free else free & ~inside)


class PASTICHE_OT_drag_lasso(OnPicture, bpy.types.Operator):
    """Draw around the part of the picture that may move; all else is held still"""

    bl_idname = "pastiche.drag_lasso"
    bl_label = "Lasso Mask"
    bl_options = {'REGISTER', 'UNDO'}

    path: CollectionProperty(name="Path", type=bpy.types.OperatorMousePath, options={'SKIP_SAVE'})
    hold: BoolProperty(name="Hold", options={'SKIP_SAVE'}, description="Hold what is inside, instead of freeing it")

    def run(self, context):
        """Fill the path, in pixels of the picture."""
        card = card_in_sight(context)
        lasso(card, [tuple(each.loc) for each in self.path], not self.hold)
        ticking.redraw()

    def invoke(self, context, event):
        """Begin at the pointer."""
        outline[:] = [(event.mouse_region_x, event.mouse_region_y)]
        context.window_manager.modal_handler_add(self)
        return {'RUNNING_MODAL'}

    def modal(self, context, event):
        """Follow the pointer; fill on release."""
        at = (event.mouse_region_x, event.mouse_region_y)
        if event.type in {'RIGHTMOUSE', 'ESC'}:
            outline.clear()
            context.area.tag_redraw()
            return {'CANCELLED'}
        if event.type == 'MOUSEMOVE' and max(abs(at[0] - outline[-1][0]), abs(at[1] - outline[-1][1])) >= LEAST_MOVE:
            outline.append(at)
            context.area.tag_redraw()
        if event.type == 'LEFTMOUSE' and event.value == 'RELEASE':
            size = tuple(card_in_sight(context).pastiche.drag.picture.size)
            for corner in outline:
                self.path.add().loc = view.to_picture(context.region, size, *corner)
            outline.clear()
            return self.execute(context) if len(self.path) > 2 else {'CANCELLED'}
        return {'RUNNING_MODAL'}


class PASTICHE_OT_drag_paint_mask(Reporting, bpy.types.Operator):
    """Paint the mask with Blender's brushes, white where the picture may move; press again to go back"""

    bl_idname = "pastiche.drag_paint_mask"
    bl_label = "Paint Mask"
    bl_options = {'REGISTER', 'UNDO'}

    @classmethod
    def poll(cls, context):
        """Only in the image editor, with a drag picture."""
        card = card_in_sight(context)
        is_here = context.space_data is not None and context.space_data.type == 'IMAGE_EDITOR'
        return bool(is_here and card and card.pastiche.drag.picture)

    def run(self, context):
        """Change between picture and mask."""
        space, card = context.space_data, card_in_sight(context)
        drag = card.pastiche.drag
        if drag.mask is not None and space.image == drag.mask:
            space.image, space.ui_mode = drag.picture, 'VIEW'
        else:
            space.image, space.ui_mode = mask.make_mask(card), 'PAINT'


class PASTICHE_OT_drag_clear_mask(Reporting, bpy.types.Operator):
    """Forget the mask: the whole picture may move"""

    bl_idname = "pastiche.drag_clear_mask"
    bl_label = "Clear Mask"
    bl_options = {'REGISTER', 'UNDO'}

    @classmethod
    def poll(cls, context):
        """Only with a mask."""
        card = card_in_sight(context)
        return bool(card and card.pastiche.drag.mask)

    def run(self, context):
        """Remove the image."""
        card = card_in_sight(context)
        drag = card.pastiche.drag
        image, drag.mask, drag.use_mask = drag.mask, None, False
        space = context.space_data
        if space and space.type == 'IMAGE_EDITOR' and space.image == image:
            space.image, space.ui_mode = drag.picture, 'VIEW'
        if image.users - image.use_fake_user == 0:
            bpy.data.images.remove(image)
        ticking.redraw()


classes = (PASTICHE_OT_drag_lasso, PASTICHE_OT_drag_paint_mask, PASTICHE_OT_drag_clear_mask)
