# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python demo [--card PICTURE] [--footage FILM] [--out FOLDER]`: the main job, headless, in real Blender.

The folder becomes the package `pastiche.demo`, so that it reads the other rooms as they read each other.
"""

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent

if __name__ == "__main__":
    package = ModuleType("pastiche")
    package.__path__ = [str(ROOT)]
    sys.modules["pastiche"] = package
    sys.exit(import_module("pastiche.demo.story").main(sys.argv[1:]))
