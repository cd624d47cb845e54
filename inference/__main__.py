# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python inference VERB`, or `python -m inference VERB` from the root: the door of the worker and the command line.

`worker FOLDER ...` serves Blender, with packages from those folders where the Python itself has none.
The root becomes the package `pastiche`, whatever its folder is called, without its __init__, which is Blender's.
"""

import os
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Run the verb of the command line; returns the exit status."""
    if sys.path and Path(sys.path[0]).resolve() in (ROOT, ROOT / "inference"):
        del sys.path[0]  # put there by Python: our `media` or `tests` must not stand in for anybody's
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # our matrices are small: its threads would only wait in circles
    package = ModuleType("pastiche")
    package.__path__ = [str(ROOT)]
    sys.modules["pastiche"] = package
    module = "worker" if sys.argv[1:2] == ["worker"] else "cli"
    if module == "worker":
        sys.path += sys.argv[2:]
    return import_module(f"pastiche.inference.{module}").main()


if __name__ == "__main__":
    sys.exit(main())
