# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of a camera as they come, each with its moment. A film may stand in for a camera: it plays in real time.

A thread takes the pictures, so that the moments are right and none waits in the driver; when nobody fetches them, the
oldest are dropped and counted.
"""

import threading
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ...bridge.errors import InputError
from .footage import Footage

_KEPT = 32  # pictures that may wait
_PATIENCE = 5.0  # seconds without a picture


class Camera:
    """Use as a context manager; then `pictures()`.   size: width, height, known from the first picture on."""

    def __init__(self, device: str) -> None:
        """device: the number of a camera, or the path of a film. Raises InputError when it gives no picture."""
        self.size = (0, 0)
        self.dropped = 0  # pictures that nobody fetched in time
        self._name = f"camera {int(device) + 1}" if device.isdecimal() else device
        self._source = _camera(int(device)) if device.isdecimal() else _film(Footage.open(Path(device)))
        self._waiting: deque[tuple[float, NDArray[np.uint8]]] = deque()
        self._changed = threading.Condition()
        self._is_over = False

    def __enter__(self) -> "Camera":
        self._thread = threading.Thread(target=self._take, daemon=True)
        self._thread.start()
        with self._changed:
            if not self._changed.wait_for(lambda: self._waiting or self._is_over, _PATIENCE) or not self._waiting:
                self._is_over = True
                remedy = "Plug it in, allow its use, and close other programs that use it."
                raise InputError(f"The {self._name} gives no pictures.", remedy)
            self.size = self._waiting[0][1].shape[1::-1]
        return self

    def __exit__(self, *exception: object) -> None:
        self._is_over = True
        self._thread.join(_PATIENCE)

    def pictures(self) -> Iterator[tuple[float, NDArray[np.uint8]]]:
        """(moment by time.monotonic, (H, W, 3) uint8 RGB), until the camera is unplugged or the film ends."""
        while True:
            with self._changed:
                arrived = self._changed.wait_for(lambda: self._waiting or self._is_over, _PATIENCE)
                if not arrived or not self._waiting:
                    return
                picture = self._waiting.popleft()
            yield picture

    def _take(self) -> None:
        try:
            for picture in self._source:
                with self._changed:
                    if self._is_over:
                        return
                    if len(self._waiting) == _KEPT:
                        self._waiting.popleft()
                        self.dropped += 1
                    self._waiting.append((time.monotonic(), picture))
                    self._changed.notify_all()
        finally:
            self._source.close()
            with self._changed:
                self._is_over = True
                self._changed.notify_all()


def _camera(number: int) -> Iterator[NDArray[np.uint8]]:
    device = cv2.VideoCapture(number)
    try:
        while True:
            is_there, picture = device.read()
            if not is_there:
                return
            yield cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
    finally:
        device.release()


def _film(footage: Footage) -> Iterator[NDArray[np.uint8]]:
    begin = time.monotonic()
    for moment, picture in footage.frames():
        time.sleep(max(0.0, begin + moment - time.monotonic()))
        yield picture[..., :3]
