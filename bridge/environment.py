# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the worker an environment of its own in the user's folder, with pinned packages. Blender's Python stays alone.

It reaches the network: the caller asks the user, and Blender's online access, first. Runs as long as it takes, so call
it from a thread. A stamp, written last, tells a whole environment from one whose installation was cut short.
"""

import queue
import shutil
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from .errors import RuntimeMissingError
from .whole_file import storage_error, write_whole

FOLDER = "environment"
STAMP = "ready"
LOG = "install.log"


def environment_python(folder: Path) -> Path | None:
    """The Python of the environment in a user folder, None when there is no whole one."""
    environment = Path(folder) / FOLDER
    return _python(environment) if (environment / STAMP).is_file() and _python(environment).is_file() else None


def install(
    folder: Path,
    requirements: Path,
    on_line: Callable[[str], None] = lambda line: None,
    is_cancelled: Callable[[], bool] = lambda: False,
    python: str = sys.executable,
    options: Sequence[str] = ("--no-deps",),
) -> Path:
    """Make or renew the environment in `folder` and return its Python.

    requirements: complete list of pinned packages.   on_line: gets each line of progress.   python: what it is made
    from.   options: for pip.
    Raises RuntimeMissingError when a step fails or is cancelled, StorageError when the folder cannot be written.
    """
    environment, log = Path(folder) / FOLDER, Path(folder) / LOG
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        (environment / STAMP).unlink(missing_ok=True)
        shutil.rmtree(environment, ignore_errors=True)
        log.unlink(missing_ok=True)
    except OSError as error:
        raise storage_error(environment, error) from error
    pip = [str(_python(environment)), "-I", "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    steps = [
        ("Making the environment", [python, "-I", "-m", "venv", str(environment)]),
        ("Installing packages", [*pip, "--progress-bar", "off", *options, "-r", str(requirements)]),
    ]
    for title, command in steps:
        on_line(title)
        _run(title, command, log, on_line, is_cancelled)
    write_whole(environment / STAMP, Path(requirements).read_bytes())
    return _python(environment)


def _python(environment: Path) -> Path:
    return environment / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def _run(
    title: str, command: list[str], log: Path, on_line: Callable[[str], None], is_cancelled: Callable[[], bool]
) -> None:
    """Run one step, each line of its output into the log and to `on_line`."""
    remedy = f"Check the connection to the internet and try again. The log is {log}."
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError as error:
        raise RuntimeMissingError(f"{title} failed: {command[0]} does not run ({error.strerror}).", remedy) from error
    lines: queue.Queue[str | None] = queue.Queue()
    threading.Thread(target=_read, args=(process, lines), daemon=True).start()
    last: deque[str] = deque(maxlen=3)
    try:
        while (line := _next(lines, process, is_cancelled)) is not None:
            if line:
                last.append(line)
                _log(log, line)
                on_line(line)
    except BaseException:
        process.kill()
        raise
    if process.wait() != 0:
        if is_cancelled():
            raise RuntimeMissingError(f"{title} was cancelled.", "Start it again when you want it.")
        raise RuntimeMissingError(f"{title} failed: {' '.join(last) or 'no reason given'}.", remedy)


def _next(
    lines: "queue.Queue[str | None]", process: "subprocess.Popen[bytes]", is_cancelled: Callable[[], bool]
) -> str | None:
    """The next line, "" when none came for a moment, None at the end."""
    if is_cancelled():
        process.kill()
    try:
        return lines.get(timeout=0.2)
    except queue.Empty:
        return ""


def _read(process: "subprocess.Popen[bytes]", lines: "queue.Queue[str | None]") -> None:
    assert process.stdout is not None
    with process.stdout as stream:
        for line in stream:
            lines.put(line.decode("utf-8", "replace").strip())
    lines.put(None)


def _log(log: Path, line: str) -> None:
    try:
        with log.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
    except OSError as error:
        raise storage_error(log, error) from error
