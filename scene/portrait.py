# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The portrait of a card as a file for the worker: `source.png` in the card's folder, as the artist sees it now."""

import hashlib
from pathlib import Path

from ..bridge.errors import InputError
from .images import read_pixels
from .png import write_png


def save_portrait(card, folder: Path) -> Path:
    """Write the pixels of a card's image, painted ones included, unless the file holds them already; returns it.

    When the image is gone, or was generated and lost its paint by saving and reopening, the file of the last time stays
    the portrait. Raises InputError when there is neither.
    """
    file, image = folder / "source.png", card.pastiche.image
    if file.exists() and (image is None or (image.source == 'GENERATED' and not image.is_dirty)):
        return file
    if image is None:
        raise InputError(f"The portrait of {card.name} was deleted.", "Choose an image for the card.")
    pixels = read_pixels(image)
    digest = hashlib.sha256(pixels).hexdigest()
    if digest != card.pastiche.portrait_digest or not file.exists():
        write_png(file, pixels)
        card.pastiche.portrait_digest = digest
    return file
