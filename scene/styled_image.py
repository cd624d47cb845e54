# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""An image and its stylized twin: a datablock of its own, named `<image> - <style>`, packed into the .blend.

The original is read and never written. The twin remembers it, and what made it, so that a comparison and a next draw
find each other. A drawn file is loaded, not copied pixel by pixel, so that 16 bits stay 16 bits and undo keeps it.
"""

import hashlib
from pathlib import Path

import bpy

from ..bridge.errors import InputError
from ..bridge.whole_file import storage_error
from . import storage
from .images import read_pixels
from .png import write_png
from .recipes import recipe_text

SOURCE, RECIPE = "pastiche_source", "pastiche_recipe"  # custom properties of a twin


def original_of(image):
    """The image that a twin was made from; an image that is no twin is its own original."""
    source = image.get(SOURCE) if image else None
    return source if isinstance(source, bpy.types.Image) else image


def twins_of(image) -> list:
    """The stylized images of an original, the latest last."""
    return [twin for twin in bpy.data.images if twin != image and twin.get(SOURCE) == image]


def save_source(image) -> tuple[Path, Path]:
    """The pixels of an image as a file for the worker, and a folder for its job; the same pixels the same file.

    Raises InputError when there are none to read: no such file, UDIM tiles.
    """
    pixels = read_pixels(image)
    digest = hashlib.sha256(pixels).hexdigest()[:16]
    folder = storage.images_folder() / f"{storage.file_name(image.name)}-{digest}"
    file = folder / "source.png"
    if not file.exists():
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise storage_error(file, error) from error
        write_png(file, pixels)
    return file, folder


def show_twin(image, style: str, file: Path, recipe_folder: Path | None):
    """Let the twin of an image show a drawn file; it is made when missing. Returns the twin.

    recipe_folder: the job folder of a finished draw, which is packed; None for a preview, which is not.
    """
    twin = next((each for each in twins_of(image) if each.get("pastiche_style") == style), None)
    if twin is None:
        twin = bpy.data.images.load(str(file), check_existing=False)
        if not twin.size[0]:
            bpy.data.images.remove(twin)
            raise InputError(f"{file} cannot be shown.", "Stylize again.")
        twin.name = f"{image.name} - {style}"
        twin[SOURCE], twin["pastiche_style"] = image, style
        twin.colorspace_settings.name = "sRGB"
        twin.use_fake_user = True  # or a .blend is saved without it while only an editor shows it
    twin.filepath_raw = str(file)
    if recipe_folder is None and twin.packed_file:
        twin.unpack(method='REMOVE')
    twin.reload()
    if recipe_folder is not None:
        twin[RECIPE] = recipe_text(recipe_folder)
        twin.pack()
    twin.update_tag()
    return twin
