# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The newest frame of a running job, small, beside its progress."""

import time
from pathlib import Path

import bpy.utils.previews

SECONDS = 0.8  # between two pictures: reading one costs Blender a few milliseconds
_pictures = None  # bpy's collection of previews, while we are registered
_shown: dict[str, tuple[float, str, int]] = {}  # job -> when, which file, its icon


def icon_of(job) -> int:
    """The icon of a job's newest frame, 0 while there is none."""
    when, path, icon = _shown.get(job.id, (0.0, "", 0))
    is_due = time.monotonic() - when > SECONDS
    if _pictures is None or not job.newest or job.newest == path or not is_due or not Path(job.newest).is_file():
        return icon
    if job.id in _pictures:
        del _pictures[job.id]
    picture = _pictures.load(job.id, job.newest, 'IMAGE')
    picture.image_size[:]  # asking makes Blender read it now; later would be too late for this redraw
    _shown[job.id] = (time.monotonic(), job.newest, picture.icon_id)
    return picture.icon_id


def register():
    """Make room for the pictures."""
    global _pictures
    _pictures = bpy.utils.previews.new()


def unregister():
    """Free them."""
    global _pictures
    bpy.utils.previews.remove(_pictures)
    _pictures = None
    _shown.clear()
