# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Expressions as drags: which points of a face go where, so that an emotion is one click.

After the action units of Ekman and Friesen's Facial Action Coding System: a smile is the lip corner puller and the
cheek raiser, surprise lifts brows and lids and drops the jaw. Lengths are in eye distances (outer corner to outer
corner) along the face's own axes, so a tilted or small face gets the same expression.
"""

from dataclasses import dataclass

from .face_points import Landmarks, Place, face_axes, named_points

Pair = tuple[Place, Place]  # handle, target; x then y, pixels of the picture


@dataclass(frozen=True)
class Pull:
    """Move a named point `out` from the middle of the face and `up`; or the share `share` of the way to another one."""

    point: str
    out: float = 0.0
    up: float = 0.0
    to: str = ""
    share: float = 1.0


def _both(point: str, out: float = 0.0, up: float = 0.0) -> tuple[Pull, Pull]:
    return Pull(f"right {point}", out, up), Pull(f"left {point}", out, up)


PRESETS: dict[str, tuple[Pull, ...]] = {
    "smile": (*_both("mouth corner", 0.10, 0.09), *_both("cheek", 0.0, 0.04)),
    "surprise": (
        *_both("inner brow", 0.0, 0.10), *_both("outer brow", 0.0, 0.09), *_both("upper lid", 0.0, 0.04),
        Pull("lower lip", up=-0.18), Pull("chin", up=-0.16),
    ),
    "disgust": (
        *_both("nostril", 0.02, 0.05), *_both("upper lip", 0.0, 0.08), *_both("inner brow", -0.01, -0.06),
        *_both("lower lid", 0.0, 0.03),
    ),
    "anger": (
        *_both("inner brow", -0.03, -0.09), *_both("mid brow", 0.0, -0.06), *_both("lower lid", 0.0, 0.02),
        *_both("mouth corner", -0.03, -0.03),
    ),
    "sadness": (
        *_both("inner brow", -0.02, 0.08), *_both("outer brow", 0.0, -0.04), *_both("mouth corner", 0.0, -0.08),
        Pull("lower lip", up=0.02),
    ),
    "fear": (
        *_both("inner brow", -0.03, 0.10), *_both("outer brow", 0.0, 0.03), *_both("upper lid", 0.0, 0.05),
        *_both("mouth corner", 0.08, -0.04), Pull("lower lip", up=-0.08),
    ),
    "wink": (
        Pull("left upper lid", to="left lower lid", share=0.9), Pull("left outer brow", up=-0.03),
        Pull("left mouth corner", 0.04, 0.06), Pull("left cheek", up=0.04),
    ),
    "mouth open": (Pull("lower lip", up=-0.22), Pull("chin", up=-0.20), Pull("upper lip", up=0.02)),
}  # fmt: skip


def preset_points(name: str, landmarks: Landmarks, size: tuple[int, int], strength: float = 1.0) -> list[Pair]:
    """Handle and target points of a preset on a face.

    landmarks: 478 of them, pixels of the picture.   size: of the picture, width and height.   strength: factor of every
    length. Targets end at the picture's border. Raises KeyError for an unknown preset.
    """
    points = named_points(landmarks)
    across, down, distance = face_axes(landmarks)
    pairs = []
    for pull in PRESETS[name]:
        x, y = points[pull.point]
        if pull.to:
            share = min(pull.share * strength, 1.0)
            end = (x + (points[pull.to][0] - x) * share, y + (points[pull.to][1] - y) * share)
        else:
            out = pull.out * distance * strength * (1 if pull.point.startswith("left") else -1)
            up = pull.up * distance * strength
            end = (x + across[0] * out - down[0] * up, y + across[1] * out - down[1] * up)
        pairs.append((_inside((x, y), size), _inside(end, size)))
    return pairs


def _inside(place: Place, size: tuple[int, int]) -> Place:
    return (min(max(place[0], 0.0), size[0] - 1.0), min(max(place[1], 0.0), size[1] - 1.0))
