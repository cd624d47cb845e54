# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Expression units of the head as ARKit's channels, where the two mean the same, and expressions that change in time.

Units without an entry have no channel that moves a face alike: lips parted for speech, nostrils, the neck.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ....bridge.channels import EXPRESSIONS
from .person import Shot, draw_expression

CHANNELS = tuple(channel.name for channel in EXPRESSIONS)
_ONE_SIDED = {  # unit, * for the side: channel without its side
    "eye-*-closure": "eyeBlink",
    "eye-*-opened-up": "eyeWide",
    "eye-*-slit": "eyeSquint",
    "eyebrows-*-down": "browDown",
    "eyebrows-*-extern-up": "browOuterUp",
    "eyebrows-*-up": "browOuterUp",
    "nose-*-elevation": "noseSneer",
}
_BOTH_SIDED = {
    "mouth-corner-puller": "mouthSmile", "mouth-depression": "mouthFrown", "mouth-retraction": "mouthStretch",
    "mouth-compression": "mouthPress", "mouth-upward-retraction": "mouthUpperUp",
}  # fmt: skip
_MIDDLE = {
    "mouth-open": ("jawOpen", 1.0), "mouth-pursing": ("mouthPucker", 1.0), "mouth-eversion": ("mouthFunnel", 1.0),
    "mouth-elevation": ("mouthShrugLower", 1.0), "eyebrows-left-inner-up": ("browInnerUp", 0.5),
    "eyebrows-right-inner-up": ("browInnerUp", 0.5),
}  # fmt: skip
FULL_GAZE = 0.5  # radians at which eyeLook* is 1


def channel_matrix(units: Sequence[str]) -> NDArray[np.float32]:
    """(U, 52): what weight of which channel, in the order of CHANNELS, a unit stands for."""
    matrix = np.zeros((len(units), len(CHANNELS)), np.float32)

    def put(unit: str, channel: str, weight: float = 1.0) -> None:
        matrix[units.index(unit), CHANNELS.index(channel)] = weight

    for side in ("left", "right"):
        for unit, channel in _ONE_SIDED.items():
            put(unit.replace("*", side), channel + side.capitalize())
        for unit, channel in _BOTH_SIDED.items():
            put(unit, channel + side.capitalize())
    for unit, (channel, weight) in _MIDDLE.items():
        put(unit, channel, weight)
    return matrix


def channels_of(weights: NDArray, gaze: NDArray, units: Sequence[str]) -> NDArray[np.float32]:
    """Weights of units (..., U) and gaze (..., 2) to the picture's right and up, radians -> channels (..., 52)."""
    found = np.clip(weights @ channel_matrix(units), 0, 1)
    aside, up = gaze[..., 0] / FULL_GAZE, gaze[..., 1] / FULL_GAZE
    looks = {"Up": up, "Down": -up}
    for side, sign in (("Left", 1), ("Right", -1)):  # the subject's left eye lies on the picture's right
        for name, value in {**looks, "Out": sign * aside, "In": -sign * aside}.items():
            found[..., CHANNELS.index(f"eyeLook{name}{side}")] = np.clip(value, 0, 1)
    return found.astype(np.float32)


def draw_performance(dice: Generator, shot: Shot, units: Sequence[str], frames: int) -> list[Shot]:
    """A shot as a clip: the head sways, moods follow each other, eyes wander and blink. 25 frames a second."""
    poses = _keys(dice, shot, units, 2 + frames // 9)
    lids = [units.index(f"eye-{side}-closure") for side in ("left", "right")]
    blink = dice.uniform(0, 60)
    clip = []
    for frame in range(frames):
        at = frame / max(1, frames - 1) * (len(poses) - 1.001)
        before, part = poses[int(at)], at % 1
        after, part = poses[int(at) + 1], part * part * (3 - 2 * part)
        values = {name: before[name] + (after[name] - before[name]) * part for name in before}
        shut = max(0.0, 1 - abs((frame - blink + 30) % 60 - 30) / 3)
        values["units"] = values["units"].copy()
        values["units"][lids] = np.maximum(values["units"][lids], shut)
        clip.append(dataclasses.replace(shot, **values))
    return clip


def _keys(dice: Generator, shot: Shot, units: Sequence[str], count: int) -> list[dict[str, NDArray]]:
    keys = []
    for _ in range(count):
        turn = np.asarray(shot.turn) * 0.5 + dice.normal(0, (0.25, 0.11, 0.07))
        frame = np.asarray(shot.frame) + dice.normal(0, (0.03, 0.02, 0.02, 0))
        frame[3] = 0.0
        units_now = draw_expression(dice, units)
        keys.append({"units": units_now, "turn": turn, "gaze": dice.normal(0, (0.15, 0.07)), "frame": frame})
    return keys
