# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Latents and kept expressions: files in the card's folder, named by their contents; small ones in the .blend as well.

The .blend keeps a name below the card's folder, so card and files may move together, and for files up to EMBEDDED bytes
the contents, so that a .blend sent alone still plays.
"""

import base64
import binascii
from pathlib import Path

from ...bridge.errors import InputError
from ...bridge.whole_file import write_whole
from .. import storage

FOLDER = "drag"  # below the card's folder
EMBEDDED = 256 * 1024  # bytes


def remember(card, path: Path) -> tuple[str, str]:
    """A file's name in the card's folder, where it is copied if need be, and its contents while they are small.

    Raises StorageError.
    """
    place = storage.card_folder(card) / FOLDER / path.name
    if path != place:  # the card's folder has moved since
        place.parent.mkdir(exist_ok=True)
        write_whole(place, path.read_bytes())
    data = place.read_bytes() if place.stat().st_size <= EMBEDDED else b""
    return place.name, base64.b64encode(data).decode("ascii")


def find(card, name: str, data: str, what: str) -> Path:
    """A remembered file; written anew from the .blend when it is gone. what: such as "The expression smile".

    Raises InputError when it is gone altogether, StorageError.
    """
    if Path(name).name != name:  # the .blend may be a stranger's
        raise InputError(f"{what} names the file {name[:60]!r}, which is no name.", "Drag and keep it again.")
    folder = storage.known_folder(card)
    path = folder / FOLDER / name if folder else None
    if path and path.is_file():
        return path
    try:
        contents = base64.b64decode(data, validate=True)
    except (ValueError, binascii.Error):
        contents = b""
    if not contents:
        where = path or f"the folder of {card.name}"
        remedy = "Bring the card's folder back, or drag and keep it again."
        raise InputError(f"{what} is missing: {where} is gone.", remedy)
    path = storage.card_folder(card) / FOLDER / name
    path.parent.mkdir(exist_ok=True)
    write_whole(path, contents)
    return path
