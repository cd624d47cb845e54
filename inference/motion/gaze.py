# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gaze: from what the tracker says of irises to the eight eyeLook channels, and back.

A gaze is (..., 2 eyes, 2): right eye, left eye; to the picture's right and down, in widths of that eye, relative to the
neutral frame. It is measured in the image (measures.gaze), where depth does not disturb it.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

FULL = (0.28, 0.14)  # eye widths to the side and up or down when a channel is at 1
_OWN_SHARE = 0.3  # of an eye's own sideways gaze; the rest is that of both. Up and down both eyes always go together
_SHUT, _OPEN = 0.3, 0.65  # of the usual openness: below, an eye says nothing of where it looks; above, all
# (eye, axis, sign) of each channel: positive is the picture's right, and down
_CHANNELS = {
    "eyeLookOutRight": (0, 0, -1),
    "eyeLookInRight": (0, 0, 1),
    "eyeLookUpRight": (0, 1, -1),
    "eyeLookDownRight": (0, 1, 1),
    "eyeLookInLeft": (1, 0, -1),
    "eyeLookOutLeft": (1, 0, 1),
    "eyeLookUpLeft": (1, 1, -1),
    "eyeLookDownLeft": (1, 1, 1),
}


def gaze_of_channels(channels: Mapping[str, float]) -> NDArray[np.float64]:
    """The gaze (2, 2) that channels ask for."""
    gaze = np.zeros((2, 2))
    for name, (eye, axis, sign) in _CHANNELS.items():
        gaze[eye, axis] += sign * FULL[axis] * channels.get(name, 0.0)
    return gaze


def channels_of_gaze(gaze: NDArray, names: tuple[str, ...]) -> NDArray[np.float32]:
    """Rows of channels (T, len(names)), all but the eyeLook columns 0, that ask for gazes (T, 2, 2)."""
    rows = np.zeros((len(gaze), len(names)), np.float32)
    for name, (eye, axis, sign) in _CHANNELS.items():
        rows[:, names.index(name)] = np.maximum(0, sign * gaze[:, eye, axis] / FULL[axis])
    return rows


def combine_eyes(gaze: NDArray, openness: NDArray) -> NDArray[np.float64]:
    """The gaze (T, 2, 2) of eyes that belong together, from what was measured of each (measures.gaze).

    openness: (T, 2), measures.eye_openness. Through a blink gaze goes on from where it was to where it will be; in a
    wink both follow the open eye. Not yet relative to a neutral frame.
    """
    usual = np.maximum(np.median(openness, axis=0), 1e-6)
    trust = np.clip((openness / usual - _SHUT) / (_OPEN - _SHUT), 0, 1)
    least = trust.min(axis=1)
    center = np.median(gaze[least >= min(0.5, least.max())], axis=0)  # irises lie differently: only changes are shared
    change = gaze - center
    total = trust.sum(axis=1)
    both = (trust[..., None] * change).sum(axis=1) / np.maximum(total, 1e-6)[:, None]  # (T, 2)
    both = _bridge(both, total > 0.2)
    own = np.where(trust[..., None] > 0.5, change, both[:, None])
    share = np.array([_OWN_SHARE, 0.0]) * trust[..., None]
    return center + both[:, None] * (1 - share) + own * share


def _bridge(values: NDArray, is_known: NDArray[np.bool_]) -> NDArray:
    """Values (T, n) with straight lines over the frames that are not known."""
    known = np.flatnonzero(is_known)
    if not len(known):
        return np.zeros_like(values)
    frames = np.arange(len(values))
    return np.column_stack([np.interp(frames, known, column[known]) for column in values.T])
