# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A file that appears under its name only when it is whole."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ...bridge.errors import StorageError


@contextmanager
def unfinished(path: Path) -> Iterator[Path]:
    """A name beside `path` to write to; renamed to `path` at the end of the `with`, removed when that fails.

    What was at `path` stays until then. The name is short, so that it fits wherever `path` does.
    Raises StorageError when the folder cannot be written or is full.
    """
    path = path.absolute()
    temporary = path.with_name(f".{hashlib.sha256(path.name.encode()).hexdigest()[:16]}.partial")
    try:
        try:
            yield temporary
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        reason = error.strerror or error
        raise StorageError(f"{path} cannot be written ({reason}).", "Free space or choose another folder.") from error
