# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A short acted performance, written as poses in time, and the voice that belongs to it.

For the demo's own driving clip: a photograph is played by these channels and filmed. Not captured from anybody.
"""

import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SECONDS = 6.0
SAMPLE_RATE = 48_000

# seconds -> the channels that leave rest, held smoothly between poses
POSES: list[tuple[float, dict[str, float]]] = [
    (0.0, {}),
    (0.5, {}),
    (1.0, {"headYaw": -14, "headRoll": -4, "eyeLookOutRight": 0.5, "eyeLookInLeft": 0.5}),
    (1.6, {"headYaw": -12, "headPitch": 3, "browInnerUp": 0.7, "browOuterUpLeft": 0.6, "browOuterUpRight": 0.6}),
    (2.2, {"headYaw": 12, "headRoll": 5, "mouthSmileLeft": 0.5, "mouthSmileRight": 0.5}),
    (2.8, {"headYaw": 14, "headX": 0.1, "mouthSmileLeft": 0.9, "mouthSmileRight": 0.9, "jawOpen": 0.25}),
    (3.2, {"headYaw": 5, "mouthSmileLeft": 0.3, "mouthSmileRight": 0.3}),
    (4.8, {"headYaw": -3, "headPitch": -5}),
    (5.2, {"headPitch": 6, "browDownLeft": 0.7, "browDownRight": 0.7, "mouthPucker": 0.6}),
    (5.7, {}),
    (SECONDS, {}),
]
BLINKS = (0.7, 1.9, 3.3, 5.1)  # seconds, both eyes
WINK = 4.9  # the left eye
SYLLABLES = (3.3, 3.52, 3.75, 3.95, 4.2, 4.4, 4.62)  # seconds; the jaw opens with each


def channels_at(time: NDArray[np.float64], names: list[str], rest: dict[str, float]) -> NDArray[np.float32]:
    """The performance at `time` seconds: (T, len(names)), in the units of bridge/channels.py."""
    keys = np.array([moment for moment, _ in POSES])
    columns = {name: _eased(time, keys, [pose.get(name, rest[name]) for _, pose in POSES]) for name in names}
    blink = sum(_pulse(time, moment, 0.09) for moment in BLINKS)
    for name, value in (
        ("eyeBlinkLeft", blink + _pulse(time, WINK, 0.16)),
        ("eyeBlinkRight", blink),
        ("jawOpen", columns["jawOpen"] + 0.55 * _voice(time)),
        ("mouthFunnel", 0.25 * _voice(time)),
    ):
        columns[name] = np.clip(value, 0.0, 1.0)
    return np.stack([columns[name] for name in names], axis=1).astype(np.float32)  # (T, C)


def write_voice(path: Path) -> None:
    """A babble of the same syllables as 16-bit mono WAV, so that the clip has a sound to keep in step."""
    time = np.arange(int(SECONDS * SAMPLE_RATE)) / SAMPLE_RATE
    pitch = 170 + 25 * np.sin(2 * np.pi * 0.9 * time)
    phase = 2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE
    tone = sum(np.sin(k * phase) / k for k in range(1, 12))
    samples = (0.18 * _voice(time) * tone * 32767).clip(-32768, 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(samples.tobytes())


def _eased(time: NDArray, keys: NDArray, values: list[float]) -> NDArray:
    position = np.interp(time, keys, np.arange(len(keys)))
    index = np.clip(position.astype(int), 0, len(keys) - 2)
    x = position - index
    held = np.asarray(values)
    return held[index] + (held[index + 1] - held[index]) * x * x * (3 - 2 * x)


def _pulse(time: NDArray, moment: float, width: float) -> NDArray:
    return np.exp(-(((time - moment) / width) ** 4))


def _voice(time: NDArray) -> NDArray:
    return np.clip(sum(np.exp(-(((time - moment) / 0.075) ** 2)) for moment in SYLLABLES), 0, 1)
