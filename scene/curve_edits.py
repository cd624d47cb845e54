# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calmer and fewer keys on a card's channels: edits of the active action's curves, one undo step each."""

import numpy as np
from numpy.typing import NDArray

from ..bridge.channels import CHANNELS, TAKE
from ..bridge.errors import InputError
from . import compat
from .channels import data_path
from .key_reduction import reduce_keys
from .keyframes import TOLERANCES

_TAKE = {channel.name for channel in TAKE}


def smooth_keys(card, width: float, group: str = "") -> int:
    """Calm the channels of a group (all when empty) without delaying them; returns how many changed.

    width: sigma of the Gaussian, frames. Their first and last frame keep their values. Raises InputError without keys.
    """

    def calmed(values: NDArray) -> NDArray:
        if len(values) < 3:
            return values
        reach = max(1, int(np.ceil(3 * width)))
        weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / max(width, 1e-3)) ** 2)
        ends = 2 * values[0] - values[reach:0:-1], 2 * values[-1] - values[-2 : -reach - 2 : -1]  # mirrored at the ends
        if len(values) <= reach:
            ends = np.full(reach, values[0]), np.full(reach, values[-1])
        return np.convolve(np.concatenate((ends[0], values, ends[1])), weights / weights.sum(), "valid")

    return _edit(card, group, calmed, 1.0)


def reduce_curves(card, tolerance: float, group: str = "") -> tuple[int, int]:
    """Keep only keys that matter; returns how many there were and are.

    tolerance: times what a capture allows. Raises InputError without keys.
    """
    before = sum(len(curve.keyframe_points) for curve in _curves(card, group))
    _edit(card, group, lambda values: values, tolerance)
    return before, sum(len(curve.keyframe_points) for curve in _curves(card, group))


def _edit(card, group: str, change, tolerance: float) -> int:
    changed = 0
    for curve in _curves(card, group):
        name, points = curve.data_path[2:-2], curve.keyframe_points
        if len(points) < 3:
            continue
        first, last = int(np.floor(points[0].co.x)), int(np.ceil(points[-1].co.x))
        frames = np.arange(first, last + 1)
        values = np.array([curve.evaluate(frame) for frame in frames])
        values = change(values)[:, None]
        channel = CHANNELS[name]
        kept = reduce_keys(values, np.array([tolerance * TOLERANCES[channel.unit]]))[:, 0]
        compat.write_curve(card, data_path(name), frames[kept], values[kept, 0], group=channel.group)
        changed += 1
    card.update_tag()
    return changed


def _curves(card, group: str) -> list:
    found = [
        curve
        for curve in compat.curves(card)
        if (channel := CHANNELS.get(curve.data_path[2:-2])) and channel.name not in _TAKE
        and group in ("", channel.group)
    ]  # fmt: skip
    if not found:
        what = f"no {group} channel" if group else "no channel"
        raise InputError(f"The active action of {card.name} keys {what}.", "Capture footage or key channels first.")
    return found
