# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the development environments: `python3 tools/environment.py demo|test|blender-4.2|blender-5.0 ...`.

demo: `.venv` with the base worker and Blender 4.5 as a module.   test: the same, with torch and the test tools.
blender-X: `.venv-X`, that Blender alone (its worker runs in `.venv`). A stamp makes a second call instant.
"""

import ctypes.util
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORKER = ROOT / "inference" / "requirements.txt"
REQUIREMENTS = ROOT / "requirements"

# What `import bpy` loads on a bare Debian; libegl1 is for EEVEE and Workbench, which abort the process without it.
SYSTEM_LIBRARIES = {
    "libx11-6": "X11", "libxrender1": "Xrender", "libxfixes3": "Xfixes", "libxi6": "Xi", "libxkbcommon0": "xkbcommon",
    "libsm6": "SM", "libice6": "ICE", "libxext6": "Xext", "libgl1": "GL", "libxxf86vm1": "Xxf86vm", "libgomp1": "gomp",
    "libegl1": "EGL",
}  # fmt: skip

# environment folder, then (requirements file, pip options) in order
ENVIRONMENTS = {
    "demo": (".venv", [(WORKER, ["--no-deps"]), (REQUIREMENTS / "blender-4.5.txt", [])]),
    "test": (
        ".venv",
        [
            (WORKER, ["--no-deps"]),
            (REQUIREMENTS / "blender-4.5.txt", []),
            (REQUIREMENTS / "neural.txt", []),
            (REQUIREMENTS / "test.txt", []),
        ],
    ),
    "blender-4.2": (".venv-4.2", [(REQUIREMENTS / "blender-4.2.txt", [])]),
    "blender-5.0": (".venv-5.0", [(REQUIREMENTS / "blender-5.0.txt", [])]),
}


def main(names: list[str]) -> int:
    """Make each named environment; the exit status is 0 when all are ready."""
    if not (3, 11) <= sys.version_info[:2] < (3, 12):
        print(f"Blender as a module needs Python 3.11; this is {sys.version.split()[0]}. Use make PYTHON=python3.11")
        return 1
    if not ready_system():
        return 1
    for name in names:
        folder, steps = ENVIRONMENTS[name]
        make(ROOT / folder, steps)
    return 0


def ready_system() -> bool:
    """Whether Blender's system libraries are there; as root on Debian they are installed."""
    if not sys.platform.startswith("linux"):
        return True
    missing = [package for package, library in SYSTEM_LIBRARIES.items() if not ctypes.util.find_library(library)]
    if not missing:
        return True
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing]
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        print(f"Blender needs system libraries that are missing. Install them: sudo {' '.join(install)}")
        return False
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], check=True, env=environment)
    subprocess.run(install, check=True, env=environment, stdout=subprocess.DEVNULL)
    return True


def make(folder: Path, steps: list[tuple[Path, list[str]]]) -> None:
    """Bring the environment in `folder` to the state the requirement files ask for."""
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    for requirements, options in steps:
        wanted = hashlib.sha256(requirements.read_bytes()).hexdigest()
        stamp = folder / f"ready-{requirements.parent.name}-{requirements.stem}"
        if stamp.exists() and stamp.read_text() == wanted:
            continue
        print(f"{folder.name}: installing {requirements.relative_to(ROOT)}", flush=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *options]
        subprocess.run([*pip, "-r", str(requirements)], check=True)
        stamp.write_text(wanted)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["demo"]))
