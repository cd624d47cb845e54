# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The small networks that find faces, run by OpenCV: an image in, arrays of floats out, on any Python.

The files in `networks/` are MediaPipe's models (Apache-2.0), turned into ONNX by tools/landmark_networks, and give its
answers to 0.0001 pixels. Not for: what the numbers mean (face_detector.py, face_mesh.py, matte.py). A network is not
thread safe: each thread of a worker makes its own.
"""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ...bridge.errors import RuntimeMissingError

FOLDER = Path(__file__).parent / "networks"


class Network:
    """One of the files.

    name: without its ending.   outputs: how many it has.   size, low: where it takes an image, the side of that in
    pixels, and what black is mapped to (white is 1).
    Raises RuntimeMissingError when the file is missing or damaged.
    """

    def __init__(self, name: str, outputs: int, size: int = 0, low: float = 0.0) -> None:
        self.size = size
        self._low = low
        self._outputs = [f"out{i}" for i in range(outputs)]
        file = FOLDER / f"{name}.onnx"
        try:
            self._network = cv2.dnn.readNetFromONNX(np.fromfile(file, np.uint8))
        except (OSError, cv2.error) as error:
            raise RuntimeMissingError(f"{file} is missing or damaged.", "Install Pastiche again.") from error
        self._network.setPreferableBackend(cv2.dnn.DNN_BACKEND_OPENCV)
        self._network.setPreferableTarget(cv2.dnn.DNN_TARGET_CPU)

    def __call__(self, image: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        """The network's outputs for an image (size, size, 3) uint8 RGB."""
        scale = (1 - self._low) / 255
        return self.run(cv2.dnn.blobFromImage(image, scale, mean=(-self._low / scale,) * 3))

    def run(self, values: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """The network's outputs for its input (1, C, H, W), channels first."""
        self._network.setInput(values)
        return list(self._network.forward(self._outputs))
