# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Blender knows of us as an extension: our package name, our preferences, our user folder."""

from pathlib import Path

import bpy

PACKAGE = __package__.rpartition(".")[0]  # bl_ext.<repository>.pastiche: Blender wants it without our rooms
ROOT = Path(__file__).resolve().parent.parent


def preferences():
    """Our AddonPreferences, or None while the extension is not enabled in the preferences."""
    addon = bpy.context.preferences.addons.get(PACKAGE)
    return addon.preferences if addon else None


def device() -> str:
    """What engines with a network run on, one of DEVICES in bridge/catalogue.py."""
    chosen = preferences()
    return chosen.device if chosen else 'AUTO'


def user_folder(name: str = "") -> Path:
    """A folder of ours among the user's files; updating keeps it, uninstalling deletes it."""
    return Path(bpy.utils.extension_path_user(PACKAGE, path=name, create=True))


def downloads_folder() -> Path:
    """Where the environment of the neural engines is: the artist's folder, else our user folder."""
    chosen = preferences()
    return Path(bpy.path.abspath(chosen.downloads)) if chosen and chosen.downloads else user_folder()
