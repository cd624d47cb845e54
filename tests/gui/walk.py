# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way of a person who knows Blender, not Pastiche, by clicks alone: drive, smile, render, GIF; see README.md.

Every click is counted. Files are chosen in Blender's own file browser: one click to open it, one to accept.
"""

import os

import bpy
import gui

MOST_CLICKS = 12
clicks = []


def main():
    picture, footage = gui.args[:2]
    view = yield from gui.editor("VIEW_3D")
    for thing in list(bpy.data.objects):
        bpy.data.objects.remove(thing)
    with gui.override(view):
        bpy.ops.view3d.view_axis(type='FRONT')
        bpy.ops.ed.undo_push(message="Empty")
    shading = view.spaces.active.shading
    shading.color_type, shading.light = 'TEXTURE', 'FLAT'  # no shaders to compile, and no light on the picture
    side = yield from gui.sidebar(view, "Pastiche")
    yield from gui.shot("01_empty", view)

    yield from press(view, "pastiche.card_from_image")
    yield from accept(picture, "02_choose_picture")
    card = bpy.context.view_layer.objects.active
    gui.check(card is not None and card.pastiche.uid, "a card was made")
    with gui.override(gui.area("VIEW_3D")):
        bpy.ops.view3d.view_selected()
    name, view = card.name, gui.area("VIEW_3D")
    yield from press(view, "pastiche.show_as_painted")
    yield from gui.shot("03_card", view)

    yield from press(view, "pastiche.drive")
    yield from accept(footage, "04_choose_footage")
    jobs = jobs_of()
    yield from until(lambda: jobs.open_jobs() and jobs.open_jobs()[0].kind == 'render' and jobs.open_jobs()[0].done > 8)
    yield from gui.move(*gui.point(gui.region(gui.area("VIEW_3D"), "WINDOW"), 0.1, 0.9))  # no tooltip in the way
    yield 1.0
    yield from gui.shot("05_rendering")
    yield from until(lambda: not jobs.open_jobs())
    gui.check(bpy.data.objects[name].pastiche.rendered_last > 20, "the footage drives the card")

    frame = bpy.data.objects[name].pastiche.rendered_last // 2
    bpy.context.scene.frame_set(frame)
    clicks.append("timeline")
    yield 0.5
    view = gui.area("VIEW_3D")
    yield from gui.shot("06_driven")
    side = gui.region(view, "UI")
    yield from unfold(side, "Poses")
    yield 0.5
    yield from gui.shot("07_poses", view)
    yield from press(view, 'pastiche.pose(pose="joy")')
    yield 0.3
    gui.check(bpy.data.objects[name]["mouthSmileLeft"] > 1, "a smile was keyed")
    yield from press(view, "pastiche.render(")
    yield from until(lambda: not jobs.open_jobs())
    result = jobs.last_job(bpy.data.objects[name].pastiche.uid).result
    gui.check(0 < result["frames"] - result["reused"] < result["frames"], "only what the smile changed was rendered")
    bpy.context.scene.frame_set(frame)
    yield 0.5
    yield from gui.shot("08_smile")

    out = os.path.join(gui.OUT, "smile.gif")
    yield from press(view, "pastiche.export_loop")
    yield from accept(out, "09_export")
    yield from until(lambda: not jobs.open_jobs(), 240)
    yield 0.5
    yield from gui.shot("10_exported", gui.area("VIEW_3D"))
    gui.check(os.path.getsize(out) <= 500_000, "the GIF is there and fits")
    gui.check(len(clicks) <= MOST_CLICKS, f"{len(clicks)} clicks: {', '.join(clicks)}")


def press(area, wanted):
    """Click a button of ours, and count it."""
    clicks.append(wanted)
    yield from gui.click_button(area, wanted)
    yield 0.5


def accept(path, shot):
    """Choose a file in the browser that has opened, photograph it, and press its button."""
    windows = bpy.context.window_manager.windows
    yield lambda: any(area.type == 'FILE_BROWSER' for window in windows for area in window.screen.areas)
    window = windows[-1]
    area = next(area for area in window.screen.areas if area.type == 'FILE_BROWSER')
    yield 0.5
    params = area.spaces.active.params
    params.directory, params.filename = os.path.dirname(path).encode(), os.path.basename(path)
    yield 1.0
    yield from gui.shot(shot)
    clicks.append("accept")
    region = next(region for region in area.regions if region.type == 'WINDOW')
    with bpy.context.temp_override(window=window, area=area, region=region):
        bpy.ops.file.execute()
    yield 1.0


def unfold(side, title):
    """Open a folded panel by its title."""
    clicks.append(title)
    left = gui.box_of(side)[0]
    for word, x0, y0, x1, y1 in gui.read_words(side):
        if word == title and x0 < left + 70:
            yield from gui.click((x0 + x1) // 2, (y0 + y1) // 2)
            return
    raise AssertionError(f"no panel {title}")


def jobs_of():
    import importlib

    return importlib.import_module(gui.addon("pastiche").__name__ + ".scene.jobs")


def until(is_true, seconds=200):
    """Wait longer than the harness does by itself."""
    end = gui.now() + seconds
    while not is_true():
        if gui.now() > end:
            raise AssertionError("it never came true")
        yield 0.2
