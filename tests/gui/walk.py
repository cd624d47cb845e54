# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way of a person who knows Blender, not Pastiche, by clicks alone: drive, smile, render, GIF; see README.md.

Every click of that way is counted. Beside it the person cancels, resumes, and plays the card live; not
those. Files are chosen in Blender's own file browser: one click to open it, one to accept.
"""

import os
import subprocess

import bpy
import gui

MOST_CLICKS = 12
CHANGED = 0.002  # share of the card's pixels that differ, at least, between two frames of a face that moves
clicks = []


def main():
    picture, footage = gui.args[:2]
    view = yield from gui.editor("VIEW_3D")
    for thing in list(bpy.data.objects):
        bpy.data.objects.remove(thing)
    with gui.override(view):
        bpy.ops.view3d.view_axis(type='FRONT')
        bpy.ops.ed.undo_push(message="Empty")
    yield from gui.sidebar(view, "Pastiche")
    yield from gui.shot("01_empty", view)

    name = yield from made_card(view, picture)
    jobs = jobs_of()
    yield from driven(name, footage, jobs)
    yield from played_live(name)
    frame = yield from smiled(name, jobs)
    yield from exported(jobs, frame)
    gui.check(len(clicks) <= MOST_CLICKS, f"{len(clicks)} clicks: {', '.join(clicks)}")


def made_card(view, picture):
    """A picture becomes a card, seen in its own colors in the view that a new scene has. Returns its name."""
    yield from press(view, "pastiche.card_from_image")
    yield from accept(picture, "02_choose_picture")
    card = bpy.context.view_layer.objects.active
    gui.check(card is not None and card.pastiche.uid, "a card was made")
    name = card.name
    with gui.override(gui.area("VIEW_3D")):
        bpy.ops.view3d.view_selected()
    yield from press(gui.area("VIEW_3D"), "pastiche.show_as_painted")
    yield from until(lambda: not jobs_of().open_jobs())
    gui.check(bpy.data.objects[name].pastiche.shown == 'LIVE', "the card went live by itself")
    yield from away()
    yield from gui.shot("03_card", gui.area("VIEW_3D"))
    gui.check(has_color(grabbed("seen")), "the solid view shows the picture")
    return name


def driven(name, footage, jobs):
    """Footage drives it; on the way the person cancels and resumes."""
    yield from press(gui.area("VIEW_3D"), "pastiche.drive")
    yield from accept(footage, "04_choose_footage")
    view = gui.area("VIEW_3D")
    yield from gui.move(*gui.point(gui.region(view, "WINDOW"), 0.1, 0.9))
    yield from until(lambda: jobs.open_jobs() and jobs.open_jobs()[0].kind == 'render' and jobs.open_jobs()[0].done > 8)
    yield from gui.key("Escape")  # the cross is found by feeling for it, which takes longer than the render
    yield from until(lambda: not jobs.open_jobs())
    uid = bpy.data.objects[name].pastiche.uid
    gui.check(jobs.last_job(uid).state == 'CANCELLED', "Esc cancels")
    finished = bpy.data.objects[name].pastiche.rendered_last
    gui.check(finished > 5, f"what was finished stays: {finished} frames")
    yield from away()
    yield from gui.shot("05_cancelled")
    side = gui.region(view, "UI")
    gui.check(gui.find_text("Cancelled after", side), "the panel says where it was cancelled")

    yield from gui.click(*gui.find_text("Resume", side))
    yield from until(lambda: jobs.open_jobs() and jobs.open_jobs()[0].done > finished + 5)
    yield from gui.shot("06_rendering")
    yield from until(lambda: not jobs.open_jobs())
    result = jobs.last_job(uid).result
    gui.check(result["reused"] >= finished and result["frames"] > finished, "resuming renders the rest alone")


def played_live(name):
    """The person looks at the live card: slides through the timeline, then plays."""
    view = gui.area("VIEW_3D")
    yield from gui.click(*gui.find_text("Live", gui.region(view, "UI")))
    gui.check(bpy.data.objects[name].pastiche.shown == 'LIVE', "a click shows it live")
    last = bpy.data.objects[name].pastiche.rendered_last
    bpy.context.scene.frame_end = last
    shots = []
    for frame in (1, last // 2):
        bpy.context.scene.frame_set(frame)
        yield from away()
        yield 0.3
        shots.append(grabbed(f"live_{frame}"))
    yield from gui.shot("07_live", view)
    gui.check(different(*shots) > CHANGED, "the live card moves with the timeline")

    bpy.context.scene.frame_set(1)
    frames = []
    bpy.app.handlers.frame_change_post.append(lambda scene, _depsgraph: frames.append(scene.frame_current))
    yield from gui.key("space")
    began = gui.now()
    yield from until(lambda: len(frames) > 24)
    seconds = gui.now() - began
    shots = [grabbed("playing_1")]
    yield 0.5
    shots.append(grabbed("playing_2"))
    gui.check(bpy.context.screen.is_animation_playing, "it plays")
    yield from gui.key("space")
    bpy.app.handlers.frame_change_post.pop()
    gui.check(different(*shots) > CHANGED, f"what plays is seen to move ({len(frames) / seconds:.0f} frames a second)")
    yield from gui.click(*gui.find_text("Rendered", gui.region(view, "UI")))
    gui.check(bpy.data.objects[name].pastiche.shown == 'RENDERED', "a click shows the frames again")


def smiled(name, jobs):
    """A pose on one frame, and only what it changes is rendered. Returns the frame."""
    frame = bpy.data.objects[name].pastiche.rendered_last // 2
    bpy.context.scene.frame_set(frame)
    clicks.append("timeline")
    yield 0.5
    yield from gui.shot("08_driven")
    view = gui.area("VIEW_3D")
    yield from unfold(gui.region(view, "UI"), "Poses")
    yield 0.5
    yield from gui.shot("09_poses", view)
    yield from away()
    before = grabbed("before")
    yield from press(view, 'pastiche.pose(pose="joy")')
    yield from away()
    gui.check(bpy.data.objects[name]["mouthSmileLeft"] > 1, "a smile was keyed")
    for _ in range(20):  # a virtual screen without a graphics card takes its time
        yield 0.5
        if different(before, grabbed("after")) > CHANGED:
            break
    gui.check(different(before, grabbed("after")) > CHANGED, "and is seen at once, before it is rendered")
    yield from press(view, "pastiche.render(")
    yield from until(lambda: not jobs.open_jobs())
    result = jobs.last_job(bpy.data.objects[name].pastiche.uid).result
    gui.check(0 < result["frames"] - result["reused"] < result["frames"], "only what the smile changed was rendered")
    bpy.context.scene.frame_set(frame)
    yield 0.5
    yield from gui.shot("10_smile")
    return frame


def exported(jobs, frame):
    """A GIF that fits."""
    out = os.path.join(gui.OUT, "smile.gif")
    yield from press(gui.area("VIEW_3D"), "pastiche.export_loop")
    yield from accept(out, "11_export")
    yield from until(lambda: not jobs.open_jobs())
    yield 0.5
    yield from gui.shot("12_exported", gui.area("VIEW_3D"))
    gui.check(os.path.getsize(out) <= 500_000, "the GIF is there and fits")


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


def away():
    """The pointer where it brings up no tooltip and hides nothing of the card."""
    yield from gui.move(*gui.point(gui.region(gui.area("VIEW_3D"), "WINDOW"), 0.1, 0.9))
    yield 1.0


def grabbed(name):
    """Photograph the middle of the 3D view, where the card is; returns the file."""
    left, top, width, height = gui.box_of(gui.region(gui.area("VIEW_3D"), "WINDOW"))
    return gui.grab(f"seen_{name}", (left + width // 3, top + height // 4, width // 4, height // 2))


def different(first, second):
    """The share of pixels that two photographs differ in."""
    run = subprocess.run(
        ["compare", "-metric", "AE", "-fuzz", "5%", first, second, "null:"], capture_output=True, text=True
    )
    size = subprocess.run(["identify", "-format", "%w %h", first], capture_output=True, text=True, check=True).stdout
    width, height = map(int, size.split())
    return float(run.stderr.split()[0]) / (width * height)


def has_color(file):
    """Whether a photograph shows more than grays."""
    command = ["convert", file, "-colorspace", "HSL", "-channel", "G", "-separate", "-format", "%[fx:mean]", "info:"]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout) > 0.1


def jobs_of():
    import importlib

    return importlib.import_module(gui.addon("pastiche").__name__ + ".scene.jobs")


def until(is_true, seconds=600):
    """Wait longer than the harness does by itself."""
    end = gui.now() + seconds
    while not is_true():
        if gui.now() > end:
            raise AssertionError("it never came true")
        yield 0.2
