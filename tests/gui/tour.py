# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A tour through the tab, as a person takes it: card, drive, a changed key, render again, cancel; see README.md."""

import bpy
import gui


def main():
    picture, footage = [*gui.args, ""][:2]
    jobs = jobs_of()
    view = yield from gui.editor("VIEW_3D")
    yield from empty_scene(view)
    side = yield from gui.sidebar(view, "Pastiche")
    yield from gui.shot("01_empty", view)

    bpy.ops.pastiche.card_from_image(filepath=picture)
    card = bpy.context.view_layer.objects.active
    name = card.name
    gui.check(card.pastiche.uid, "a card was made")
    with gui.override(view):
        bpy.ops.view3d.view_axis(type='FRONT')
        bpy.ops.view3d.view_selected()
        view.spaces.active.shading.color_type = 'TEXTURE'  # no shaders to compile
    yield 0.3
    yield from gui.shot("02_card", view)

    yield from placed_points(view, name)
    if footage:
        card.pastiche.footage = footage
        yield from gui.shot("03_footage", side)
        yield from gui.click_button(view, "pastiche.drive")
        yield lambda: jobs.open_jobs() and jobs.open_jobs()[0].done > 3
        yield from gui.shot("04_capturing")
        yield from until(lambda: is_rendering(jobs, 5))
        yield from gui.shot("05_rendering")
    else:
        with gui.override(view):
            bpy.ops.pastiche.dummy(last=400, seconds_per_frame=0.03)
        yield lambda: jobs.open_jobs() and jobs.open_jobs()[0].done > 20
        yield from gui.shot("05_rendering")
    yield from until(lambda: not jobs.open_jobs())
    card = bpy.data.objects[name]
    gui.check(card.pastiche.rendered_last > 0, "the card shows frames")
    middle = (card.pastiche.rendered_first + card.pastiche.rendered_last) // 2
    bpy.context.scene.frame_set(middle)
    yield 0.5
    yield from gui.shot("06_done")

    yield from folded_panels(view, side)
    yield from other_editors(side)
    yield from changed_key(jobs, name, middle, footage)
    yield from cancelled_with_escape(jobs, name, footage)
    yield from preferences()


def jobs_of():
    import importlib

    return importlib.import_module(gui.addon("pastiche").__name__ + ".scene.jobs")


def is_rendering(jobs, frames):
    running = jobs.open_jobs()
    return running and running[0].kind == 'render' and running[0].done > frames


def until(is_true, seconds=150):
    """Wait longer than the harness does by itself."""
    end = gui.now() + seconds
    while not is_true():
        if gui.now() > end:
            raise AssertionError("it never came true")
        yield 0.2


def empty_scene(view):
    for thing in list(bpy.data.objects):
        bpy.data.objects.remove(thing)
    with gui.override(view):
        bpy.ops.ed.undo_push(message="Empty")
    yield from gui.redraw()


def placed_points(view, name):
    """The five points on a card, and away again."""
    with gui.override(view):
        bpy.ops.pastiche.place_face(card=name)
    yield from gui.shot("03_points", view)
    with gui.override(view):
        bpy.ops.pastiche.forget_face(card=name)


def folded_panels(view, side):
    """Each part of the tab, opened alone."""
    for title in ("Capture", "Render", "Face", "Channels", "Recipe"):
        at = None
        for words in [word for word in gui.read_words(side) if word[0] == title]:
            if words[1] < side_left(side) + 60:  # a title, not a button
                at = ((words[1] + words[3]) // 2, (words[2] + words[4]) // 2)
        gui.check(at, f"the panel {title} is there")
        yield from gui.click(*at)
        yield from gui.shot(f"07_{title.lower()}", side)
        yield from gui.click(*at)


def side_left(side):
    return gui.box_of(side)[0]


def other_editors(side):
    for kind in ("SEQUENCE_EDITOR", "IMAGE_EDITOR"):
        area = yield from gui.editor(kind)
        yield from gui.sidebar(area, "Pastiche")
        if kind == "SEQUENCE_EDITOR":
            with gui.override(area):
                bpy.ops.sequencer.view_all()
        yield from gui.shot(f"08_{kind.lower()}", area)
        area.ui_type = "VIEW_3D"
        yield from gui.redraw()


def changed_key(jobs, name, frame, footage):
    """A key in the middle is changed; only the frames around it are computed again."""
    card = bpy.data.objects[name]
    if not footage:
        return
    card["jawOpen"] = 0.9
    card.keyframe_insert('["jawOpen"]', frame=frame)
    view = gui.area("VIEW_3D")
    with gui.override(view):
        bpy.ops.pastiche.render_again('INVOKE_DEFAULT')
    yield from until(lambda: not jobs.open_jobs())
    result = jobs.last_job(card.pastiche.uid).result
    gui.check(0 < result["frames"] - result["reused"] < result["frames"], "only changed frames were computed")
    bpy.context.scene.frame_set(frame)
    yield 0.5
    yield from gui.shot("09_changed_key")


def cancelled_with_escape(jobs, name, footage):
    view = gui.area("VIEW_3D")
    with gui.override(view):
        bpy.ops.pastiche.dummy(first=1001, last=1900, seconds_per_frame=0.05)
    yield lambda: jobs.open_jobs() and jobs.open_jobs()[0].done > 5
    yield from gui.move(*gui.point(gui.region(view)))
    yield from gui.key("Escape")
    yield lambda: not jobs.open_jobs()
    gui.check(jobs.last_job(bpy.data.objects[name].pastiche.uid).state == 'CANCELLED', "Esc cancels")
    gui.check(bpy.data.objects[name].pastiche.rendered_first == 1001, "the card shows what was finished")
    yield from gui.key("ctrl+z")
    gui.check(bpy.data.objects[name].pastiche.rendered_first == 1, "undo shows the frames of before")
    yield from gui.key("ctrl+shift+z")
    gui.check(bpy.data.objects[name].pastiche.rendered_first == 1001, "redo shows them again")
    with gui.override(gui.area("VIEW_3D")):
        bpy.ops.pastiche.dummy(last=500, seconds_per_frame=0.02, fail_at=8)
    yield from until(lambda: not jobs.open_jobs())
    yield from gui.shot("10_error")


def preferences():
    yield from gui.move(900, 500)
    bpy.ops.pastiche.open_preferences()
    yield 1.0
    area = gui.area("PREFERENCES", gui.window(-1))
    yield from gui.shot("11_preferences", area)
