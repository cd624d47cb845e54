# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Get a published model: by download where its authors offer files, else on their page in the browser."""

import time

import bpy
from bpy.props import StringProperty

from ..bridge.catalogue import MODELS, Model
from ..bridge.errors import InputError, RuntimeMissingError
from ..scene import compat, model_download, ticking
from .add_style import add_style
from .reporting import Reporting

_TICK_SECONDS = 0.3


def get_model(model: Model) -> None:
    """Start downloading a model; it is added to the styles when it is whole. Raises RuntimeMissingError offline."""
    running = model_download.start(model)
    if compat.is_background():
        while running.is_running:
            time.sleep(0.05)
        _take_up()
        if running.error:
            raise running.error
    elif not bpy.app.timers.is_registered(_tick):
        bpy.app.timers.register(_tick, first_interval=_TICK_SECONDS, persistent=True)


def _tick() -> float | None:
    ticking.redraw()
    running = model_download.latest
    if running is not None and running.is_running:
        return _TICK_SECONDS
    _take_up()
    ticking.start()
    return None


def _take_up() -> None:
    """Add a model that has come to the styles, once."""
    running = model_download.latest
    if running and not running.error and not running.is_told:
        running.is_told = True
        add_style(running.folder, model=running.model.name)


def is_downloadable(model: Model) -> bool:
    """Whether its authors offer every file by itself."""
    return all(file.url for file in model.files)


class PASTICHE_OT_get_model(Reporting, bpy.types.Operator):
    """Download this model, or open the page on which its authors offer it"""

    bl_idname = "pastiche.get_model"
    bl_label = "Get Model"
    bl_options = {'INTERNAL'}

    model: StringProperty(name="Model", options={'SKIP_SAVE', 'HIDDEN'}, description="Its name in the catalogue")

    def run(self, _context):
        """Start, unless Blender is to stay offline."""
        if self.model not in MODELS:
            raise InputError(f"There is no model {self.model[:40]!r}.", "Choose one of the list.")
        model = MODELS[self.model]
        if is_downloadable(model):
            get_model(model)
        elif bpy.app.online_access:
            bpy.ops.wm.url_open(url=model.page)
        else:
            remedy = "Allow Online Access in the preferences, System, Network."
            raise RuntimeMissingError("Blender is set to stay offline.", remedy)


class PASTICHE_OT_cancel_model(Reporting, bpy.types.Operator):
    """Stop the download; what has come stays and is gone on with"""

    bl_idname = "pastiche.cancel_model"
    bl_label = "Cancel"
    bl_options = {'INTERNAL'}

    def run(self, _context):
        """Stop."""
        if model_download.latest:
            model_download.latest.cancel()
