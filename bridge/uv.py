# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""uv, the program that installs packages: where it is, and running it with every line of it heard and explained.

All it keeps lies in one folder: `downloads`, `python`, `install.log`. Not for: what is installed (environment.py).
"""

import os
import queue
import re
import shutil
import subprocess
import sys
import sysconfig
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path

from .errors import PasticheError, RuntimeMissingError, StorageError
from .whole_file import storage_error

LOG = "install.log"
DOWNLOADS = "downloads"
_WATCHER = """
import os, subprocess, sys, threading
process = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
threading.Thread(target=lambda: (os.read(0, 1), process.kill()), daemon=True).start()
sys.exit(process.wait())
"""  # uv would go on when Blender is gone; this ends it when our end of the pipe is closed, by us or by our end
_NAME = "uv.exe" if sys.platform == "win32" else "uv"
_SPACE = "Free some space, or choose another folder; then install again."
_FOLDER = "Choose another folder in the preferences."
_ONLINE = "Check the connection to the internet and install again: what has been downloaded is kept."
_PROXY = "Install again; if it stays, ask who runs your proxy or mirror."
_REASONS: tuple[tuple[str, type[PasticheError], str, str], ...] = (
    ("no space left", StorageError, "The disk is full", _SPACE),
    ("permission denied", StorageError, "The folder cannot be written", _FOLDER),
    ("read-only file system", StorageError, "The folder cannot be written", _FOLDER),
    ("hash mismatch", RuntimeMissingError, "A download is not what Pastiche expects", _PROXY),
    ("failed to fetch", RuntimeMissingError, "The download broke off", _ONLINE),
    ("failed to download", RuntimeMissingError, "The download broke off", _ONLINE),
    ("error sending request", RuntimeMissingError, "The download broke off", _ONLINE),
)


def find_uv() -> Path:
    """The uv that came with us: Blender unpacks its wheel but not its program. Raises RuntimeMissingError."""
    places = [Path(sysconfig.get_path("scripts")) / _NAME, Path(shutil.which("uv") or _NAME)]
    try:
        distribution = metadata.distribution("uv")
        places.insert(0, Path(str(distribution.locate_file(f"uv-{distribution.version}.data/scripts/{_NAME}"))))
    except metadata.PackageNotFoundError:
        pass
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        what = "uv, the program that installs packages, is missing."
        raise RuntimeMissingError(what, "Install Pastiche from a release zip, or install uv.")
    return found


def own_uv(uv: Path, folder: Path) -> Path:
    """A copy of uv in a folder that may be run: as Blender unpacks it, it may not. Raises OSError."""
    own = folder / _NAME
    if not own.is_file() or own.stat().st_size != uv.stat().st_size:
        shutil.copyfile(uv, own.with_suffix(".new"))
        os.replace(own.with_suffix(".new"), own)
    own.chmod(0o755)
    return own


class Steps:
    """Runs one program after the other, each line of its output into the log and to `on_line`."""

    def __init__(self, folder: Path, on_line: Callable[[str], None], is_cancelled: Callable[[], bool]) -> None:
        self.folder = folder
        self.on_line = on_line
        self.is_cancelled = is_cancelled

    def run(self, title: str, command: list[str]) -> None:
        """Run a step to its end. Raises as `install` does."""
        self.on_line(title)
        try:
            process = subprocess.Popen(
                [sys.executable, "-I", "-c", _WATCHER, *command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=_environment_variables(self.folder, os.environ),
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            what = f"{title} failed: {command[0]} does not run ({error.strerror})."
            raise RuntimeMissingError(what, f"The log is {self.folder / LOG}.") from error
        last = self._listen(process)
        if process.wait() != 0:
            if self.is_cancelled():
                raise RuntimeMissingError(f"{title} was cancelled.", "Start it again: what was downloaded is kept.")
            raise self._explained(title, last)

    def _listen(self, process: "subprocess.Popen[bytes]") -> list[str]:
        """Hear a program until it ends; returns its last lines. Between its lines, how much it has downloaded."""
        assert process.stdin is not None
        lines: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=_read, args=(process, lines), daemon=True).start()
        last: deque[str] = deque(maxlen=12)
        weighed = time.monotonic()
        try:
            while True:
                if self.is_cancelled():
                    process.stdin.close()
                try:
                    line = lines.get(timeout=0.2)
                except queue.Empty:
                    if last and time.monotonic() - weighed > 2:
                        self.on_line(f"{last[-1]} ({_megabytes(self.folder / 'downloads')} MB so far)")
                        weighed = time.monotonic()
                    continue
                if line is None:
                    return list(last)
                if line:
                    last.append(line)
                    self._log(line)
                    self.on_line(line)
        finally:
            process.stdin.close()

    def _explained(self, title: str, last: list[str]) -> PasticheError:
        said = " ".join(last) or "no reason given"
        for words, kind, what, remedy in _REASONS:
            if words in said.lower():
                place = re.search(r"https?://[^\s`)]+", said) if kind is RuntimeMissingError else None
                where = place.group() if place else self.folder
                return kind(f"{title} failed: {what} ({where}).", f"{remedy} The log is {self.folder / LOG}.")
        return RuntimeMissingError(f"{title} failed: {said[-400:]}.", f"The log is {self.folder / LOG}.")

    def _log(self, line: str) -> None:
        try:
            with (self.folder / LOG).open("a", encoding="utf-8") as file:
                file.write(line + "\n")
        except OSError as error:
            raise storage_error(self.folder / LOG, error) from error


def _environment_variables(folder: Path, inherited: Mapping[str, str]) -> dict[str, str]:
    """All that uv keeps lies in our folder; nothing of Blender's Python leaks into it. Proxies and mirrors stay."""
    kept = {name: value for name, value in inherited.items() if not name.startswith("PYTHON") and name != "VIRTUAL_ENV"}
    return kept | {
        "UV_CACHE_DIR": str(folder / DOWNLOADS),
        "UV_PYTHON_INSTALL_DIR": str(folder / "python"),
        "UV_NO_PROGRESS": "1",
        "NO_COLOR": "1",
    }


def _megabytes(folder: Path) -> int:
    """What a folder holds, as far as it stands still."""
    total, folders = 0, [folder]
    while folders:
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(Path(entry.path))
                    else:
                        total += entry.stat(follow_symlinks=False).st_size
        except OSError:
            continue
    return total >> 20


def _read(process: "subprocess.Popen[bytes]", lines: "queue.Queue[str | None]") -> None:
    assert process.stdout is not None
    with process.stdout as stream:
        for line in stream:
            lines.put(line.decode("utf-8", "replace").strip())
    lines.put(None)
