# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Films (and GIF, APNG) picture by picture, through FFmpeg.

Not for: sound (audio.py), series of picture files (image_sequence.py). Pictures are decoded with slice threads only:
frame threads were no faster beside a busy consumer, take more memory, and lose a damaged picture's neighbors.
Pictures are never decoded at a smaller size: shrinking cost more than it saved (`benchmarks/media.py`).
"""

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
from av.codec import CodecContext
from av.container import InputContainer
from av.sidedata.sidedata import Type as SideData
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray

from ...bridge.errors import InputError
from .clock import Clock
from .containers import decoded, open_container
from .facts import Damage
from .film_facts import film_facts, square_size, video_stream
from .pictures import MAX_PIXELS, check_size

_SEEKABLE = {"mov", "matroska"}  # containers with an index of their own; the others are read from their beginning
_WORTH_SEEKING = 2.0  # seconds
_FIRST_HD_HEIGHT = 720  # untagged film of at least this height is BT.709, smaller is BT.601, as players take it
_COLOR_SPACES = (0, 1, 4, 5, 6, 7, 9)  # AVCOL_SPC_RGB to BT2020_NCL; the others say nothing, or cannot be converted


class Film:
    """One film file. `facts` is known at once; each call of `frames` opens the file anew.

    first_picture_time: seconds (a fraction) on the file's own clock, which its sound shares.
    """

    def __init__(self, path: Path) -> None:
        """Raises InputError when there is no picture in it that can be shown."""
        self.path = path
        with open_container(path) as container:
            stream = video_stream(container, path)
            first = next(decoded(container, stream, Damage(), _decoder(stream)), None)
            if first is None:
                raise InputError(f"No picture of {path} can be decoded.", "Convert it to MP4, or export it again.")
            self._format = container.format.name.split(",")[0]
            self._has_alpha = any(part.is_alpha for part in first.format.components) or first.format.has_palette
            self._turn = _turn(first)
            self._size = square_size(first, stream)
            check_size(path, *self._size)
            size = self._size[::-1] if self._turn[0] else self._size
            self.facts = film_facts(container, stream, path, size, self._has_alpha)
            self._zero = self._clock(stream).ticks(first.pts, first.dts)
            # AVI's clock starts with the file; what its decoder reports for the first picture includes its own delay.
            zero = self._zero if self._format != "avi" else stream.start_time or 0
            self.first_picture_time = zero * stream.time_base

    def frames(self, start: float, end: float, damage: Damage) -> Iterator[tuple[float, NDArray[np.uint8]]]:
        """Yields (seconds since the first picture, image) for start <= seconds < end. Damage is counted as met."""
        seek = _WORTH_SEEKING < start < self.facts.duration and self._format in _SEEKABLE
        yield from self._pass(start, end, damage, seek)

    def _pass(self, start: float, end: float, damage: Damage, seek: bool) -> Iterator[tuple[float, NDArray[np.uint8]]]:
        with open_container(self.path) as container:
            stream = video_stream(container, self.path)
            seek = seek and _sought(container, stream, self._zero + int(start / stream.time_base))
            clock, reformatter, time = self._clock(stream), VideoReformatter(), -1.0
            for frame in decoded(container, stream, damage, _decoder(stream)):
                is_first, ticks = time < 0, clock.ticks(frame.pts, frame.dts) - self._zero
                time = ticks * stream.time_base.numerator / stream.time_base.denominator
                if seek and is_first and time > start:  # the index led past the place: find it from the beginning
                    break
                if time >= end:
                    return
                if time >= start:
                    if frame.is_corrupt:
                        damage["damaged picture"] += 1
                    try:
                        image = self._image(frame, reformatter)
                    except (av.FFmpegError, ValueError):
                        damage["picture that cannot be converted"] += 1
                        continue
                    yield time, image
            else:
                self._note_end(clock, time, damage)
                return
        yield from self._pass(start, end, damage, False)

    def _clock(self, stream: VideoStream) -> Clock:
        return Clock(stream.time_base, self.facts.average_fps, self._format != "avi")

    def _note_end(self, clock: Clock, time: float, damage: Damage) -> None:
        """Count what is known only at the end: mended times, and a film shorter than its header says."""
        if clock.mended:
            damage["timestamp was mended"] += clock.mended
        is_of_pictures = self._format in ("mov", "avi") or not self.facts.has_audio  # not of a sound that is longer
        if is_of_pictures and time + max(0.5, 2 / self.facts.average_fps) < self.facts.duration:
            damage[f"early end, at {time:.1f} of {self.facts.duration:.1f} seconds"] += 1

    def _image(self, frame: VideoFrame, reformatter: VideoReformatter) -> NDArray[np.uint8]:
        """(H, W, 3 or 4) RGB(A), upright, of the footage's size."""
        is_untagged = frame.colorspace not in _COLOR_SPACES
        converted = reformatter.reformat(
            frame,
            format="rgba" if self._has_alpha else "rgb24",
            width=self._size[0],
            height=self._size[1],
            src_colorspace=("ITU709" if frame.height >= _FIRST_HD_HEIGHT else "ITU601") if is_untagged else None,
            threads=1,  # a frame takes under a millisecond; starting threads takes longer
        )
        image = converted.to_ndarray()
        is_transposed, is_mirrored, is_flipped = self._turn
        image = image.swapaxes(0, 1) if is_transposed else image
        image = image[:, ::-1] if is_mirrored else image
        return np.ascontiguousarray(image[::-1] if is_flipped else image)


def _sought(container: InputContainer, stream: VideoStream, ticks: int) -> bool:
    """Go to the key picture at or before a time; False when the file's index does not lead there."""
    try:
        container.seek(ticks, stream=stream)
    except (av.FFmpegError, OSError):
        return False
    return True


def _decoder(stream: VideoStream) -> CodecContext:
    """FFmpeg's own VP9 decoder leaves alpha out; libvpx knows it."""
    decoder = stream.codec_context
    if decoder.name == "vp9" and stream.metadata.get("alpha_mode") == "1" and "libvpx-vp9" in av.codecs_available:
        decoder = CodecContext.create("libvpx-vp9", "r")
    decoder.options = {"max_pixels": str(MAX_PIXELS)}
    return decoder


def _turn(frame: VideoFrame) -> tuple[bool, bool, bool]:
    """How a stored picture becomes upright: transposed, then mirrored left to right, then flipped upside down.

    From the display matrix [a b u; c d v; x y w] (ISO/IEC 14496-12, tkhd): x' = a x + c y, y' = b x + d y. Angles other
    than quarter turns are taken to the nearest.
    """
    for data in frame.side_data:
        if data.type == SideData.DISPLAYMATRIX:
            a, b, _, c, d = np.frombuffer(bytes(data), "<i4" if np.little_endian else ">i4")[:5].tolist()
            return (True, c < 0, b < 0) if abs(b) > abs(a) else (False, a < 0, d < 0)
    return False, False, False
