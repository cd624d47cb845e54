# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pose becomes keys on a card: eased into, held, eased out of. It is there on the frame on which it was asked for.

What was keyed meanwhile on the channels that the pose takes hold of is replaced; before and after stays as it was, and
so do all other channels.
"""

import itertools

import numpy as np

from ..bridge.channels import CHANNELS, REST
from ..bridge.pose_file import EXPRESSION_GROUPS, Pose, PoseKey
from . import compat
from .channels import data_path
from .motion import sample_channels

NAMES = list(CHANNELS)
DETAIL = "takeDetail"  # what footage adds to the channels would spoil a pose of the whole face


def key_pose(
    card, pose: Pose, frame: int, fps: float, strength: float = 1.0, hold: int = 0, release: bool = True
) -> int:
    """Key a pose so that it is reached on `frame` and held for `hold` frames; returns the last frame keyed.

    strength: 0 leaves the face as it was.   release: ease out afterwards.
    """
    start = max(frame - _frames(pose.ease_in, fps), 0)
    moments = _moments(pose, frame, fps, hold)
    last = max(moments[-1][0], frame + hold)
    end = last + _frames(pose.ease_out, fps) if release else last
    before, after = sample_channels(card, start, start)[0], sample_channels(card, end, end)[0]
    owned = pose.owned() + ([DETAIL] if set(pose.groups) >= set(EXPRESSION_GROUPS) else [])
    for name in owned:
        first, final = float(before[NAMES.index(name)]), float(after[NAMES.index(name)])
        values = [first + (_target(name, key) - first) * strength for _, key in moments]
        keys = {start: first} | {at: value for (at, _), value in zip(moments, values, strict=True)} | {last: values[-1]}
        if release:
            keys[end] = final
        _write(card, name, keys)
    return end


def pose_of_card(card, name: str, description: str = "") -> Pose:
    """What a card's face does now, as a still pose; the head goes along where it is not at rest."""
    channels = {
        channel: round(float(card.get(channel, REST[channel])), 4)
        for channel, row in CHANNELS.items()
        if row.group != "Take" and abs(card.get(channel, REST[channel]) - REST[channel]) > 1e-3
    }
    return Pose(name, [PoseKey(0.0, channels)], description)


def _target(name: str, key: PoseKey) -> float:
    return 0.0 if name == DETAIL else key.channels.get(name, REST[name])


def _frames(seconds: float, fps: float) -> int:
    return max(round(seconds * fps), 1)


def _moments(pose: Pose, frame: int, fps: float, hold: int) -> list[tuple[int, PoseKey]]:
    """(frame, key) of all keys, those of a loop again and again until the pose has been held."""
    rounds = itertools.count() if pose.loops else (0,)
    moments: dict[int, PoseKey] = {}
    for turn in rounds:
        begin = frame + turn * pose.seconds * fps
        for key in pose.keys:
            moments.setdefault(round(begin + key.seconds * fps), key)
        if max(moments) >= frame + hold:
            break
    return sorted(moments.items())


def _write(card, name: str, keys: dict[int, float]) -> None:
    """Replace the keys of a channel between the first and the last of `keys`; one that never moves gets none."""
    path = data_path(name)
    curve = compat.find_curve(card, path)
    if curve is None:
        if np.allclose(list(keys.values()), card.get(name, REST[name]), atol=1e-6):
            return
        curve = compat.ensure_curve(card, path, CHANNELS[name].group)
    points = curve.keyframe_points
    for point in [p for p in points if min(keys) <= p.co.x <= max(keys)][::-1]:
        points.remove(point, fast=True)
    for frame, value in keys.items():
        point = points.insert(frame, value, options={'FAST'})
        point.interpolation = 'BEZIER'
        point.handle_left_type = point.handle_right_type = 'AUTO_CLAMPED'
    curve.update()
