# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a film's header says, and what has to be counted where headers say nothing or guess."""

from fractions import Fraction
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from ...bridge.errors import InputError
from .containers import open_container, packets
from .facts import Damage, Facts
from .frame_rate import FASTEST, SLOWEST, nearest_standard_rate

_STATE_THEIR_LENGTH = {"mov", "matroska", "avi", "asf", "flv", "mxf"}
_FALLBACK_FPS = Fraction(25)  # a single picture has no rate


def video_stream(container: InputContainer, path: Path) -> VideoStream:
    """The film's pictures; album covers do not count. Raises InputError when there are none."""
    streams = _moving(container)
    if streams:
        return streams[0]
    raise InputError(f"There are no moving pictures in {path}.", "Choose a film; sound alone cannot be captured.")


def has_pictures(container: InputContainer) -> bool:
    """Whether there is more than sound, album covers aside."""
    return bool(_moving(container))


def sound_stream_or_none(container: InputContainer) -> AudioStream | None:
    """The first sound that can be decoded."""
    streams = (stream for stream in container.streams.audio if stream.codec_context is not None and stream.rate > 0)
    return next(streams, None)


def square_size(frame: VideoFrame, stream: VideoStream) -> tuple[int, int]:
    """Width and height of a stored picture with square pixels: anamorphic film (DV, DVD) is widened."""
    aspect = stream.sample_aspect_ratio
    is_sane = aspect is not None and Fraction(1, 4) <= aspect <= 4
    return (max(1, round(frame.width * aspect)) if is_sane else frame.width), frame.height


def film_facts(
    container: InputContainer, stream: VideoStream, path: Path, size: tuple[int, int], has_alpha: bool
) -> Facts:
    """The facts of a film that is open. The whole file is scanned (not decoded) where its header cannot be trusted."""
    duration, count = _stated_length(container, stream)
    average = _within_bounds(stream.average_rate)
    if not duration or not count:
        duration, count = _scanned_length(path)
        average = (
            _within_bounds(count / duration if duration else None) or _within_bounds(stream.guessed_rate) or average
        )
    average = average or _FALLBACK_FPS
    return Facts(
        size=size,
        fps=_named_rate(average, stream.base_rate),
        average_fps=average,
        duration=float(duration or count / average),
        frame_count=count,
        has_alpha=has_alpha,
        has_audio=sound_stream_or_none(container) is not None,
    )


def _moving(container: InputContainer) -> list[VideoStream]:
    return [
        stream
        for stream in container.streams.video
        if not stream.disposition & Disposition.attached_pic and stream.codec_context is not None
    ]


def _within_bounds(rate: Fraction | None) -> Fraction | None:
    return rate if rate is not None and SLOWEST <= rate <= FASTEST else None


def _named_rate(average: Fraction, base: Fraction | None) -> Fraction:
    """A constant rate as it is; a variable one (phones, screen recorders) by the standard rate it hovers about."""
    is_variable = base is None or abs(base - average) > average / 1000
    rate = nearest_standard_rate(average, 0.02 if is_variable else 2e-4)
    return rate.limit_denominator(10_000)


def _stated_length(container: InputContainer, stream: VideoStream) -> tuple[Fraction, int]:
    """Seconds and pictures as the header states them, 0 where it does not."""
    if container.format.name.split(",")[0] not in _STATE_THEIR_LENGTH:
        return Fraction(0), 0
    if stream.duration:
        duration = stream.duration * stream.time_base
    else:
        duration = Fraction(container.duration or 0, av.time_base)
    shown = round(duration * (_within_bounds(stream.average_rate) or 0))
    is_trimmed = stream.frames > 1.02 * shown + 1  # by an edit list; the header counts what it hides, too
    return max(Fraction(0), duration), shown if is_trimmed and shown else stream.frames or shown


def _scanned_length(path: Path) -> tuple[Fraction, int]:
    """Seconds and pictures by reading every packet."""
    stamps, count, last_duration = [], 0, 0
    with open_container(path) as container:
        stream = video_stream(container, path)
        for packet in packets(container, stream, Damage()):  # reading the film will report the damage
            count += 1
            stamp = packet.pts if packet.pts is not None else packet.dts
            if stamp is not None:
                stamps = [min([stamp, *stamps]), max([stamp, *stamps])]
                last_duration = packet.duration or last_duration
        if count < 2 or not stamps:
            return last_duration * stream.time_base, count
        span = stamps[1] - stamps[0]
        return (span + (last_duration or Fraction(span, count - 1))) * stream.time_base, count
