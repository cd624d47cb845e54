# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The actor's teeth, tongue and cavity in the card's colors.

Only tone and "is it a tooth" are taken from the footage: its light and its camera's colors would look pasted in.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from ...motion.face_texture import FACE_SIDE, MOUTH_HEIGHT
from .mouth_frame import MouthFrame
from .outer_mesh import smoothstep
from .palette import Palette

_SHRINK = (0.94, 0.84)  # of the footage's opening along and across: its rim shows the actor's lips
_BEYOND = 0.04


def footage_mouth(
    mouth: NDArray[np.uint8], actor_skin: NDArray, palette: Palette, frame: MouthFrame
) -> NDArray[np.float32]:
    """(h, w, 3), 0..1, for the frame's box.

    mouth: (MOUTH_HEIGHT, FACE_SIDE, 3), as motion/face_texture.py keeps it.   actor_skin: (3,) RGB 0..1.
    """
    painted = _in_colors_of(palette, mouth.astype(np.float32) / 255, actor_skin)
    x = (0.5 + (frame.along - 0.5) * _SHRINK[0]) * FACE_SIDE - 0.5
    y = (0.5 + (np.clip(frame.across, -_BEYOND, 1 + _BEYOND) - 0.5) * _SHRINK[1]) * MOUTH_HEIGHT - 0.5
    return cv2.remap(painted, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE).clip(0, 1)


def _in_colors_of(palette: Palette, mouth: NDArray[np.float32], actor_skin: NDArray) -> NDArray[np.float32]:
    """Teeth are what is less red than the actor's skin; how bright anything is, is kept, softly below white."""
    tone = mouth.mean(axis=2) / max(float(actor_skin.mean()), 0.05)
    redness = mouth[..., 0] / np.maximum(mouth[..., 1], 0.02) * (actor_skin[1] / max(float(actor_skin[0]), 0.02))
    flesh = smoothstep(0.94, 1.16, cv2.GaussianBlur(redness, (0, 0), 1.2))[..., None]
    color = palette.tooth + flesh * (palette.flesh(1.0, 0.74, 0.76) - palette.tooth)
    dark = palette.flesh(0.16, 0.08, 0.09)
    brightness = (1 - np.exp(-1.7 * np.maximum(tone - 0.06, 0))) / (1 - np.exp(-1.7 * 1.15))
    depth = 1 + 0.35 * flesh  # teeth shine as they do, flesh recedes into the dark
    return (dark + brightness[..., None] ** depth * (color - dark)).astype(np.float32)
