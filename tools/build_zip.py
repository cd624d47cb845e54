# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the extension with Blender's own tool and validate the result: `dist/pastiche-<version>.zip`.

The tool travels inside the bpy module and needs no Blender running.
"""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def extension_tool() -> Path:
    """Blender's blender_ext.py, found without importing bpy."""
    spec = find_spec("bpy")
    if spec is None or spec.origin is None:
        raise SystemExit("No bpy module in this environment. Run make zip.")
    found = Path(spec.origin).parent.glob("*/scripts/addons_core/bl_pkg/cli/blender_ext.py")
    return next(found)


def build(destination: Path) -> Path:
    """Build and validate; returns the zip's path. Raises CalledProcessError when Blender's tool refuses."""
    tool = extension_tool()
    tags = tool.parents[3] / "modules" / "_bpy_internal" / "extensions" / "tags.py"
    destination.mkdir(parents=True, exist_ok=True)
    for old in destination.glob("pastiche-*.zip"):
        old.unlink()

    def run(*arguments: str) -> None:
        subprocess.run([sys.executable, str(tool), *arguments], check=True)

    run("validate", f"--valid-tags={tags}", str(ROOT))
    run("build", "--source-dir", str(ROOT), "--output-dir", str(destination))
    result = next(destination.glob("pastiche-*.zip"))
    run("validate", str(result))
    return result


if __name__ == "__main__":
    print(build(ROOT / "dist"))
