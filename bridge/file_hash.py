# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""SHA-256 of files, each read once: a gigabyte of weights takes a second."""

import hashlib
from collections.abc import Callable
from pathlib import Path

_PIECE = 1 << 22  # bytes
_known: dict[tuple[Path, int, int], str] = {}  # file, size and time of change -> its hash


def hash_of(path: Path, check: Callable[[], None] = lambda: None) -> str:
    """SHA-256 of a file, hexadecimal. check: called often, may raise to stop.

    A file that has not changed since it was hashed (by size and time) is not read again. Raises OSError.
    """
    facts = path.stat()
    state = (path, facts.st_size, facts.st_mtime_ns)
    if state not in _known:
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                check()
                digest.update(piece)
        _known[state] = digest.hexdigest()
    return _known[state]
