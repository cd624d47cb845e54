# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which pixels belong to the person: MediaPipe's selfie segmentation, a soft matte. Not for: hair strands, animals."""

import cv2
import numpy as np
from numpy.typing import NDArray

from .network import Network

SIDE = 256  # of the network's picture


class Segmenter:
    """The segmentation network, ready to run. One per thread."""

    def __init__(self) -> None:
        self._network = Network("segmentation", outputs=1, size=SIDE)

    def matte(self, image: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The matte of a picture (H, W, 3) uint8 RGB: (H, W) float32, 0 background .. 1 person."""
        height, width = image.shape[:2]
        small = cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        mask = self._network(small)[0].reshape(SIDE, SIDE)
        return np.clip(cv2.resize(mask, (width, height), interpolation=cv2.INTER_LINEAR), 0.0, 1.0)
