# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What differs between two frames of a loop."""

import numpy as np
from numpy.typing import NDArray


def changed_box(before: NDArray, after: NDArray) -> tuple[int, int, int, int]:
    """The smallest box with every pixel that differs: left, top, right, bottom; one pixel when nothing does.

    before, after: (H, W) or (H, W, channels).
    """
    differs = before != after
    if differs.ndim == 3:
        differs = differs.any(axis=2)
    rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
    if not len(rows):
        return 0, 0, 1, 1
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


class Calm:
    """Lets a pixel keep its color until it has changed by more than can be seen: what stands still costs nothing."""

    def __init__(self, threshold: int) -> None:
        """threshold: of 255, in any of the four channels."""
        self._threshold = threshold
        self._shown: NDArray[np.uint8] | None = None

    def __call__(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The image (H, W, 4) as it is to be shown after the ones before it."""
        if self._shown is not None and self._threshold:
            apart = np.abs(image.astype(np.int16) - self._shown).max(axis=2)
            image = np.where((apart > self._threshold)[..., None], image, self._shown)
        self._shown = image
        return image
