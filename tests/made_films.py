# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Films made on the spot: every picture carries its number, sounds are clicks at known seconds."""

from fractions import Fraction

import av
import numpy as np

GRID = 4  # 4 x 4 blocks: 16 bits


def numbered_picture(number, size=(64, 48), alpha=None):
    """(H, W, 3 or 4) uint8 that shows `number` as 16 bright or dark blocks."""
    width, height = size
    bits = np.array([number >> bit & 1 for bit in range(GRID * GRID)]).reshape(GRID, GRID)
    rows, columns = np.arange(height) * GRID // height, np.arange(width) * GRID // width
    gray = np.where(bits[rows][:, columns], 220, 30).astype(np.uint8)
    channels = [gray, gray, gray] + ([] if alpha is None else [np.full_like(gray, alpha)])
    return np.stack(channels, -1)


def number_in(image):
    """The number that a decoded picture shows."""
    height, width = image.shape[:2]
    centers = image[height // (2 * GRID) :: height // GRID, width // (2 * GRID) :: width // GRID, 1][:GRID, :GRID]
    return int(sum(1 << bit for bit, value in enumerate(centers.ravel()) if value > 125))


def clicks_sound(seconds, clicks, rate):
    """(N,) int16: silence with a 1 ms click at each of the seconds in `clicks`."""
    sound = np.zeros(round(seconds * rate), np.int16)
    for click in clicks:
        start = round(click * rate)
        sound[start : start + rate // 1000] = 20000
    return sound


def make_film(
    path, count=10, fps=Fraction(24), size=(64, 48), codec="libx264", pixels="yuv420p", times=None, alpha=None,
    options=None, container_options=None, decorate=None, clicks=None, sound_codec="aac", sound_rate=48000,
    sound_offset=0, seconds=None,
):  # fmt: skip
    """Write a film of `count` numbered pictures.

    times: seconds of each picture, for a variable rate (ticks of 1/90000).   clicks: seconds of clicks in its sound,
    none for no sound.   sound_offset: seconds at which the sound stream starts; clicks are counted from there.
    """
    with av.open(str(path), "w", container_options=container_options or {}) as container:
        video = container.add_stream(codec, rate=fps, options=options or {})
        video.width, video.height, video.pix_fmt = *size, pixels
        if times is not None:
            video.codec_context.time_base = Fraction(1, 90000)
        if decorate:
            decorate(video)
        sound = None
        if clicks is not None:
            sound = container.add_stream(sound_codec, rate=sound_rate, layout="mono")
        seconds = seconds or count / fps
        blocks = (
            _sound_frames(clicks_sound(seconds, clicks, sound_rate), sound_rate, sound_offset) if sound else iter(())
        )
        block = next(blocks, None)
        for i in range(count):
            moment = i / fps if times is None else times[i]
            while block is not None and block[0] <= moment:
                container.mux(sound.encode(block[1]))
                block = next(blocks, None)
            image = numbered_picture(i, size, alpha)
            frame = av.VideoFrame.from_ndarray(image, format="rgb24" if alpha is None else "rgba")
            frame.pts = i if times is None else round(times[i] * 90000)
            frame.time_base = 1 / fps if times is None else Fraction(1, 90000)
            container.mux(video.encode(frame))
        while block is not None:
            container.mux(sound.encode(block[1]))
            block = next(blocks, None)
        container.mux(video.encode(None))
        if sound:
            container.mux(sound.encode(None))
    return path


def _sound_frames(sound, rate, offset):
    for start in range(0, len(sound), 4096):
        frame = av.AudioFrame.from_ndarray(sound[None, start : start + 4096], format="s16", layout="mono")
        frame.sample_rate, frame.time_base = rate, Fraction(1, rate)
        frame.pts = start + round(offset * rate)
        yield start / rate + offset, frame
