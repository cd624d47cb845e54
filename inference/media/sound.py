# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sound of footage as one continuous stream of samples whose first belongs to the first picture.

Not for: files (audio.py, movie.py). Streams start late, have holes and overlap; what a player hides by its clock is
here made explicit as silence, so that a sample's index is its time.
"""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

from ...bridge.errors import InputError
from .containers import decoded, open_container
from .facts import Damage
from .film import Film
from .film_facts import has_pictures, sound_stream_or_none

_JITTER = Fraction(1, 100)  # seconds; timestamps rounded to milliseconds are no holes
_LONGEST_HOLE = 3600  # seconds; a longer one, or a jump back of over a second, is a clock that was set anew


class Sound:
    """The sound of a film or sound file. rate: samples per second.   channels: 1 or 2; more are mixed down to 2."""

    def __init__(self, path: str | Path) -> None:
        """Raises InputError when the file is missing, cannot be read, or has no sound."""
        self.path = path = Path(path)
        with open_container(path) as container:
            stream = sound_stream_or_none(container)
            if stream is None:
                raise InputError(f"There is no sound in {path}.", "Choose a film with sound, or go on without.")
            self.rate, self.channels = stream.rate, min(2, max(1, stream.channels))
            is_film = has_pictures(container)
        self._zero = Film(path).first_picture_time if is_film else None

    def blocks(self, start: float = 0.0, end: float | None = None) -> Iterator[NDArray[np.int16]]:
        """Yields (N, channels) from `start` seconds of the footage to `end` or the end of the sound.

        Zero is the first picture, or the first sample of a file without pictures. Negative times are silent.
        """
        place = round(start * self.rate)
        last = None if end is None else round(end * self.rate)
        for index, block in self._placed():
            block = block[max(0, place - index) :]
            index = max(place, index)
            yield from self._silence((index if last is None else min(index, last)) - place)
            if last is not None and index + len(block) >= last:
                yield block[: max(0, last - index)]
                return
            if len(block):
                yield block
            place = index + len(block)

    def _silence(self, count: int) -> Iterator[NDArray[np.int16]]:
        for done in range(0, count, self.rate):
            yield np.zeros((min(self.rate, count - done), self.channels), np.int16)

    def _placed(self) -> Iterator[tuple[int, NDArray[np.int16]]]:
        """(index of the first sample, samples): each block later than the one before, none overlapping."""
        shift, following = 0, None
        for stamp, block in self._stamped():
            if following is None and abs(stamp) > _LONGEST_HOLE * self.rate:
                shift = -stamp
            index = stamp + shift
            if following is not None:
                hole = index - following
                if not -self.rate <= hole <= _LONGEST_HOLE * self.rate:
                    shift, hole = shift - hole, 0
                if abs(hole) <= _JITTER * self.rate:
                    hole = 0
                block, index = block[max(0, -hole) :], following + max(0, hole)
            following = index + len(block)
            yield index, block

    def _stamped(self) -> Iterator[tuple[int, NDArray[np.int16]]]:
        """(index that the timestamp asks for, samples) of each decoded block."""
        with open_container(self.path) as container:
            convert, zero, following = _Converter(self.rate, self.channels), self._zero, 0
            stream = sound_stream_or_none(container)
            for frame in decoded(container, stream, Damage()) if stream else ():
                if frame.pts is not None:
                    time = frame.pts * stream.time_base
                    zero = time if zero is None else zero
                    following = round((time - zero) * self.rate)
                for block in convert(frame):
                    yield following, block
                    following += len(block)
            for block in convert(None):
                yield following, block


class _Converter:
    """Decoded sound of whatever kind to 16-bit samples; the kind may change on the way."""

    def __init__(self, rate: int, channels: int) -> None:
        self._rate, self._channels, self._kind, self._resampler = rate, channels, None, None

    def __call__(self, frame: AudioFrame | None) -> Iterator[NDArray[np.int16]]:
        """Yields (N, channels) int16 for one more frame, or what is left for None."""
        kind = frame and (frame.format.name, frame.layout.name, frame.sample_rate)
        if kind != self._kind:
            if self._resampler:
                yield from self._resample(None)
            layout = "mono" if self._channels == 1 else "stereo"
            self._kind, self._resampler = kind, av.AudioResampler("s16", layout, self._rate)
        if frame is not None:
            yield from self._resample(frame)

    def _resample(self, frame: AudioFrame | None) -> Iterator[NDArray[np.int16]]:
        try:
            parts = self._resampler.resample(frame)
        except (av.FFmpegError, ValueError):  # damaged sound that claims an impossible rate or layout
            parts, self._kind, self._resampler = [], None, None
        for part in parts:
            if part.samples:
                yield part.to_ndarray().reshape(-1, self._channels)


def resampled(blocks: Iterator[NDArray[np.int16]], rate: int, wanted: int) -> Iterator[NDArray[np.int16]]:
    """Continuous blocks (N, channels) at another rate; none is added or lost at the seams."""
    if rate == wanted:
        yield from blocks
        return
    convert, place = None, 0
    for block in blocks:
        convert = convert or _Converter(wanted, block.shape[1])
        frame = audio_frame(block, rate, place)
        place += len(block)
        yield from convert(frame)
    if convert:
        yield from convert(None)


def audio_frame(block: NDArray[np.int16], rate: int, place: int) -> AudioFrame:
    """Samples (N, channels) as a frame for an encoder or resampler; place: index of the first."""
    layout = "mono" if block.shape[1] == 1 else "stereo"
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block).reshape(1, -1), format="s16", layout=layout)
    frame.sample_rate, frame.time_base, frame.pts = rate, Fraction(1, rate), place
    return frame
