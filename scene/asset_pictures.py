# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of assets, as the asset browser shows them."""

from pathlib import Path

import bpy
import numpy as np


def show_picture(asset, path: Path) -> None:
    """Give a datablock a picture file for its preview; without such a file it keeps what it has."""
    if not path.is_file():
        return
    image = bpy.data.images.load(str(path), check_existing=False)
    try:
        values = np.empty(len(image.pixels), np.float32)
        image.pixels.foreach_get(values)
        preview = asset.preview_ensure()
        preview.image_size = image.size[:]
        preview.image_pixels_float.foreach_set(values)
    finally:
        bpy.data.images.remove(image)
