# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""With the mouse: a picture dragged from the file browser, a pose chosen in the asset browser; see README.md."""

import os

import bpy
import gui


def main():
    picture = gui.args[0]
    view = yield from gui.editor("VIEW_3D")
    for thing in list(bpy.data.objects):
        bpy.data.objects.remove(thing)
    with gui.override(view):
        bpy.ops.view3d.view_axis(type='FRONT')
    yield from gui.sidebar(view, "Pastiche")
    browser = gui.area("PROPERTIES")
    card = yield from dropped(picture, browser, view)
    yield from posed(card, browser, view)


def dropped(picture, browser, view):
    """A picture is dragged from Blender's file browser into the 3D view and becomes a card. Returns its name."""
    browser.ui_type = 'FILES'
    yield lambda: browser.spaces.active.params is not None
    params = browser.spaces.active.params
    params.directory, params.filter_search = os.path.dirname(picture).encode(), os.path.basename(picture)
    params.display_type = 'LIST_VERTICAL'
    yield 2.0
    name = os.path.basename(picture)
    at = gui.find_text(name, gui.region(browser))
    gui.check(at, "the file browser shows the picture")
    yield from gui.drag(at, gui.point(gui.region(view), 0.4, 0.5), steps=30)
    yield lambda: any(thing.pastiche.uid for thing in bpy.data.objects)
    card = bpy.context.view_layer.objects.active
    gui.check(card.pastiche.image.name == name, "a dropped picture became a card")
    with gui.override(view):
        bpy.ops.view3d.view_selected()
    yield from gui.shot("01_dropped")
    return card.name


def posed(name, browser, view):
    """The poses become assets; one of them is chosen in the asset browser, and keyed by its menu."""
    with gui.override(view):
        bpy.ops.pastiche.pose_assets()
    browser.ui_type = 'ASSETS'
    yield lambda: browser.spaces.active.params is not None
    browser.spaces.active.params.asset_library_reference = 'LOCAL'
    yield 3.0
    yield from gui.shot("02_assets")
    x, y = gui.find_text("Pose Joy", gui.region(browser)) or gui.find_text("Joy", gui.region(browser))
    yield from gui.click(x, y - 40)
    yield 1.0
    yield from gui.click(x, y - 40, button=3)
    yield 1.0
    yield from gui.shot("03_menu")
    entry = gui.find_text("Pose Card")
    gui.check(entry, "the menu of a pose asset offers to key it")
    yield from gui.click(*entry)
    yield lambda: bpy.data.objects[name].get("mouthSmileLeft", 0.0) > 1
    gui.check(True, "a pose of the asset browser is keyed")
    yield from gui.shot("04_posed")
