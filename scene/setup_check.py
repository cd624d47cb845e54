# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What works on this computer, what is missing and what to do about it: one list for the preferences."""

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import bpy

from ..bridge.catalogue import ENGINES
from ..bridge.errors import PasticheError
from ..bridge.runtime import WorkerPython, missing_modules
from ..bridge.whole_file import storage_error
from . import extension, installation, worker

NETWORK = "Network"  # the subject whose remedy is a page of Blender's preferences


@dataclass(frozen=True)
class Finding:
    """subject: what was looked at.   text: how it is; where it is not good, with the remedy."""

    subject: str
    is_good: bool
    text: str


latest: list[Finding] = []


def check() -> list[Finding]:
    """Look at everything; the result stays in `latest`. Takes some tenths of a second."""
    global latest
    python, finding = _worker()
    latest = [finding, *_engines(python), _environment(), _storage(), _network()]
    return latest


def forget() -> None:
    """No result any more."""
    latest.clear()


def _worker() -> tuple[WorkerPython | None, Finding]:
    try:
        found = worker.python()
    except PasticheError as error:
        return None, Finding("Worker", False, str(error))
    bundled = " with the packages of the extension" if found.packages else ""
    return found, Finding("Worker", True, f"{found.executable}{bundled}")


def _engines(python: WorkerPython | None) -> list[Finding]:
    findings = []
    for engine in ENGINES.values():
        missing = missing_modules(python, engine.needs) if python else []
        if python and not missing:
            findings.append(Finding(engine.label, True, "Ready"))
        else:
            lacks = f"Needs {', '.join(missing)}: install the neural engines" if missing else "Needs the worker"
            findings.append(Finding(engine.label, False, f"{lacks}."))
    return findings


def _environment() -> Finding:
    state, folder = installation.state(), extension.downloads_folder()
    text = {
        'MISSING': "Not installed; the mesh engine needs none.",
        'OUTDATED': f"Made by another version of Pastiche, in {folder}: install again.",
        'READY': f"Installed in {folder}",
    }[state]
    return Finding("Neural engines", state != 'OUTDATED', text)


def _storage() -> Finding:
    """Whether the folder of the preferences, or our own, can be written."""
    preferences = extension.preferences()
    chosen = preferences.storage if preferences else ""
    folder = Path(bpy.path.abspath(chosen)) if chosen else extension.user_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
        free = shutil.disk_usage(folder).free / 2**30
    except OSError as error:
        return Finding("Storage", False, str(storage_error(folder / "file", error)))
    return Finding("Storage", True, f"{folder}, {free:.0f} GB free")


def _network() -> Finding:
    if bpy.app.online_access:
        return Finding(NETWORK, True, "Allowed, and used only when you ask for a download")
    text = "Blender stays offline. To install neural engines, allow Online Access in the preferences, System, Network."
    return Finding(NETWORK, installation.state() == 'READY', text)
