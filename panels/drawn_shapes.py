# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Smooth shapes, texts and pictures drawn into a region, in its pixels: what an overlay is made of.

Discs, rings and lines are all one shape, the places at a distance from a segment, colored by that distance; wide lines
of Blender's own shaders show gaps where they bend. Not for: what is drawn where (drag_overlay.py).
"""

from math import dist

import blf
import bpy
import gpu
from gpu_extras.batch import batch_for_shader
from mathutils import Color

FONT = 0
BACKDROP = (0.0, 0.0, 0.0, 0.5)  # behind texts
_QUAD = ((0, 0), (1, 0), (1, 1), (0, 0), (1, 1), (0, 1))
_shaders: dict[str, "gpu.types.GPUShader"] = {}  # made when first drawn

_VERTEX = "void main() { place = pos; gl_Position = projection * vec4(pos, 0.0, 1.0); }"
_NEAR_SEGMENT = """
void main() {
  vec2 along = end - start;
  float share = clamp(dot(place - start, along) / max(dot(along, along), 1e-6), 0.0, 1.0);
  float away = distance(place, start + share * along);
  float inside = clamp(radius - away + 0.5, 0.0, 1.0);
  float outside = hollow > 0.0 ? clamp(away - hollow + 0.5, 0.0, 1.0) : 1.0;
  result = vec4(color.rgb, color.a * inside * outside);
}
"""
_PART = """
void main() {
  vec2 share = (place - start) / (end - start);
  vec2 at = corner + share.x * across + share.y * up;
  bool is_inside = all(greaterThanEqual(at, vec2(0.0))) && all(lessThanEqual(at, vec2(1.0)));
  result = is_inside ? texture(image, at) : vec4(0.0);
}
"""
_WHERE_DARK = """
void main() {
  vec2 at = (place - start) / (end - start);
  result = vec4(color.rgb, texture(image, at).r < 0.5 ? color.a : 0.0);
}
"""


def drawn_color(color, opacity: float = 1.0) -> tuple[float, float, float, float]:
    """A color of the theme as our shaders want it: linear, because the screen's buffer encodes what they write."""
    return (*Color(color[:3]).from_srgb_to_scene_linear(), opacity)


def draw_line(corners, color, width: float) -> None:
    """A line with round ends through `corners`."""
    for start, end in zip(corners, corners[1:], strict=False):
        _draw_near(start, end, width / 2, 0.0, color)


def draw_disc(at, radius: float, color) -> None:
    """A filled circle."""
    _draw_near(at, at, radius, 0.0, color)


def draw_ring(at, radius: float, width: float, color) -> None:
    """A circle line; `radius` is that of its middle."""
    _draw_near(at, at, radius + width / 2, radius - width / 2, color)


def draw_text(text: str, at, color, scale: float) -> None:
    """A text in the size of the interface, beginning right of `at`, on a dark ground."""
    blf.size(FONT, bpy.context.preferences.ui_styles[0].widget.points * scale)
    width, height = blf.dimensions(FONT, text)
    half = height / 2 + 4 * scale
    begin, end = (at[0] + half, at[1]), (at[0] + half + width, at[1])
    _draw_near(begin, end, half, 0.0, BACKDROP)
    gpu.state.blend_set('ALPHA')
    blf.color(FONT, *color)
    blf.position(FONT, round(begin[0]), round(at[1] - height / 2 + scale), 0)
    blf.draw(FONT, text)
    gpu.state.blend_set('ALPHA')


def draw_part(image, box, corner, across, up) -> None:
    """A part of an image, perhaps turned and beyond its border, over a box: left, bottom, right, top.

    corner, across, up: where its lower left corner is, and the ways along its two sides, in the image's 0..1.
    """
    shader = _shader("part", _PART, has_image=True, places=("corner", "across", "up"))
    shader.bind()
    shader.uniform_sampler("image", gpu.texture.from_image(image))
    _fill(shader, box, start=box[:2], end=box[2:], corner=corner, across=across, up=up)


def draw_image(image, box, opacity: float) -> None:
    """An image over a box: left, bottom, right, top."""
    shader = gpu.shader.from_builtin('IMAGE_COLOR')
    shader.uniform_sampler("image", gpu.texture.from_image(image))
    shader.uniform_float("color", (1.0, 1.0, 1.0, opacity))
    batch_for_shader(shader, 'TRIS', {"pos": _corners(*box), "texCoord": _QUAD}).draw(shader)


def draw_where_dark(image, box, color) -> None:
    """A color over a box, where the image stretched over it is dark."""
    shader = _shader("where dark", _WHERE_DARK, has_image=True)
    shader.bind()
    shader.uniform_sampler("image", gpu.texture.from_image(image))
    _fill(shader, box, start=box[:2], end=box[2:], color=color)


def forget_shaders() -> None:
    """Let the shaders go."""
    _shaders.clear()


def _draw_near(start, end, radius: float, hollow: float, color) -> None:
    shader = _shader("near segment", _NEAR_SEGMENT)
    shader.bind()
    margin = radius + 1
    box = (
        min(start[0], end[0]) - margin, min(start[1], end[1]) - margin,
        max(start[0], end[0]) + margin, max(start[1], end[1]) + margin,
    )  # fmt: skip
    _fill(shader, box, start=start, end=end, color=color, radius=radius, hollow=hollow)


def _fill(shader, box, **values) -> None:
    shader.uniform_float("projection", gpu.matrix.get_projection_matrix() @ gpu.matrix.get_model_view_matrix())
    for name, value in values.items():
        shader.uniform_float(name, value)
    batch_for_shader(shader, 'TRIS', {"pos": _corners(*box)}).draw(shader)


def _corners(left: float, bottom: float, right: float, top: float):
    return [(left + x * (right - left), bottom + y * (top - bottom)) for x, y in _QUAD]


def _shader(name: str, fragment: str, has_image: bool = False, places: tuple[str, ...] = ()):
    if name not in _shaders:
        between = gpu.types.GPUStageInterfaceInfo(f"pastiche_{name.replace(' ', '_')}")
        between.smooth('VEC2', "place")
        info = gpu.types.GPUShaderCreateInfo()
        info.push_constant('MAT4', "projection")
        if not places:
            info.push_constant('VEC4', "color")
        for word in ("start", "end", *places):
            info.push_constant('VEC2', word)
        if has_image:
            info.sampler(0, 'FLOAT_2D', "image")
        else:
            info.push_constant('FLOAT', "radius")
            info.push_constant('FLOAT', "hollow")
        info.vertex_in(0, 'VEC2', "pos")
        info.vertex_out(between)
        info.fragment_out(0, 'VEC4', "result")
        info.vertex_source(_VERTEX)
        info.fragment_source(fragment)
        _shaders[name] = gpu.shader.create_from_info(info)
    return _shaders[name]


def shortened(start, end, at_start: float, at_end: float):
    """The segment without so much of its ends; None when nothing is left."""
    length = dist(start, end)
    if length <= at_start + at_end:
        return None
    across, up = (end[0] - start[0]) / length, (end[1] - start[1]) / length
    return (
        (start[0] + across * at_start, start[1] + up * at_start),
        (end[0] - across * at_end, end[1] - up * at_end),
    )
