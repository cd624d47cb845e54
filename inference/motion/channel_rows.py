# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows an artist gets: a captured face's channels at the wanted rate, amplified or locked as asked."""

import numpy as np
from numpy.typing import NDArray

from ...bridge.channels import CHANNELS, REST
from ...bridge.requests import CaptureRequest
from .face_motion import FaceMotion
from .head import NAMES as HEAD_NAMES
from .resample import interpolate_rows

REGIONS = ("Eyes", "Gaze", "Jaw", "Mouth", "Brows", "Cheeks", "Head")


def channel_rows(
    request: CaptureRequest, motion: FaceMotion, times: NDArray[np.float64], moments: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Channels (M, C + 2) at `moments` (M,) of footage frames at `times` (N,); the last are takeFrame, takeDetail."""
    rest = np.array([REST[name] for name in motion.names], np.float32)
    rows = interpolate_rows(motion.channels, times, moments)
    rows = rest + (rows - rest) * np.array([_factor(name, request) for name in motion.names], np.float32)
    frames = np.interp(moments, times, np.arange(len(times)))
    return np.column_stack([rows, frames, np.ones(len(moments))]).astype(np.float32)


def take_rows(motion: FaceMotion) -> NDArray[np.float32]:
    """Channels (N, C + 2) of the footage's own frames, as they were seen."""
    count = len(motion.channels)
    return np.column_stack([motion.channels, np.arange(count), np.ones(count)]).astype(np.float32)


def region_of(name: str) -> str:
    """The region whose gain a channel obeys."""
    return "Gaze" if name.startswith("eyeLook") else CHANNELS[name].group


def _factor(name: str, request: CaptureRequest) -> float:
    if name in HEAD_NAMES and (request.lock_head or request.lock_scale and name == "headScale"):
        return 0.0
    return request.gains.get(region_of(name), 1.0)
