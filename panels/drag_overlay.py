# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Points, mask and steps drawn over the drag picture in the image editor, in the colors of the editor's theme.

A handle is a filled disc, its target a ring; a line leads from one to the other. What the mask holds is dimmed. While
the mask itself is painted, the picture shines through it.
"""

from dataclasses import dataclass
from math import dist

import bpy
import gpu

from ..operators.drag_mask import outline
from ..scene.drag import session, view
from ..scene.drag.picture import card_of_picture
from .drag_texts import quality_text, standing_text
from .drawn_shapes import (
    draw_disc,
    draw_image,
    draw_line,
    draw_part,
    draw_ring,
    draw_text,
    draw_where_dark,
    drawn_color,
    forget_shaders,
    shortened,
)

HANDLE, TARGET, LINE, EDGE = 5.0, 6.5, 2.0, 1.5  # pixels of an interface of scale 1
DIM = (0.0, 0.0, 0.0, 0.6)
GAP = 0.03  # between pictures side by side, of their width
NEAR = 30.0  # a handle so near on the right would cover its distance
SHINE = 0.65  # of the picture through the mask
_handler = None


@dataclass(frozen=True)
class Colors:
    """Of the theme, RGBA."""

    point: tuple
    active: tuple
    line: tuple
    edge: tuple
    text: tuple

    @classmethod
    def of_theme(cls) -> "Colors":
        """What the theme says of the image editor now."""
        theme = bpy.context.preferences.themes[0].image_editor
        return cls(
            point=drawn_color(theme.vertex_select),
            active=drawn_color(theme.editmesh_active),
            line=drawn_color(theme.wire_edit),
            edge=drawn_color(theme.vertex, 0.8),
            text=(*theme.space.text_hi[:3], 1.0),
        )


def draw() -> None:
    """Draw over the image editor that is being drawn."""
    context = bpy.context
    space, region = context.space_data, context.region
    card = card_of_picture(space.image, context.scene) if space.overlay.show_overlays else None
    if card is None:
        return
    drag = card.pastiche.drag
    gpu.state.blend_set('ALPHA')
    if space.image != drag.picture:
        draw_image(drag.picture, _box(region), SHINE)
    else:
        colors, scale = Colors.of_theme(), context.preferences.system.ui_scale
        if drag.use_mask and drag.mask:
            draw_where_dark(drag.mask, _box(region), DIM)
        if outline:
            draw_line([*outline, outline[0]], colors.edge, (LINE + 2) * scale)
            draw_line([*outline, outline[0]], colors.point, LINE * scale)
        if drag.is_inverted and drag.show_original and card.pastiche.image:
            _draw_original(region, card, colors, scale)
        _draw_points(region, card, colors, scale)
        _draw_standing(context, card, colors, scale)
    gpu.state.blend_set('NONE')


def _box(region) -> tuple[float, float, float, float]:
    """Where the picture is: left, bottom, right, top."""
    return (*region.view2d.view_to_region(0, 0, clip=False), *region.view2d.view_to_region(1, 1, clip=False))


def _draw_original(region, card, colors: Colors, scale: float) -> None:
    """The part of the card's own picture that the network draws, on the left of what it draws."""
    drag, image = card.pastiche.drag, card.pastiche.image
    left, bottom, end, height = _box(region)
    gap = (end - left) * GAP
    beside = (2 * left - end - gap, bottom, left - gap, height)
    if drag.square[2] > 0 and image.size[0]:
        corner, right, top = (view.in_square(drag.square, image.size, *at) for at in ((0, 0), (1, 0), (0, 1)))
        draw_part(image, beside, corner, _way(corner, right), _way(corner, top))
        draw_text("The Picture", (beside[0], bottom - 14 * scale), colors.text, scale)
        draw_text(f"The Network: {quality_text(drag)}", (left, bottom - 14 * scale), colors.text, scale)


def _way(start, end) -> tuple[float, float]:
    return end[0] - start[0], end[1] - start[1]


def _draw_points(region, card, colors: Colors, scale: float) -> None:
    drag = card.pastiche.drag
    size, running = tuple(drag.picture.size), session.session_of(card)
    handles = running.handles(card) if running else [tuple(point.handle) for point in drag.points]
    for index, (at, point) in enumerate(zip(handles, drag.points, strict=False)):
        handle = view.to_region(region, size, at)
        rim = colors.active if index == drag.active_point else colors.edge
        if point.has_target:
            target = view.to_region(region, size, tuple(point.target))
            between = shortened(handle, target, HANDLE * scale, (TARGET + LINE / 2) * scale)
            if between:
                draw_line(between, colors.edge, (LINE + 2 * EDGE) * scale)
                draw_line(between, colors.line, LINE * scale)
            draw_ring(target, TARGET * scale, (LINE + 2 * EDGE) * scale, rim)
            draw_ring(target, TARGET * scale, LINE * scale, colors.point)
            is_covered = 0 < handle[0] - target[0] < NEAR * scale and abs(handle[1] - target[1]) < NEAR * scale
            beside = ((handle if is_covered else target)[0] + (TARGET + 5) * scale, target[1])
            draw_text(f"{dist(at, point.target):.1f} px", beside, colors.text, scale)
        draw_disc(handle, (HANDLE + EDGE) * scale, rim)
        draw_disc(handle, HANDLE * scale, colors.point)


def _draw_standing(context, card, colors: Colors, scale: float) -> None:
    """How the drag stands, in the upper left corner that headers and toolbar leave free."""
    running = session.session_of(card)
    if running is None:
        return
    region, left, top = context.region, 0, context.region.height
    for part in context.area.regions:
        lies_over = part.x < region.x + region.width and part.y < region.y + region.height and part.height > 1
        if part.type == 'TOOLS' and lies_over and part.width > 1:
            left = max(left, part.x + part.width - region.x)
        if part.type in {'HEADER', 'TOOL_HEADER'} and lies_over and part.alignment == 'TOP':
            top = min(top, part.y - region.y)
    draw_text(standing_text(running), (left + 10 * scale, top - 20 * scale), colors.text, scale)


def register() -> None:
    """Draw from now on."""
    global _handler
    _handler = bpy.types.SpaceImageEditor.draw_handler_add(draw, (), 'WINDOW', 'POST_PIXEL')


def unregister() -> None:
    """Draw no more."""
    global _handler
    bpy.types.SpaceImageEditor.draw_handler_remove(_handler, 'WINDOW')
    _handler = None
    forget_shaders()
