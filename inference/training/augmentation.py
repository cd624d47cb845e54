# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes that training pictures undergo by chance, both frames of a pair alike, in 8 bits.

In the order of the First Order Motion Model's training: time or mirror, size, place, color.
"""

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageEnhance

from ...vendor.fomm.configurations import Augmentation


def augmented(pair: NDArray[np.uint8], plan: Augmentation, dice: np.random.Generator) -> NDArray[np.uint8]:
    """pair: (2, S, S, 3).   The same shape: a resized pair is cut or continued to its size again."""
    if dice.random() < 0.5:
        pair = pair[::-1]
    elif dice.random() < 0.5:
        pair = pair[:, :, ::-1]
    size = pair.shape[1]
    if plan.resize:
        pair = _resized(pair, dice.uniform(*plan.resize))
    if plan.crop or pair.shape[1] != size:
        pair = _placed(pair, size, dice)
    return _colored(pair, plan.jitter, dice) if any(plan.jitter) else np.ascontiguousarray(pair)


def _resized(pair: NDArray[np.uint8], factor: float) -> NDArray[np.uint8]:
    side = max(2, round(factor * pair.shape[1]))
    return np.stack([cv2.resize(np.ascontiguousarray(frame), (side, side)) for frame in pair])


def _placed(pair: NDArray[np.uint8], size: int, dice: np.random.Generator) -> NDArray[np.uint8]:
    """A random part of (2, s, s, 3) of that size; edges go on where it is smaller."""
    missing = max(0, size - pair.shape[1])
    before = missing // 2
    if missing:
        pair = np.pad(pair, ((0, 0), (before, missing - before), (before, missing - before), (0, 0)), mode="edge")
    top, left = (int(dice.integers(pair.shape[1] - size + 1)) for _ in range(2))
    return pair[:, top : top + size, left : left + size]


def _colored(
    pair: NDArray[np.uint8], jitter: tuple[float, float, float, float], dice: np.random.Generator
) -> NDArray[np.uint8]:
    """jitter: brightness, contrast, saturation factors 1 +- v, hue shift +- v turns; applied in random order."""
    brightness, contrast, saturation = (1 + dice.uniform(-amount, amount) for amount in jitter[:3])
    turn = round(256 * dice.uniform(-jitter[3], jitter[3]))
    changes = [
        lambda image: ImageEnhance.Brightness(image).enhance(brightness),
        lambda image: ImageEnhance.Contrast(image).enhance(contrast),
        lambda image: ImageEnhance.Color(image).enhance(saturation),
        lambda image: _turned(image, turn),
    ]
    images = [Image.fromarray(np.ascontiguousarray(frame)) for frame in pair]
    for index in dice.permutation(len(changes)):
        images = [changes[index](image) for image in images]
    return np.stack([np.asarray(image) for image in images])


def _turned(image: Image.Image, turn: int) -> Image.Image:
    if not turn:
        return image
    hue, saturation, value = image.convert("HSV").split()
    hue = hue.point([(level + turn) % 256 for level in range(256)])
    return Image.merge("HSV", (hue, saturation, value)).convert("RGB")
