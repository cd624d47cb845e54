# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Live pictures of a job: into memory that Blender shares, announced by Screen and Picture."""

import numpy as np
from numpy.typing import NDArray

from ...bridge.live_pictures import LivePictures
from ...bridge.messages import Picture, Screen
from .job import Job


class LiveScreen:
    """Made with the first picture; all of a job's have one size. A context: it ends with the block.

    A job whose memory cannot be had goes on unseen, with a warning.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self._pictures: LivePictures | None = None
        self._is_blind = False

    def show(self, pixels: NDArray[np.uint8], is_rough: bool = False) -> None:
        """pixels: (H, W, 3)."""
        if self._pictures is None and not self._is_blind:
            self._open(*pixels.shape[1::-1])
        if self._pictures is not None:
            picture = np.ones((*pixels.shape[:2], 4), np.float32)
            np.divide(pixels[::-1], np.float32(255), out=picture[..., :3])
            self._job.send(Picture(self._job.id, self._pictures.write(picture.data.cast("B")), is_rough))

    @property
    def mask(self) -> NDArray[np.uint8] | None:
        """A copy of what Blender painted, (H, W), top row first; None without a screen."""
        if self._pictures is None:
            return None
        shape = (self._pictures.height, self._pictures.width)
        return np.frombuffer(bytes(self._pictures.mask), np.uint8).reshape(shape)[::-1].copy()

    def _open(self, width: int, height: int) -> None:
        try:
            self._pictures = LivePictures.make(width, height)
        except OSError as error:
            self._is_blind = True
            self._job.warning(f"There are no live pictures: {error}.")
            return
        self._job.send(Screen(self._job.id, self._pictures.name, width, height))

    def __enter__(self) -> "LiveScreen":
        return self

    def __exit__(self, *_: object) -> None:
        if self._pictures is not None:
            self._pictures.close()
