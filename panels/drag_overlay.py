# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Points, mask and steps drawn over the drag picture in the image editor, in the colors of the editor's theme.

A handle is a filled disc, its target a ring; a line leads from one to the other. What the mask holds is dimmed. While
the mask itself is painted, the picture shines through it.
"""

from dataclasses import dataclass
from math import cos, dist, pi, sin

import blf
import bpy
import gpu
from gpu_extras.batch import batch_for_shader

from ..operators.drag_mask import outline
from ..scene.drag import session, view
from ..scene.drag.picture import card_of_picture
from .drag_texts import standing_text

RADIUS, RING, LINE = 5.0, 7.0, 2.0  # pixels of an interface of scale 1
DIM = (0.0, 0.0, 0.0, 0.55)
SHINE = 0.65  # of the picture through the mask
FONT = 0
CIRCLE = [(cos(2 * pi * i / 24), sin(2 * pi * i / 24)) for i in range(25)]
_handler = None
_dimming = None  # shader, made when first drawn


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
            point=(*theme.vertex_select[:3], 1.0),
            active=(*theme.editmesh_active[:3], 1.0),
            line=(*theme.wire_edit[:3], 1.0),
            edge=(*theme.vertex[:3], 1.0),
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
    if space.image == drag.picture:
        if drag.use_mask and drag.mask:
            _draw_dimmed(region, drag.mask)
        if outline:
            _draw_line([*outline, outline[0]], Colors.of_theme().point)
        _draw_points(context, region, card)
        _draw_standing(context, region, card)
    elif drag.picture:
        _draw_through(region, drag.picture)
    gpu.state.blend_set('NONE')


def _draw_points(context, region, card) -> None:
    drag, colors, scale = card.pastiche.drag, Colors.of_theme(), context.preferences.system.ui_scale
    size = tuple(drag.picture.size)
    running = session.session_of(card)
    handles = running.handles(card) if running else [tuple(point.handle) for point in drag.points]
    for index, point in enumerate(drag.points):
        at = handles[index] if index < len(handles) else tuple(point.handle)
        handle = view.to_region(region, size, at)
        is_active = index == drag.active_point
        if point.has_target:
            target = view.to_region(region, size, tuple(point.target))
            _draw_arrow(handle, target, colors, scale)
            _draw_ring(target, RING * scale, colors.edge, (LINE + 2) * scale)
            _draw_ring(target, RING * scale, colors.active if is_active else colors.point, LINE * scale)
            _write(f"{dist(at, point.target):.1f} px", target, (RING + 5) * scale, colors.text, scale)
        _draw_disc(handle, (RADIUS + 1.5) * scale, colors.edge)
        _draw_disc(handle, RADIUS * scale, colors.point)
        if is_active:
            _draw_ring(handle, (RADIUS + 1.5) * scale, colors.active, scale)


def _draw_arrow(start, end, colors: Colors, scale: float) -> None:
    length = dist(start, end)
    if length < (RADIUS + RING) * scale:
        return
    share = 1 - RING * scale / length
    tip = (start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)
    _draw_line([start, tip], colors.edge, (LINE + 2) * scale)
    _draw_line([start, tip], colors.line, LINE * scale)


def _draw_standing(context, region, card) -> None:
    """How the drag stands, in the corner where the editor writes its own facts."""
    running = session.session_of(card)
    if running:
        scale = context.preferences.system.ui_scale
        left = sum(part.width for part in context.area.regions if part.type == 'TOOLS' and part.width > 1)
        _write(standing_text(running), (left + 12 * scale, 14 * scale), 0, Colors.of_theme().text, scale)


def _write(text: str, at, aside: float, color, scale: float) -> None:
    blf.size(FONT, bpy.context.preferences.ui_styles[0].widget.points * scale)
    blf.enable(FONT, blf.SHADOW)
    blf.shadow(FONT, 5, 0.0, 0.0, 0.0, 0.9)
    blf.shadow_offset(FONT, 0, 0)
    blf.color(FONT, *color)
    blf.position(FONT, round(at[0] + aside), round(at[1] + (0 if not aside else -4 * scale)), 0)
    blf.draw(FONT, text)
    blf.disable(FONT, blf.SHADOW)


def _draw_line(corners, color, width: float = LINE) -> None:
    shader = gpu.shader.from_builtin('POLYLINE_UNIFORM_COLOR')
    shader.uniform_float("viewportSize", gpu.state.viewport_get()[2:])
    shader.uniform_float("lineWidth", width)
    shader.uniform_float("color", color)
    batch_for_shader(shader, 'LINE_STRIP', {"pos": [(*corner, 0.0) for corner in corners]}).draw(shader)


def _draw_ring(at, radius: float, color, width: float) -> None:
    _draw_line([(at[0] + x * radius, at[1] + y * radius) for x, y in CIRCLE], color, width)


def _draw_disc(at, radius: float, color) -> None:
    shader = gpu.shader.from_builtin('UNIFORM_COLOR')
    shader.uniform_float("color", color)
    rim = [(at[0] + x * radius, at[1] + y * radius) for x, y in CIRCLE]
    corners = [corner for pair in zip(rim, rim[1:], strict=False) for corner in (tuple(at), *pair)]
    batch_for_shader(shader, 'TRIS', {"pos": corners}).draw(shader)
    _draw_ring(at, radius, color, 1.0)  # a smooth edge


def _picture_quad(region) -> dict:
    left, bottom = region.view2d.view_to_region(0, 0, clip=False)
    right, top = region.view2d.view_to_region(1, 1, clip=False)
    places = ((left, bottom), (right, bottom), (right, top), (left, bottom), (right, top), (left, top))
    return {"pos": places, "texCoord": ((0, 0), (1, 0), (1, 1), (0, 0), (1, 1), (0, 1))}


def _draw_through(region, picture) -> None:
    shader = gpu.shader.from_builtin('IMAGE_COLOR')
    shader.uniform_sampler("image", gpu.texture.from_image(picture))
    shader.uniform_float("color", (1.0, 1.0, 1.0, SHINE))
    batch_for_shader(shader, 'TRIS', _picture_quad(region)).draw(shader)


def _draw_dimmed(region, mask) -> None:
    global _dimming
    _dimming = _dimming or _make_dimming()
    _dimming.bind()
    _dimming.uniform_sampler("mask", gpu.texture.from_image(mask))
    _dimming.uniform_float("projection", gpu.matrix.get_projection_matrix() @ gpu.matrix.get_model_view_matrix())
    _dimming.uniform_float("color", DIM)
    batch_for_shader(_dimming, 'TRIS', _picture_quad(region)).draw(_dimming)


def _make_dimming():
    """A shader that draws a color where a mask is dark."""
    between = gpu.types.GPUStageInterfaceInfo("pastiche_dimming")
    between.smooth('VEC2', "place")
    info = gpu.types.GPUShaderCreateInfo()
    info.push_constant('MAT4', "projection")
    info.push_constant('VEC4', "color")
    info.sampler(0, 'FLOAT_2D', "mask")
    info.vertex_in(0, 'VEC2', "pos")
    info.vertex_in(1, 'VEC2', "texCoord")
    info.vertex_out(between)
    info.fragment_out(0, 'VEC4', "result")
    info.vertex_source("void main() { place = texCoord; gl_Position = projection * vec4(pos, 0.0, 1.0); }")
    info.fragment_source("void main() { result = vec4(color.rgb, texture(mask, place).r < 0.5 ? color.a : 0.0); }")
    return gpu.shader.create_from_info(info)


def register() -> None:
    """Draw from now on."""
    global _handler
    _handler = bpy.types.SpaceImageEditor.draw_handler_add(draw, (), 'WINDOW', 'POST_PIXEL')


def unregister() -> None:
    """Draw no more."""
    global _handler, _dimming
    bpy.types.SpaceImageEditor.draw_handler_remove(_handler, 'WINDOW')
    _handler = _dimming = None
