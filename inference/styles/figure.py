# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""DualStyleGAN's figure 4 for any portrait: what the network sees in it, and three ways to take an exemplar's style."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ...bridge.requests import Look
from .aligned_face import cut
from .stylist import Stylist, face_square, over_gray

COLUMNS = {
    "reconstruction": {"structure": 0.0, "color": 0.0, "truncation": 1.0},
    "full transfer": {"keep_color": False},
    "color kept by codes": {"keep_color": True},
    "color layers off": {"keep_color": False, "color": 0.0},
}


def figure_4(stylist: Stylist, image: NDArray, landmarks: NDArray, look: Look) -> NDArray[np.uint8]:
    """The aligned face and the four pictures of COLUMNS side by side, (S, 5 * S, 3) uint8 RGB, S the style's size.

    image: (H, W, 4) RGBA.   landmarks: (478, 2 or 3), its pixels.   look: gives exemplar, weights and seeds.
    """
    square = face_square(image, landmarks)
    latent = stylist.encode(image, square)
    pictures = [stylist.style.picture(latent, replace(look, **changes)) for changes in COLUMNS.values()]
    source = cut(over_gray(image), square, stylist.style.size)
    return np.concatenate([source, *(np.uint8(np.rint(picture * 255)) for picture in pictures)], axis=1)
