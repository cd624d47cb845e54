# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""pytest plugin: the checkout's root is the package `pastiche`, whatever its folder is called.

The root __init__ belongs to Blender; tests (as the worker does) see an empty package with the same search path, and
pytest must not import the root as a package of its own.
"""

import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent

package = ModuleType("pastiche")
package.__path__ = [str(ROOT)]
sys.modules.setdefault("pastiche", package)


def pytest_collect_directory(path, parent):
    """Collect the root as a plain folder, although it holds an __init__.py."""
    return pytest.Dir.from_parent(parent, path=path) if path == ROOT else None
