# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one owner of the background process: started when first needed, ended with the extension or Blender."""

from pathlib import Path

import bpy

from ..bridge.client import Client
from ..bridge.runtime import WorkerPython, find_python
from . import extension

_client: Client | None = None
_python: WorkerPython | None = None  # that runs it


def python() -> WorkerPython:
    """Which Python runs the worker: the preferences', else as bridge/runtime.py decides. Raises RuntimeMissingError."""
    preferences = extension.preferences()
    chosen = bpy.path.abspath(preferences.python) if preferences and preferences.python else ""
    return find_python(chosen, extension.downloads_folder())


def log_file() -> Path:
    """Where the worker writes its log."""
    return extension.user_folder() / "worker.log"


def client() -> Client:
    """The running client, started or started again when needed. Raises WorkerError or RuntimeMissingError.

    An idle one is ended when another Python is to run it: the neural engines were installed, a preference changed.
    """
    global _client, _python
    if _client is None or not _client.is_busy:
        found = python()
        if _client is not None and (_client.state not in {'STARTING', 'READY'} or found != _python):
            close()
        if _client is None:
            starting = Client([found.executable], extension.ROOT, log_file(), found.packages)
            starting.start()
            _client, _python = starting, found
    return _client


def running_client() -> Client | None:
    """The client, if it was started; never starts it."""
    return _client


def state() -> str:
    """'STOPPED', 'STARTING', 'READY' or 'LOST'."""
    return _client.state if _client else 'STOPPED'


def close() -> None:
    """End the worker, if it runs."""
    global _client
    if _client is not None:
        _client.close()
        _client = None
