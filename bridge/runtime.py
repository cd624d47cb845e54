# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Python runs the worker. Not for: starting it (client.py), making its environment (environment.py).

The first of these that is named or exists decides: the one chosen in the preferences, PASTICHE_PYTHON, the environment
of the neural engines where it is whole, the Python we run in with the packages that Blender unpacked for us. A named
one that lacks something is an error, not passed over.
"""

import importlib.util
import json
import logging
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .catalogue import BASE_NEEDS
from .environment import environment_python
from .errors import RuntimeMissingError

VARIABLE = "PASTICHE_PYTHON"
OLDEST = (3, 11)
logger = logging.getLogger(__name__)
PROBE_SECONDS = 30.0
_PROBE = """
import importlib.util, json, sys
modules, packages = json.loads(sys.argv[1])
sys.path += packages
missing = [name for name in modules if importlib.util.find_spec(name) is None]
print(json.dumps({"version": sys.version_info[:2], "missing": missing}))
"""
_INSTALL = "Install the neural engines in the preferences of Pastiche, or choose a Python that has what it needs."
_found_sound: set["WorkerPython"] = set()  # before: a Python does not lose modules in a session


@dataclass(frozen=True)
class WorkerPython:
    """A Python that has what the worker needs.   packages: folders of packages beyond its own."""

    executable: str
    packages: tuple[str, ...] = ()


def find_python(chosen: str = "", folder: Path | None = None) -> WorkerPython:
    """The Python that runs the worker.

    chosen: a path from the preferences, "" for none.   folder: where `install` makes the environment of the neural
    engines.
    Each look at a Python takes a fraction of a second, once. Raises RuntimeMissingError that says what is missing.
    """
    named = chosen or os.environ.get(VARIABLE, "")
    if named:
        where = "chosen in the preferences" if chosen else f"named by {VARIABLE}"
        return _sound(WorkerPython(named), f"The Python {where}, {named},", "Choose another one.")
    own = environment_python(folder) if folder else None
    if own:
        try:
            return _sound(WorkerPython(str(own)), "The environment of the neural engines", _INSTALL)
        except RuntimeMissingError as error:
            logger.warning("%s", error)  # the mesh engine runs without it, and the preferences tell
    here = WorkerPython(sys.executable, unpacked_packages())
    return _sound(here, "This Pastiche came without packages for this Python, which", _INSTALL)


def unpacked_packages() -> tuple[str, ...]:
    """The folders, outside the Python we run in, where this process finds what the worker needs.

    Blender unpacks the wheels of an extension into a folder of its own, which only its own process looks in.
    """
    found = []
    for name in BASE_NEEDS:
        spec = importlib.util.find_spec(name)
        if spec and spec.origin:
            folder = Path(spec.origin).parent.parent
            if not folder.is_relative_to(sys.prefix) and not folder.is_relative_to(sys.base_prefix):
                found.append(str(folder))
    return tuple(dict.fromkeys(found))


def missing_modules(python: WorkerPython, modules: Sequence[str] = BASE_NEEDS) -> list[str]:
    """Which of `modules` a Python cannot import. Raises RuntimeMissingError when it does not run or is too old."""
    name = python.executable
    try:
        process = subprocess.run(
            [name, "-I", "-c", _PROBE, json.dumps([modules, python.packages])],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PROBE_SECONDS,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        answer = json.loads(process.stdout)
        version, missing = tuple(answer["version"]), [str(name) for name in answer["missing"]]
    except subprocess.TimeoutExpired as error:
        raise RuntimeMissingError(f"{name} does not answer.", "Choose another Python.") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RuntimeMissingError(f"{name} is not a Python that runs ({_brief(error)}).", _INSTALL) from error
    if version < OLDEST:
        shown = ".".join(map(str, version))
        raise RuntimeMissingError(f"{name} is Python {shown}; 3.11 or newer is needed.", _INSTALL)
    return missing


def _sound(python: WorkerPython, subject: str, remedy: str) -> WorkerPython:
    if python not in _found_sound:
        missing = missing_modules(python)
        if missing:
            raise RuntimeMissingError(f"{subject} lacks {', '.join(missing)}.", remedy)
        _found_sound.add(python)
    return python


def _brief(error: Exception) -> str:
    return getattr(error, "strerror", None) or "it gave no answer"
