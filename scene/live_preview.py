# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drawing while sliders move: coarsely at once, well when they rest. One job at a time, the latest look wins.

A property's update says that it changed, never that the mouse was released; so rest is time without a change. In
background nothing moves, and no timer fires.
"""

import time
from collections.abc import Callable

import bpy

from . import compat, ticking

PREVIEW_SECONDS, REST_SECONDS = 0.08, 0.7  # after the last change
FACE_SIDE = 256  # pixels of a coarse face
_drawer: Callable[[bool], bool] | None = None  # draws the image in hand; given by operators/stylize.py
_scene_uid = 0
_changed = 0.0
_stage = 'IDLE'  # 'CHANGED': nothing of the latest look is drawn; 'COARSE': a preview of it is


def take_in_hand(scene, drawer: Callable[[bool], bool]) -> None:
    """From now on a change of the scene's look draws. drawer(is_coarse): start a job, False while one is running."""
    global _drawer, _scene_uid, _stage
    _drawer, _scene_uid, _stage = drawer, scene.session_uid, 'IDLE'


def let_go() -> None:
    """Nothing is in hand any more."""
    global _drawer, _stage
    _drawer, _stage = None, 'IDLE'


def look_changed(scene) -> None:
    """A slider moved."""
    global _changed, _stage
    if _drawer is None or compat.is_background() or scene.session_uid != _scene_uid or not scene.pastiche_look.live:
        return
    _changed, _stage = time.monotonic(), 'CHANGED'
    if not bpy.app.timers.is_registered(_tick):
        bpy.app.timers.register(_tick, first_interval=PREVIEW_SECONDS)


def step(now: float) -> float | None:
    """Draw what is due; returns the seconds to the next look, None when nothing is left to do."""
    global _stage
    if _drawer is None or _stage == 'IDLE':
        return None
    rested = now - _changed
    if rested >= REST_SECONDS:
        if _drawer(False):
            _stage = 'IDLE'
    elif _stage == 'CHANGED' and rested >= PREVIEW_SECONDS and _drawer(True):
        _stage = 'COARSE'
    return PREVIEW_SECONDS


def _tick() -> float | None:
    wait = step(time.monotonic())
    ticking.start()
    return wait


def stop() -> None:
    """No more drawing."""
    let_go()
    if bpy.app.timers.is_registered(_tick):
        bpy.app.timers.unregister(_tick)
