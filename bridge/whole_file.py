# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that are whole or not there: written under a temporary name, renamed when complete.

A process killed at any moment leaves the old file or the new one, and at worst a `*.part` beside it.
"""

import errno
import itertools
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from .errors import StorageError

PART = ".part"
_numbers = itertools.count()
_RETRIES = 20  # of a rename, 50 ms apart: on Windows a file that somebody reads just now cannot be replaced


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """A binary file to write; it gets its name `path` when the block ends, and vanishes when the block raises.

    Raises StorageError when the folder is missing, read-only or full, or the name is too long; any OSError of the block
    is taken for one of these.
    """
    part = part_path(path)  # in the same folder, short: `path` may already have the longest name there can be
    try:
        try:
            with part.open("wb") as file:
                yield file
            _replace(part, path)
        except BaseException:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise storage_error(path, error) from error


def part_path(path: Path) -> Path:
    """A temporary name beside `path` that no other process or thread uses; ends in PART."""
    return path.with_name(f".{os.getpid()}-{next(_numbers)}{PART}")


def write_whole(path: Path, data: bytes) -> None:
    """Write a whole file. Raises StorageError as `whole_file` does."""
    with whole_file(path) as file:
        file.write(data)


def _replace(part: Path, path: Path) -> None:
    for attempt in range(_RETRIES + 1):
        try:
            return os.replace(part, path)
        except PermissionError:
            if os.name != "nt" or attempt == _RETRIES:
                raise
            time.sleep(0.05)


def storage_error(path: Path, error: OSError) -> StorageError:
    """What the artist reads when `path` could not be written."""
    folder = path.parent
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return StorageError(f"The disk of {folder} is full.", "Free some space and go on: finished work is kept.")
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return StorageError(f"{path} cannot be written.", f"Allow writing in {folder} or choose another folder.")
        case errno.ENOENT | errno.ENOTDIR:
            return StorageError(f"The folder {folder} is missing.", "Bring it back, or choose another folder.")
        case errno.ENAMETOOLONG:
            return StorageError(f"The name of {path} is too long.", "Choose a folder with a shorter path.")
    reason = error.strerror or error
    return StorageError(f"{path} cannot be written ({reason}).", f"Check {folder} or choose another folder.")
