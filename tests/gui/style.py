# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A tour through stylizing: a style is added, a picture stylized, a slider moved, before and after compared.

Arguments: PICTURE FOLDER, the folder with a style's files.
"""

import importlib

import bpy
import gui


def main():
    picture, files = gui.args[:2]
    jobs = room("scene.jobs")
    area = yield from gui.editor("IMAGE_EDITOR")
    area.spaces.active.image = bpy.data.images.load(picture)
    side = yield from gui.sidebar(area, "Pastiche")
    with gui.override(area):
        bpy.ops.image.view_all(fit_view=True)
    bpy.ops.pastiche.add_style(directory=files, name="Fixture", license="CC0", noncommercial=True)
    yield from until(lambda: not jobs.open_jobs())
    gui.check(bpy.context.scene.pastiche_look.style == "Fixture", "the style is in hand")
    side = yield from gui.sidebar(area, "Pastiche")
    yield from gui.shot("01_closed", side)
    title = gui.find_text("Style", side)
    gui.check(title, "the panel Style is there")
    yield from gui.click(*title)
    yield 0.5
    yield from gui.shot("02_style")
    with gui.override(area):
        bpy.ops.pastiche.stylize()
    yield from until(lambda: not jobs.open_jobs() and area.spaces.active.image.name.endswith("Fixture"))
    yield 0.5
    yield from gui.shot("03_stylized")
    look = bpy.context.scene.pastiche_look
    for value in (0.6, 0.4, 0.2, 0.0):
        look.color = value
        yield 0.15
    yield from gui.shot("04_moving", area)
    yield 2.0
    yield from until(lambda: not jobs.open_jobs())
    twin = area.spaces.active.image
    gui.check('"color": 0.0' in twin["pastiche_recipe"], "the resting look was drawn well")
    yield from gui.shot("05_rested")
    with gui.override(area):
        bpy.ops.pastiche.compare()
    gui.check(area.spaces.active.image != twin, "before")
    yield from gui.shot("06_before", area)
    with gui.override(area):
        bpy.ops.pastiche.compare()
    gui.check(area.spaces.active.image == twin, "after")


def room(name):
    return importlib.import_module(f"{gui.addon('pastiche').__name__}.{name}")


def until(is_true, seconds=120):
    """Wait longer than the harness does by itself."""
    end = gui.now() + seconds
    while not is_true():
        if gui.now() > end:
            raise AssertionError("it never came true")
        yield 0.1
