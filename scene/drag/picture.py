# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The drag picture: an image of Blender's that shows what the network makes, live.

The worker's numbers in shared memory are already those of `Image.pixels`, so showing one is a single copy.
"""

import bpy

from ..cards import cards_of


def make_picture(card, width: int, height: int):
    """The drag picture of a card, made or scaled to that size."""
    drag = card.pastiche.drag
    if drag.picture is None:
        drag.picture = bpy.data.images.new(f"{card.name} Drag", width, height, alpha=True)
    elif tuple(drag.picture.size) != (width, height):
        drag.picture.scale(width, height)
    return drag.picture


def show_picture(image, numbers) -> None:
    """Let an image show a picture; numbers: `width * height * 4` floats of 0..1, as in `Image.pixels`."""
    image.pixels.foreach_set(numbers)
    image.update()


def keep_picture(image) -> None:
    """Save the pixels with the .blend; a generated image is black again otherwise."""
    if image.is_dirty or image.packed_file is None:
        image.pack()


def card_of_picture(image, scene):
    """The card whose drag picture or mask this is, or None."""
    if image is None:
        return None
    return next((c for c in cards_of(scene) if image in (c.pastiche.drag.picture, c.pastiche.drag.mask)), None)
