# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the environment of the neural engines by uv, in the artist's folder: a Python and packages of its own.

It reaches the network: the caller asks the user, and Blender's online access, first. Runs as long as it takes, so call
it from a thread. A stamp, written last, tells a whole environment from one whose installation was cut short; what was
downloaded by then stays in `downloads` and is not downloaded again. Not for: which Python runs the worker
(runtime.py).

    <folder>/environment   python   downloads   install.log   uv
"""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from .errors import RuntimeMissingError
from .uv import DOWNLOADS, LOG, Steps, find_uv, own_uv
from .whole_file import storage_error, write_whole

FOLDER = "environment"
STAMP = "ready"
PYTHON = "3.12"  # of the environment, downloaded by uv; where that fails, the Python we run in
TORCH = "torch==2.13.0"


def environment_python(folder: Path) -> Path | None:
    """The Python of the environment in a folder, None when there is no whole one."""
    environment = Path(folder) / FOLDER
    return _python(environment) if (environment / STAMP).is_file() and _python(environment).is_file() else None


def is_current(folder: Path, locked: Sequence[Path]) -> bool:
    """Whether the environment in a folder was made from these files, and not by another version of Pastiche."""
    try:
        return (Path(folder) / FOLDER / STAMP).read_text("utf-8") == _fingerprint(locked)
    except OSError:
        return False


def torch_backend(
    device: str, system: str = sys.platform, machine: str = "", has_driver: bool | None = None
) -> str:
    """What uv calls the torch for a device ('AUTO', 'CPU', 'CUDA'); "" for the one of the package index.

    That one is taken wherever it fits, as its hashes are locked: on Apple's processors, and on Windows without graphics
    card, where it is the torch for processors. The others come from PyTorch's own index, pinned, but not by hashes.
    has_driver: of NVIDIA; None: look.   Raises RuntimeMissingError where there is none.
    """
    if system == "darwin":
        if (machine or platform.machine()) != "arm64":
            raise RuntimeMissingError("The neural engines need a Mac with Apple's processor.", "Use the mesh engine.")
        return ""
    if system == "win32" and device != 'CUDA':
        has_driver = shutil.which("nvidia-smi") is not None if has_driver is None else has_driver
        return "auto" if has_driver and device == 'AUTO' else ""
    return "cpu" if device == 'CPU' else "auto"  # auto: by the driver of the graphics card


def packages(locked: Path, backend: str) -> list[str]:
    """What uv is asked for: the locked files of a folder; of another torch than the package index's, its version."""
    if backend:
        return ["-r", str(locked / "packages.txt"), TORCH, "--torch-backend", backend]
    return ["--require-hashes", "-r", str(locked / "packages.txt"), "-r", str(locked / "torch.txt")]


def install(
    folder: Path,
    requirements: Sequence[str],
    fingerprint_of: Sequence[Path] = (),
    on_line: Callable[[str], None] = lambda line: None,
    is_cancelled: Callable[[], bool] = lambda: False,
    pythons: Sequence[str] = (PYTHON, sys.executable),
    uv: Path | None = None,
) -> Path:
    """Make the environment in `folder`, bring it up to date, or go on where it was cut short; returns its Python.

    requirements: arguments of `uv pip install`.   fingerprint_of: files that decide whether it is current.
    on_line: gets each line of progress.   pythons: versions or paths, the first that can be had is used.
    Raises RuntimeMissingError when a step fails or is cancelled, StorageError when the folder cannot be written.
    """
    folder = Path(folder)
    environment, log = folder / FOLDER, folder / LOG
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (environment / STAMP).unlink(missing_ok=True)
        log.unlink(missing_ok=True)
        program = own_uv(uv or find_uv(), folder)
    except OSError as error:
        raise storage_error(log, error) from error
    steps = Steps(folder, on_line, is_cancelled)
    if not _runs(_python(environment)):
        _make_environment(steps, program, environment, pythons)
    target = ["--python", str(_python(environment)), "--exact"]
    steps.run("Installing packages", [str(program), "pip", "install", "--no-config", *target, *requirements])
    shutil.rmtree(folder / DOWNLOADS, ignore_errors=True)
    write_whole(environment / STAMP, _fingerprint(fingerprint_of).encode())
    return _python(environment)


def _make_environment(steps: Steps, uv: Path, environment: Path, pythons: Sequence[str]) -> None:
    for i, python in enumerate(pythons):
        managed = [] if os.path.isabs(python) else ["--managed-python"]
        make = [str(uv), "venv", "--no-config", "--no-project", "--clear", *managed, "--python", python]
        try:
            return steps.run("Making the environment", [*make, str(environment)])
        except RuntimeMissingError:
            if steps.is_cancelled() or i == len(pythons) - 1:
                raise


def _runs(python: Path) -> bool:
    """Whether a Python is there and starts: that of an environment goes with the Python it was made from."""
    try:
        return subprocess.run([str(python), "-I", "-c", ""], capture_output=True, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _fingerprint(files: Sequence[Path]) -> str:
    return hashlib.sha256(b"".join(Path(file).read_bytes() for file in files)).hexdigest()


def _python(environment: Path) -> Path:
    return environment / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
