# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures on their way into and out of a network as the published motion programs do it, by scikit-image.

For training and evaluation, whose numbers should compare with theirs. Rendering has ways of its own, which keep the
picture's proportions (engines/fomm/face_crop.py, full_picture.py).
"""

import numpy as np
from numpy.typing import NDArray
from skimage.transform import resize


def as_network_sees(image: NDArray, size: int | tuple[int, int]) -> NDArray[np.float64]:
    """The whole picture in a square or in (height, width), bilinear, blurred first where it shrinks.

    image: (H, W), (H, W, 1), (H, W, 3) or (H, W, 4), uint8, uint16 or floats 0..1; alpha is dropped afterwards.
    (height, width, 3), 0..1.
    """
    if image.ndim == 2 or image.shape[2] == 1:
        image = np.repeat(image.reshape(*image.shape[:2], 1), 3, axis=2)
    height, width = (size, size) if isinstance(size, int) else size
    return resize(image, (height, width), order=1, mode="reflect", anti_aliasing=True)[..., :3]


def to_bytes(picture: NDArray) -> NDArray[np.uint8]:
    """0..1 to 0..255, halves to the even neighbor, what lies outside cut off."""
    return np.clip(np.rint(np.asarray(picture) * picture.dtype.type(255)), 0, 255).astype(np.uint8)
