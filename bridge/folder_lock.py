# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""One job at a time in a folder, across processes.

The operating system holds the lock and drops it with the process, however that ends, so no lock is ever stale; the text
in the file only says whose it is. Where a file system knows no locks (some network drives) the job runs without one.
"""

import errno
import os
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from .errors import BusyError
from .whole_file import storage_error

NAME = "lock"
_HELD = {errno.EAGAIN, errno.EACCES, errno.EDEADLK, errno.EWOULDBLOCK}

if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> None:
        file.seek(1 << 30)  # beyond the text, which others want to read
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

    def _unlock(file: IO[bytes]) -> None:
        file.seek(1 << 30)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(file: IO[bytes]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(file: IO[bytes]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_UN)


@contextmanager
def folder_lock(folder: Path) -> Iterator[None]:
    """Hold a folder. Raises BusyError while somebody else does, StorageError when it cannot be written."""
    try:
        file = (folder / NAME).open("a+b")
    except OSError as error:
        raise storage_error(folder / NAME, error) from error
    with file:
        is_locked = _try_lock(file, folder)
        try:
            _sign(file)
            yield
        finally:
            if is_locked:
                _unlock(file)


def _try_lock(file: IO[bytes], folder: Path) -> bool:
    """Whether the file is locked now; False where there are no locks."""
    try:
        _lock(file)
    except OSError as error:
        if error.errno not in _HELD:
            return False
        file.seek(0)
        holder = file.read(200).decode("utf-8", "replace").strip()
        by = f" by {holder}" if holder else ""
        remedy = "Wait until that has ended, or cancel it."
        raise BusyError(f"{folder} is already being worked on{by}.", remedy) from error
    return True


def _sign(file: IO[bytes]) -> None:
    try:
        file.truncate(0)
        file.write(f"process {os.getpid()} on {platform.node()}".encode())  # opened for appending: at the start
        file.flush()
    except OSError:
        pass  # a full disk: the signature is a courtesy
