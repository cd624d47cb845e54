# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of 8 and 16 bits per channel."""

import numpy as np
from numpy.typing import NDArray


def with_depth(image: NDArray, depth: int) -> NDArray:
    """The image as uint8 or uint16; exact from 8 to 16 bits, rounded from 16 to 8."""
    if image.dtype == np.uint8 and depth == 16:
        return image.astype(np.uint16) * 257
    if image.dtype == np.uint16 and depth == 8:
        return ((image.astype(np.uint32) + 128) // 257).astype(np.uint8)
    return image
