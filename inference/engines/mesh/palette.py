# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The colors of a card's face, for what has to be painted in: mouths stay gray in a gray picture, dim in a dim one."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .box import Box

CHEEKS = (50, 101, 205, 280, 330, 425, 117, 346)  # landmarks on plain skin
_LIP_MIDDLE = (12, 11, 15, 16, 38, 268, 86, 316, 72, 302, 85, 315)
_IVORY = np.array((0.97, 0.95, 0.88), np.float32)
_COLORED = 0.12  # how far apart a skin's channels are, over the largest, from where on the picture has full color


@dataclass(frozen=True)
class Palette:
    """skin, lip, tooth: (3,) RGB 0..1.   grain: (h, w), the art's own, around 0.   color: 0 a gray picture .. 1."""

    skin: NDArray[np.float32]
    lip: NDArray[np.float32]
    tooth: NDArray[np.float32]
    grain: NDArray[np.float32]
    color: float

    def flesh(self, red: float, green: float, blue: float) -> NDArray[np.float32]:
        """The lips' color times factors, (3,); in a gray picture they darken all channels alike."""
        return self.lip * _grayed(np.array((red, green, blue)), self.color)


def palette_of(image: NDArray, landmarks: NDArray) -> Palette:
    """image: (H, W, 4), premultiplied, uint8 or uint16.   landmarks: (478, 3), its pixels."""
    peak = np.float32(np.iinfo(image.dtype).max)
    eye_distance = float(np.linalg.norm(landmarks[33, :2] - landmarks[263, :2]))

    def colors(points: tuple[int, ...], reach: float) -> NDArray[np.float32]:
        found = []
        for x, y in landmarks[list(points), :2]:
            box = Box.around(np.array(((x, y),)), max(1.5, reach * eye_distance), image.shape)
            if box is not None:
                found.append(image[box.slices][..., :3].reshape(-1, 3).astype(np.float32) / peak)
        return np.concatenate(found) if found else np.full((1, 3), 0.5, np.float32)

    cheeks = colors(CHEEKS, 0.03)
    by_light = cheeks[cheeks.mean(axis=1).argsort()]
    light = by_light[int(0.8 * len(by_light)) :].mean(axis=0)
    skin, lip = np.median(cheeks, axis=0), np.median(colors(_LIP_MIDDLE, 0.01), axis=0)
    color = float(np.clip(np.ptp(light) / max(float(light.max()), 0.02) / _COLORED, 0, 1))
    ivory = _grayed(_IVORY, color) * max(float(light.max()), 0.25)  # teeth are lit like the brightest skin
    tooth = np.minimum(0.5 * light + 0.5 * ivory, 1)
    parts = (each.astype(np.float32) for each in (skin, _lively(lip), tooth))
    return Palette(*parts, _grain(image, landmarks, eye_distance), color)


def _grayed(factors: NDArray, color: float) -> NDArray[np.float32]:
    return (factors.mean() + color * (factors - factors.mean())).astype(np.float32)


def _lively(lip: NDArray[np.float32]) -> NDArray[np.float32]:
    """The art's lip color, at least bright enough to make flesh of."""
    return lip * max(1.0, 0.42 / max(float(lip.max()), 0.05))


def _grain(image: NDArray, landmarks: NDArray, eye_distance: float) -> NDArray[np.float32]:
    """The art's own fine texture, from below the eyes, mirrored so that it tiles."""
    box = Box.around(landmarks[[50, 101, 205, 36], :2], 0.0, image.shape)
    if box is None:
        return np.zeros((0, 0), np.float32)
    gray = image[box.slices][:256, :256, :3].astype(np.float32).mean(axis=2) / np.iinfo(image.dtype).max
    fine = gray - cv2.GaussianBlur(gray, (0, 0), max(0.8, 0.012 * eye_distance))
    fine = np.clip(fine, -0.06, 0.06)
    fine = np.concatenate((fine, fine[::-1]))
    return np.concatenate((fine, fine[:, ::-1]), axis=1)
