# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A published model on its way to this computer, in a thread: what panels show of it, and how to stop it."""

import threading
from pathlib import Path

import bpy

from ..bridge.catalogue import Model
from ..bridge.download import download
from ..bridge.errors import PasticheError, RuntimeMissingError
from . import extension


class ModelDownload:
    """The files of one model; read its fields at any time."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.folder = extension.downloads_folder() / "models" / model.name
        self.done = self.total = 0
        self.warnings: list[str] = []
        self.error: PasticheError | None = None
        self.is_told = False  # whether somebody took the result up
        self._cancelled = threading.Event()
        self._thread = threading.Thread(target=self._work, args=(self.folder,), daemon=True)
        self._thread.start()

    @property
    def is_running(self) -> bool:
        """Whether it goes on."""
        return self._thread.is_alive()

    def cancel(self) -> None:
        """Stop soon; what has come stays and is gone on with."""
        self._cancelled.set()

    def _work(self, folder: Path) -> None:
        try:
            for file in self.model.files:
                found = download(file.url, folder / file.name, file.sha256, self._hear, self._cancelled.is_set)
                self.warnings += [found.warning] * bool(found.warning)
        except PasticheError as error:
            self.error = error

    def _hear(self, done: int, total: int) -> None:
        self.done, self.total = done, total


latest: ModelDownload | None = None


def start(model: Model) -> ModelDownload:
    """Start downloading a model, unless one is on its way. Raises RuntimeMissingError while offline."""
    global latest
    if not bpy.app.online_access:
        remedy = "Allow Online Access in the preferences, System, Network."
        raise RuntimeMissingError("Blender is set to stay offline.", remedy)
    if latest is None or not latest.is_running:
        latest = ModelDownload(model)
    return latest


def stop() -> None:
    """Cancel what is on its way, and forget."""
    global latest
    if latest:
        latest.cancel()
    latest = None
