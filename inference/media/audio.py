# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sound of footage as a file of its own that Blender (or anything) plays in step with the pictures."""

import wave
from pathlib import Path

from ...bridge.errors import InputError
from .sound import Sound
from .unfinished import unfinished

_MOST_BYTES = 2**32 - 2**16  # a WAV file counts its bytes with 32 bits


def extract_audio(footage: str | Path, out: str | Path, start: float = 0.0, end: float | None = None) -> Path:
    """Write the sound of `footage` from `start` to `end` seconds as 16-bit PCM WAV to `out`; returns `out`.

    The file's first sample belongs to `start`, where zero is the footage's first picture: a sound that starts late or
    has holes gets silence there. It ends with the sound, or at `end`. The rate is the footage's own, in mono or stereo.
    Raises InputError when there is no sound or it is longer than a WAV file can be, StorageError when out cannot be
    written. Nothing is left at `out` then.
    """
    out, sound = Path(out), Sound(footage)
    with unfinished(out) as temporary, temporary.open("wb") as file, wave.open(file, "wb") as writer:
        writer.setnchannels(sound.channels)
        writer.setsampwidth(2)
        writer.setframerate(sound.rate)
        for block in sound.blocks(start, end):
            if writer.tell() * 2 * sound.channels + block.nbytes > _MOST_BYTES:
                raise InputError(f"The sound of {footage} is too long for a WAV file.", "Choose a shorter range.")
            writer.writeframesraw(block.astype("<i2", copy=False).tobytes())
    return out
