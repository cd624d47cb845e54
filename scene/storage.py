# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a card's files live, and how a .blend remembers the place.

The folder of the preferences, else `pastiche_<name>` beside the saved .blend, else our user folder. Once a card has
files it stays where they are, but leaves the user folder as soon as its .blend is saved: uninstalling would delete it.
A place is remembered twice, relative to the .blend and absolute, because either may move without the other.

    <card folder>/source.png            the portrait as it was last driven
                  captures/<footage>/   a job folder with its motion file
                  render/               the job folder of the frames, and keys.motion
                  live/                 what made the card live; the .blend holds a copy of it
    styles/<image>/source.png           an image as it was last stylized, and the job folders of its styles
"""

import os
import re
import shutil
from pathlib import Path

import bpy

from ..bridge.manifest import frame_file
from ..bridge.whole_file import storage_error
from . import extension


def card_folder(card) -> Path:
    """The folder of a card, made when missing. Raises StorageError when it cannot be written."""
    folder = known_folder(card) or _new_folder(card)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise storage_error(folder / "source.png", error) from error
    remember_folder(card, folder)
    return folder


def known_folder(card) -> Path | None:
    """The folder the card remembers, if it still exists and is a card's: the .blend may be a stranger's."""
    folder = first_existing(card.pastiche.folder, card.pastiche.folder_absolute)
    return folder if folder and folder.is_dir() and folder.name.endswith(_mark(card)) else None


def remember_folder(card, folder: Path) -> None:
    """Write a card's folder down."""
    card.pastiche.folder = to_stored(folder)
    card.pastiche.folder_absolute = str(folder)


def leave_user_folder(card) -> tuple[Path, Path] | None:
    """Move a card's files beside its .blend, once that is saved; returns (from, to) when they moved.

    When they cannot be moved they stay where they are, whole.
    """
    old = known_folder(card)
    if old is None or not old.is_relative_to(extension.user_folder()):
        return None
    new = _new_folder(card)
    if new.is_relative_to(extension.user_folder()) or new.exists():
        return None
    try:
        new.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(old, new)
    except OSError:
        shutil.rmtree(new, ignore_errors=True)
        return None
    shutil.rmtree(old, ignore_errors=True)
    remember_folder(card, new)
    return old, new


def images_folder() -> Path:
    """Where the files of stylized images and strips are made."""
    return _base() / "styles"


def _new_folder(card) -> Path:
    return _base() / (file_name(card.name) + _mark(card))


def _mark(card) -> str:
    """How the name of a card's folder ends."""
    return f"-{file_name(card.pastiche.uid[:8])}"


def _base() -> Path:
    preferences = extension.preferences()
    blend = Path(bpy.data.filepath) if bpy.data.filepath else None
    if preferences and preferences.storage:
        return Path(bpy.path.abspath(preferences.storage)) / (file_name(blend.stem) if blend else "unsaved")
    if blend:
        return blend.parent / f"pastiche_{file_name(blend.stem)}"
    return extension.user_folder("cards")


def file_name(text: str) -> str:
    """A text as part of a file's name: any letters, no separators, not long."""
    return re.sub(r"[^\w-]+", "_", text).strip("_")[:40] or "card"


def frame_name(index: int) -> str:
    """The file name of a rendered frame."""
    return Path(frame_file(index)).name


def first_existing(*stored: str) -> Path | None:
    """The first of some stored paths at which there is something."""
    return next((path for path in map(from_stored, filter(None, stored)) if path.exists()), None)


def to_stored(path: Path) -> str:
    """A path as the .blend keeps it: from the .blend's folder ('//') where there is one on the same drive."""
    try:
        return bpy.path.relpath(str(path)) if bpy.data.filepath else str(path)
    except ValueError:  # another drive
        return str(path)


def from_stored(stored: str) -> Path:
    """The absolute path of a stored one."""
    return Path(os.path.abspath(bpy.path.abspath(stored)))  # '//../film.mp4' without its dots
