# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes down what an edit made: an expression, and the latent and picture it starts from. Files are named by hash."""

import hashlib
from pathlib import Path

import torch

from ....bridge.errors import InputError
from ....bridge.whole_file import write_whole
from ...media.pictures import encode_png, read_picture
from ...portrait import picture_sha256
from .editor import Editor
from .inversion_file import Origin
from .latent_file import hash_latent, write_expression, write_latent
from .pictures import to_pixels

LATENT, EXPRESSION = ".latent", ".expression"
MOST_LETTERS = 40  # a card's property of that name must stay within Blender's 63 bytes
_DIGITS = 16  # of a hash in a file's name


def keep_expression(editor: Editor, name: str, folder: Path) -> Path:
    """Write the shown step as an expression of that name; returns its file.

    Raises InputError for a name that no channel can have, and when nothing moved; StorageError.
    """
    is_sound = name == name.strip() and all(letter.isalnum() or letter in " _-." for letter in name)
    if not (name and is_sound and len(name) <= MOST_LETTERS and len(name.encode()) <= MOST_LETTERS):
        what = f"An expression cannot be called {name[:60]!r}."
        raise InputError(what, f"Use up to {MOST_LETTERS} letters, digits, spaces, dots and dashes.")
    expression = editor.expression(name)
    digest = hashlib.sha256(name.encode() + expression.path.tobytes() + hash_latent(editor.start.latent).encode())
    path = folder / f"{digest.hexdigest()[:_DIGITS]}{EXPRESSION}"
    write_expression(path, expression, editor.network.sha256, editor.start.latent)
    return path


def keep_start(editor: Editor, folder: Path) -> tuple[Path, Path]:
    """Files of the latent the edit began with, and of its picture. An inversion's own file serves as it is.

    The picture of an inversion is the photograph, as long as it lies where it was, unchanged.
    """
    start = editor.start
    name = hash_latent(start.latent)[:_DIGITS]
    latent, picture = start.path or folder / f"{name}{LATENT}", folder / f"{name}.png"
    if start.path is None:
        write_latent(latent, start.latent, editor.network.sha256)
    if start.origin and start.origin.square and _is_still_there(start.origin):
        return latent, Path(start.origin.source)
    with torch.no_grad():
        write_whole(picture, encode_png(to_pixels(start.generator.synthesis(start.latent))))
    return latent, picture


def _is_still_there(origin: Origin) -> bool:
    try:
        return picture_sha256(read_picture(origin.source)) == origin.picture
    except InputError:
        return False
