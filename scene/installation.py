# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The installation of the neural engines' environment, in a thread: what panels show of it, and how to stop it."""

import threading
from pathlib import Path

from ..bridge.environment import environment_python, install, is_current, packages, torch_backend
from ..bridge.errors import PasticheError
from . import extension

LOCKED = extension.ROOT / "inference" / "locked"


class Installation:
    """One run of `bridge.environment.install`; read its fields at any time."""

    def __init__(self) -> None:
        self.line = "Starting"
        self.error: PasticheError | None = None
        self._cancelled = threading.Event()
        # bpy only here, in the main thread
        wanted = packages(LOCKED, torch_backend(extension.device()))
        arguments = (extension.downloads_folder(), wanted)
        self._thread = threading.Thread(target=self._work, args=arguments, daemon=True)
        self._thread.start()

    @property
    def is_running(self) -> bool:
        """Whether it goes on."""
        return self._thread.is_alive()

    def cancel(self) -> None:
        """Stop soon."""
        self._cancelled.set()

    def _work(self, folder, wanted) -> None:
        try:
            install(folder, wanted, locked_files(), on_line=self._hear, is_cancelled=self._cancelled.is_set)
            self.line = "The neural engines are installed"
        except PasticheError as error:
            self.error = error

    def _hear(self, line: str) -> None:
        self.line = line


latest: Installation | None = None


def locked_files() -> list[Path]:
    """What the environment is made from; another version of Pastiche may have others."""
    return sorted(LOCKED.glob("*.txt"))


def state() -> str:
    """Of the environment on disk: 'MISSING', 'OUTDATED' or 'READY'."""
    folder = extension.downloads_folder()
    if environment_python(folder) is None:
        return 'MISSING'
    return 'READY' if is_current(folder, locked_files()) else 'OUTDATED'


def start() -> Installation:
    """Start installing, unless it runs already. Raises RuntimeMissingError where there is nothing to install."""
    global latest
    if latest is None or not latest.is_running:
        latest = Installation()
    return latest


def stop() -> None:
    """Cancel what runs, and forget."""
    global latest
    if latest:
        latest.cancel()
    latest = None
