# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hashes of what a job was given, so that a recipe knows its inputs again and a frame knows what it was made from."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ...bridge.errors import InputError
from ...bridge.file_hash import hash_of
from ...bridge.motion_file import open_motion_file
from ..media.image_sequence import find_sequence
from ..media.pictures import SUFFIXES


def hash_input(path: str | Path, check: Callable[[], None] = lambda: None) -> str:
    """SHA-256 of a file, or of the files of an image sequence in order. check: called often, may raise to stop.

    A file that has not changed since it was hashed (by size and time) is not read again. Raises InputError.
    """
    path = Path(path)
    try:
        is_sequence = path.is_dir() or path.suffix.lower() in SUFFIXES
        files = list(find_sequence(path).values()) if is_sequence else [path]
        digests = [_hash_file(file, check) for file in files]
    except FileNotFoundError as error:
        raise InputError(f"There is no file {path}.", "Check the path.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path} cannot be read ({reason}).", "Check the path and your rights.") from error
    return digests[0] if len(digests) == 1 else hash_values(*digests)


def hash_take(path: str | Path) -> str:
    """SHA-256 of the take that a motion file holds or names; "" when there is none. Raises InputError.

    An engine may look at all of a take for one frame (how far its actor shuts the eyes), so this is the whole of it.
    """
    path = Path(path)
    with open_motion_file(path) as motion:
        if motion.metadata.get("take"):
            return hash_take_file(path.parent / motion.metadata["take"])
    return hash_take_file(path)


def hash_take_file(path: Path) -> str:
    """SHA-256 of the take in this very file; "" when there is none. Raises InputError."""
    with open_motion_file(path) as motion:
        names = sorted(name for name in motion.tensors if name.startswith("take_"))
        digest = hashlib.sha256(json.dumps([names, motion.metadata.get("channels")]).encode())
        for name in names:
            digest.update(motion.map(name))
    return digest.hexdigest() if names else ""


def hash_values(*values: Any) -> str:
    """SHA-256 of plain values."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def _hash_file(path: Path, check: Callable[[], None]) -> str:
    if not path.is_file() and path.exists():
        raise InputError(f"{path} is no file.", "Choose a file.")
    return hash_of(path, check)
