# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""An image and its stylized twin: a datablock of its own, named `<image> - <style>`, packed into the .blend.

The original is read and never written. The twin remembers it, and what made it, so that a comparison and a next draw
find each other. A drawn file is loaded, not copied pixel by pixel, so that 16 bits stay 16 bits and undo keeps it.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import bpy

from ..bridge.errors import InputError
from ..bridge.plain_data import from_plain, to_plain
from ..bridge.requests import StyledFace
from ..bridge.whole_file import storage_error
from . import storage, style_packs
from .images import read_pixels
from .png import write_png
from .recipes import recipe_text

# Custom properties of a twin: its original, the recipe, the names of its styles, which face wears which look.
SOURCE, RECIPE, STYLE, FACES = "pastiche_source", "pastiche_recipe", "pastiche_style", "pastiche_faces"


def original_of(image):
    """The image that a twin was made from; an image that is no twin is its own original."""
    source = image.get(SOURCE) if image else None
    return source if isinstance(source, bpy.types.Image) else image


def twins_of(image) -> list:
    """The stylized images of an original, the latest last."""
    return [twin for twin in bpy.data.images if twin != image and twin.get(SOURCE) == image]


def faces_of(image) -> list[StyledFace]:
    """The stylized faces of a twin and their looks, by number; none of an original.

    Raises InputError when a stranger's .blend holds nonsense there.
    """
    text = image.get(FACES) if image else None
    if not text:
        return []
    try:
        faces: list[StyledFace] = [from_plain(StyledFace, each, "face") for each in json.loads(text)]
    except (ValueError, TypeError, RecursionError) as error:
        what = f"The styles of {image.name} are damaged ({str(error)[:200]})."
        raise InputError(what, "Stylize the original.") from error
    found = [replace(face, styling=style_packs.on_this_computer(face.styling)) for face in faces]
    return sorted(found, key=lambda face: face.face)


def pack_name(face: StyledFace) -> str:
    """What the style of a face is called. Raises InputError when its pack is not there."""
    return style_packs.pack_or_error(Path(face.styling.style).name).facts.name


def styles_name(faces: Sequence[StyledFace]) -> str:
    """What the styles of faces are called together, each once. Raises InputError when a pack is not there."""
    return " + ".join(dict.fromkeys(map(pack_name, faces)))


def save_source(image) -> tuple[Path, Path]:
    """The pixels of an image as a file for the worker, and a folder for its job; the same pixels the same file.

    Raises InputError when there are none to read (no such file, UDIM tiles) and when there are those of many frames.
    """
    if image.source in {'SEQUENCE', 'MOVIE'}:
        what = f"The image {image.name} plays a film or a series of pictures."
        raise InputError(what, "Add its file to the sequencer, and stylize the strip.")
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


def show_twin(image, faces: Sequence[StyledFace], file: Path, recipe_folder: Path | None):
    """Let the twin of an image with these faces' styles show a drawn file; it is made when missing. Returns the twin.

    recipe_folder: the job folder of a finished draw, which is packed; None for a preview, which is not.
    """
    style = styles_name(faces)
    twin = next((each for each in twins_of(image) if each.get(STYLE) == style), None)
    if twin is None:
        twin = bpy.data.images.load(str(file), check_existing=False)
        if not twin.size[0]:
            bpy.data.images.remove(twin)
            raise InputError(f"{file} cannot be shown.", "Stylize again.")
        twin.name = f"{image.name} - {style}"
        twin[SOURCE], twin[STYLE] = image, style
        twin.colorspace_settings.name = "sRGB"
        twin.use_fake_user = True  # or a .blend is saved without it while only an editor shows it
    twin[FACES] = json.dumps(to_plain(list(faces)))
    twin.filepath_raw = str(file)
    if recipe_folder is None and twin.packed_file:
        twin.unpack(method='REMOVE')
    twin.reload()
    if recipe_folder is not None:
        twin[RECIPE] = recipe_text(recipe_folder)
        twin.pack()
    twin.update_tag()
    return twin
