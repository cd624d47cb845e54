# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Animated WebP, frame by frame, by FFmpeg's `libwebp_anim`. Alpha has all its levels."""

from fractions import Fraction
from typing import IO

import av
import numpy as np
from numpy.typing import NDArray

from ....bridge.errors import RuntimeMissingError

_CODEC = "libwebp_anim"
_MILLISECOND = Fraction(1, 1000)


class WebpWriter:
    """Writes RGBA frames into an open file."""

    def __init__(self, file: IO[bytes], size: tuple[int, int], quality: int) -> None:
        """size: width and height.   quality: 1..100. Raises RuntimeMissingError when the encoder is missing."""
        self._container = av.open(file, "w", format="webp", container_options={"loop": "0"})
        try:
            self._stream = self._container.add_stream(_CODEC, rate=1000)
        except av.codec.codec.UnknownCodecError as error:
            self._container.close()
            remedy = "Install PyAV from its official wheel, or choose GIF or APNG."
            raise RuntimeMissingError(f"This build of FFmpeg has no {_CODEC} encoder.", remedy) from error
        self._stream.width, self._stream.height = size
        self._stream.pix_fmt = "bgra"
        self._stream.options = {"quality": str(quality), "compression_level": "4"}
        self._time = 0  # milliseconds

    def add(self, image: NDArray[np.uint8], milliseconds: int) -> None:
        """One more frame (H, W, 4), shown for so long."""
        image = np.where(image[..., 3:] > 0, image, np.uint8(0))  # hidden colors would cost as much as seen ones
        frame = av.VideoFrame.from_ndarray(image, format="rgba").reformat(format="bgra")
        frame.pts, frame.time_base, frame.duration = self._time, _MILLISECOND, milliseconds
        self._container.mux(self._stream.encode(frame))
        self._time += milliseconds

    def close(self) -> None:
        """End the file."""
        self._container.mux(self._stream.encode(None))
        self._container.close()
