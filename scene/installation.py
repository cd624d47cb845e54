# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The installation of the worker's environment, in a thread: what panels show of it, and how to stop it."""

import threading

from ..bridge.environment import install
from ..bridge.errors import PasticheError
from . import extension

REQUIREMENTS = extension.ROOT / "inference" / "requirements.txt"


class Installation:
    """One run of `bridge.environment.install`; read its fields at any time."""

    def __init__(self) -> None:
        self.line = "Starting"
        self.error: PasticheError | None = None
        self._cancelled = threading.Event()
        folder = extension.user_folder()  # bpy only here, in the main thread
        self._thread = threading.Thread(target=self._work, args=(folder,), daemon=True)
        self._thread.start()

    @property
    def is_running(self) -> bool:
        """Whether it goes on."""
        return self._thread.is_alive()

    def cancel(self) -> None:
        """Stop soon."""
        self._cancelled.set()

    def _work(self, folder) -> None:
        try:
            install(folder, REQUIREMENTS, on_line=self._hear, is_cancelled=self._cancelled.is_set)
            self.line = "The worker's environment is ready"
        except PasticheError as error:
            self.error = error

    def _hear(self, line: str) -> None:
        self.line = line


latest: Installation | None = None


def start() -> Installation:
    """Start installing, unless it runs already."""
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
