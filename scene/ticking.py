# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The timer that keeps jobs moving while Blender has a window, and what must happen when a file is loaded.

Persistent, so that loading a file does not drop it. In background no timer ever fires: there `jobs.wait` polls.
"""

import bpy
from bpy.app.handlers import persistent

from . import installation, jobs, setup_check, worker
from .drag import session as drag

LIVE_SECONDS, BUSY_SECONDS, IDLE_SECONDS = 0.03, 0.1, 1.0
SPACES = {'VIEW_3D', 'IMAGE_EDITOR', 'SEQUENCE_EDITOR', 'PREFERENCES'}


def start() -> None:
    """Keep polling until the worker stops."""
    if bpy.app.timers.is_registered(_tick):
        bpy.app.timers.unregister(_tick)  # it may be idling
    bpy.app.timers.register(_tick, first_interval=0.01, persistent=True)


def stop() -> None:
    """No more polling."""
    if bpy.app.timers.is_registered(_tick):
        bpy.app.timers.unregister(_tick)


def _tick() -> float | None:
    was_busy = bool(jobs.open_jobs())
    is_busy = jobs.poll()
    is_installing = installation.latest is not None and installation.latest.is_running
    if was_busy or is_installing:
        redraw()
    session = drag.current()
    if session and session.has_news:
        session.has_news = False
        redraw({'IMAGE_EDITOR', 'VIEW_3D'})
    if session and (session.is_dragging or session.is_waiting):
        return LIVE_SECONDS
    if is_busy or is_installing or session and session.is_open:
        return BUSY_SECONDS
    return IDLE_SECONDS if worker.running_client() else None


def redraw(spaces: set[str] = SPACES) -> None:
    """Draw our panels and the status bar anew."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type in spaces:
                area.tag_redraw()
        if not window.modal_operators:  # whose hints would vanish
            window.workspace.status_text_set_internal(None)  # the only door to the status bar, which is no area


@persistent
def before_load(*_) -> None:
    """Another file is about to be loaded: nothing of the running jobs may land in it."""
    drag.close_session()
    for job in jobs.detach_all():
        jobs.notice = f"{job.title} was stopped because a file was opened. What was finished is in {job.folder}."
        print(f"Pastiche: {jobs.notice}")


def register():
    """Listen to file loading."""
    bpy.app.handlers.load_pre.append(before_load)
    drag.register()


def unregister():
    """Leave no timer and no handler behind; end the worker."""
    drag.unregister()
    bpy.app.handlers.load_pre.remove(before_load)
    stop()
    installation.stop()
    setup_check.forget()
    jobs.forget_all()
    worker.close()
