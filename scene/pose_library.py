# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The poses there are: those that ship and those of the user, with their thumbnails.

Panels ask on every redraw, so files are read again only when their folder has changed.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

import bpy
import bpy.utils.previews

from ..bridge.errors import InputError, PasticheError
from ..bridge.pose_file import SUFFIX, Pose, read_pose, write_pose
from ..bridge.whole_file import storage_error
from . import extension, storage
from .png import write_png

ORDER = ("neutral", "joy", "surprise", "disgust", "anger", "sadness", "fear", "wink", "sleep", "talk")
_thumbnails = None  # bpy's collection of previews, while we are registered
_known: tuple[tuple, dict[str, "Entry"]] = ((), {})  # state of the folders, and what was in them


@dataclass(frozen=True)
class Entry:
    """A pose of the library. key: the name of its file without suffix."""

    key: str
    path: Path
    pose: Pose


def poses() -> dict[str, Entry]:
    """All poses by key, ours first; a user's file of the same name stands in for ours. Damaged files are left out."""
    global _known
    state = tuple(_state(folder) for folder in _folders())
    if state != _known[0]:
        found = {path.stem: path for folder in _folders() for path in sorted(folder.glob(f"*{SUFFIX}"))}
        rank = {key: number for number, key in enumerate(ORDER)}
        order = sorted(found, key=lambda key: (rank.get(key, len(rank)), key))
        _known = state, {key: entry for key in order if (entry := _entry(found[key]))}
        if _thumbnails is not None:
            _thumbnails.clear()
    return _known[1]


def find_pose(key: str) -> Entry:
    """The pose of that key. Raises InputError."""
    entry = poses().get(key)
    if entry is None:
        raise InputError(f"There is no pose {key!r}.", "Choose one of the list, or add its file.")
    return entry


def add_pose(path: Path) -> Entry:
    """Take a pose file, and the thumbnail beside it, into the user's library. Raises InputError, StorageError."""
    read_pose(path)
    target = user_folder() / path.name
    try:
        if target != path:
            shutil.copyfile(path, target)
            if path.with_suffix(".png").is_file():
                shutil.copyfile(path.with_suffix(".png"), target.with_suffix(".png"))
    except OSError as error:
        raise storage_error(target, error) from error
    _forget()
    return find_pose(target.stem)


def save_pose(pose: Pose, thumbnail=None) -> Entry:
    """Write a pose into the user's library, over one of the same name. thumbnail: (H, W, 4) uint8, top row first."""
    path = user_folder() / f"{storage.file_name(pose.name)}{SUFFIX}"
    write_pose(path, pose)
    if thumbnail is not None:
        write_png(path.with_suffix(".png"), thumbnail)
    _forget()
    return find_pose(path.stem)


def user_folder() -> Path:
    """Where the user's poses are."""
    return extension.user_folder("poses")


def thumbnail(entry: Entry) -> int:
    """The icon of a pose, 0 when it has none."""
    path = entry.path.with_suffix(".png")
    if _thumbnails is None:
        return 0
    if entry.key not in _thumbnails:
        if not path.is_file():
            return 0
        _thumbnails.load(entry.key, str(path), 'IMAGE')
    return _thumbnails[entry.key].icon_id


def _folders() -> tuple[Path, Path]:
    return extension.ROOT / "poses", user_folder()


def _state(folder: Path) -> tuple:
    try:
        return folder, folder.stat().st_mtime_ns
    except OSError:
        return folder, 0


def _entry(path: Path) -> Entry | None:
    try:
        return Entry(path.stem, path, read_pose(path))
    except PasticheError as error:
        print(f"Pastiche: {error}")
        return None


def _forget() -> None:
    global _known
    _known = (), {}


def register():
    """Make room for thumbnails."""
    global _thumbnails
    _forget()
    _thumbnails = bpy.utils.previews.new()


def unregister():
    """Free them."""
    global _thumbnails
    bpy.utils.previews.remove(_thumbnails)
    _thumbnails = None
