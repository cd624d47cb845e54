# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Python runs the worker. Not for: starting it (client.py), making its environment (environment.py).

The first of these that is named or exists decides: the one chosen in the preferences, PASTICHE_PYTHON, the environment
we made in the user's folder, the Python we run in. A chosen one that lacks something is an error, not passed over.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from .catalogue import BASE_NEEDS
from .environment import environment_python
from .errors import RuntimeMissingError

VARIABLE = "PASTICHE_PYTHON"
OLDEST = (3, 11)
PROBE_SECONDS = 30.0
_PROBE = """
import importlib.util, json, sys
missing = [name for name in sys.argv[1:] if importlib.util.find_spec(name) is None]
print(json.dumps({"version": sys.version_info[:2], "missing": missing}))
"""
_INSTALL = "Install the worker's environment in the preferences of Pastiche, or choose a Python that has what it needs."
_sound: set[str] = set()  # found sound before: a Python does not lose modules in a session


def find_python(chosen: str = "", folder: Path | None = None) -> list[str]:
    """The command prefix of the Python that runs the worker.

    chosen: a path from the preferences, "" for none.   folder: the user's folder, where `install` makes an environment.
    Each look at a Python takes a fraction of a second, once. Raises RuntimeMissingError that says what is missing.
    """
    named = chosen or os.environ.get(VARIABLE, "")
    if named:
        where = "chosen in the preferences" if chosen else f"named by {VARIABLE}"
        return _sound_python(named, f"The Python {where}, {named},", "Choose another one.")
    own = environment_python(folder) if folder else None
    if own:
        return _sound_python(str(own), "The worker's environment", "Install it again in the preferences of Pastiche.")
    return _sound_python(sys.executable, "The background process has no environment yet: this Python", _INSTALL)


def missing_modules(python: str, modules: Sequence[str] = BASE_NEEDS) -> list[str]:
    """Which of `modules` a Python cannot import. Raises RuntimeMissingError when it does not run or is too old."""
    try:
        process = subprocess.run(
            [python, "-I", "-c", _PROBE, *modules],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PROBE_SECONDS,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        answer = json.loads(process.stdout)
        version, missing = tuple(answer["version"]), [str(name) for name in answer["missing"]]
    except subprocess.TimeoutExpired as error:
        raise RuntimeMissingError(f"{python} does not answer.", "Choose another Python.") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RuntimeMissingError(f"{python} is not a Python that runs ({_brief(error)}).", _INSTALL) from error
    if version < OLDEST:
        shown = ".".join(map(str, version))
        raise RuntimeMissingError(f"{python} is Python {shown}; 3.11 or newer is needed.", _INSTALL)
    return missing


def _sound_python(python: str, subject: str, remedy: str) -> list[str]:
    if python not in _sound:
        missing = missing_modules(python)
        if missing:
            raise RuntimeMissingError(f"{subject} lacks {', '.join(missing)}.", remedy)
        _sound.add(python)
    return [python]


def _brief(error: Exception) -> str:
    return getattr(error, "strerror", None) or "it gave no answer"
