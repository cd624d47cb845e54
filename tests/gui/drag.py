# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dragging in the image editor, as a person does it: points, Space, undo, lasso, brush, expression; see README.md."""

import importlib

import bpy
import gui


def main():
    network = gui.args[0]
    session = room("scene.drag.session")
    area = yield from gui.editor("IMAGE_EDITOR", maximize=True)
    side = yield from gui.sidebar(area, "Pastiche")
    yield from gui.shot("01_empty", area)

    with gui.override(area):
        bpy.ops.pastiche.card_from_network(filepath=network, seed=2)
    name = bpy.context.view_layer.objects.active.name
    yield from gui.shot("02_opening", area)
    yield from until(lambda: session.current().standing)
    with gui.override(area):
        bpy.ops.image.view_all(fit_view=True)
    yield from gui.shot("03_open", area)

    drag = drag_of(name)
    drag.step_size, drag.snap = 0.01, False
    for place in ((0.4, 0.6), (0.6, 0.62), (0.55, 0.3)):
        yield from gui.click(*gui.view_point(area, *place))
    yield from gui.drag(gui.view_point(area, 0.55, 0.3), gui.view_point(area, 0.42, 0.25))
    gui.check(len(drag_of(name).points) == 2, "a click and a click, and a press that was dragged, are two points")
    gui.check(all(point.has_target for point in drag_of(name).points), "both have targets")
    yield from gui.shot("04_points", area)

    yield from gui.move(*gui.view_point(area, 0.8, 0.8))
    yield from gui.key("space")
    yield from until(lambda: session.current().standing.step > 8)
    yield from gui.shot("05_dragging")
    yield from gui.key("space")
    yield from until(lambda: not session.current().is_dragging and not session.current().is_waiting)
    step = session.current().standing.step
    gui.check(drag_of(name).step == step > 8, "Space stops, and the card knows the step")
    yield from gui.shot("06_stopped", area)

    yield from gui.key("ctrl+z")
    yield from until(lambda: session.current().standing.step == 0)
    gui.check(drag_of(name).step == 0, "undo takes the whole drag back")
    yield from gui.shot("07_undone", area)
    yield from gui.key("ctrl+shift+z")
    yield from until(lambda: session.current().standing.step == step)

    yield from lasso(area, name)
    yield from painting(area, name)
    yield from kept(area, side, session, name)
    if len(gui.args) > 1:
        yield from own_picture(area, side, session, network, gui.args[1])


def room(name):
    return importlib.import_module(f"{gui.addon('pastiche').__name__}.{name}")


def drag_of(name):
    return bpy.data.objects[name].pastiche.drag


def until(is_true, seconds=600):
    """Wait longer than the harness does by itself."""
    end = gui.now() + seconds
    while not is_true():
        if gui.now() > end:
            raise AssertionError("it never came true")
        yield 0.1


def lasso(area, name):
    corners = [gui.view_point(area, *place) for place in ((0.3, 0.2), (0.7, 0.2), (0.75, 0.7), (0.3, 0.75))]
    gui.xdotool("mousemove", *map(str, corners[0]))
    gui.xdotool("keydown", "shift", "mousedown", "1")
    yield 0.2
    for begin, end in zip(corners, corners[1:], strict=False):
        for share in (0.25, 0.5, 0.75, 1.0):
            at = [round(a + (b - a) * share) for a, b in zip(begin, end, strict=True)]
            gui.xdotool("mousemove", *map(str, at))
            yield 0.05
    yield from gui.shot("08_lasso", area)
    gui.xdotool("mouseup", "1", "keyup", "shift")
    yield 0.3
    gui.check(drag_of(name).use_mask and drag_of(name).mask, "the lasso made a mask")
    yield from gui.shot("09_mask", area)


def painting(area, name):
    with gui.override(area):
        bpy.ops.pastiche.drag_paint_mask()
    gui.check(area.spaces.active.image == drag_of(name).mask, "the mask is painted on")
    yield from gui.shot("10_painting", area)
    with gui.override(area):
        bpy.ops.pastiche.drag_paint_mask()
    gui.check(area.spaces.active.image == drag_of(name).picture, "and back to the picture")


def kept(area, side, session, name):
    with gui.override(area):
        bpy.ops.pastiche.keep_expression(name="smirk")
    yield from until(lambda: len(drag_of(name).expressions) == 1)
    yield from gui.shot("11_kept", side)
    with gui.override(area):
        bpy.ops.pastiche.drag_reset()
    yield from until(lambda: session.current().standing.step == 0)
    with gui.override(area):
        bpy.ops.pastiche.drag_close()
    yield from gui.shot("12_closed", area)


def own_picture(area, side, session, network, picture):
    """Inverted, seen beside the network's, dragged by a preset, kept with its way, rendered."""
    jobs = room("scene.jobs")
    with gui.override(area):
        bpy.ops.pastiche.card_from_image(filepath=picture)
    card = bpy.context.view_layer.objects.active
    name = card.name
    drag = card.pastiche.drag
    drag.network, drag.search_steps, drag.tuning_steps, drag.step_size = network, 40, 60, 0.02
    with gui.override(area):
        bpy.ops.pastiche.invert()
    yield from until(lambda: jobs.open_jobs() and jobs.open_jobs()[0].done > 3)
    yield from gui.shot("13_inverting", area)
    yield from until(lambda: not jobs.open_jobs())
    with gui.override(area):
        bpy.ops.pastiche.drag_open(card=name)
    yield from until(lambda: session.current().standing and session.session_of(bpy.data.objects[name]))
    with gui.override(area):
        bpy.ops.image.view_all(fit_view=True)
        bpy.ops.image.view_zoom_ratio(ratio=4.0)
    yield from gui.shot("14_side_by_side", area)
    with gui.override(area):
        bpy.ops.pastiche.drag_preset(preset="smile", strength=1.5)
    yield from until(lambda: session.current().face is not None)
    if len(session.current().face):
        gui.check(len(drag_of(name).points) == 4, "the preset placed its points on the face")
    else:
        gui.check("No face" in str(session.current().refusal), "a picture without a face is told")
        yield from gui.click(*gui.view_point(area, 0.35, 0.4))
        yield from gui.click(*gui.view_point(area, 0.3, 0.55))
    yield from gui.shot("15_preset", area)
    with gui.override(area):
        bpy.ops.pastiche.drag_run(steps=30)
    yield from until(lambda: session.current().standing.step > 2 and not session.current().is_dragging)
    yield 0.5
    yield from gui.shot("16_smiling", area)
    with gui.override(area):
        bpy.ops.pastiche.keep_expression(name="smile", as_animation=True)
    yield from until(lambda: len(drag_of(name).expressions) == 1)
    with gui.override(area):
        bpy.ops.pastiche.render()
    yield from until(lambda: jobs.open_jobs())
    yield from until(lambda: not jobs.open_jobs())
    gui.check(bpy.data.objects[name].pastiche.rendered_last > 1, "the way of the drag was rendered")
    area.ui_type = "VIEW_3D"
    bpy.data.objects["Cube"].hide_set(True)  # the new file's: the card stands inside it
    bpy.context.scene.frame_set(bpy.data.objects[name].pastiche.rendered_last)
    with gui.override(area):
        bpy.ops.view3d.view_axis(type='FRONT')
        bpy.ops.view3d.view_selected()
        area.spaces.active.shading.color_type = 'TEXTURE'
    yield 1.0
    yield from gui.shot("17_rendered", area)
