# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a face does, picture by picture as a camera sees it: channels at once, without smoothing, for a card that plays.

The same as a capture (face_motion.py), measured against the first pictures, on which the actor should look neutral.
"""

import numpy as np
from numpy.typing import NDArray

from ..faces.tracking import FaceTracker
from .face_motion import read_face_motion

_NEUTRAL = 5  # pictures that make the neutral face


class LiveFace:
    """Follows the first face that it sees."""

    def __init__(self) -> None:
        self._tracker = FaceTracker()
        self._neutral: list[NDArray[np.float32]] = []

    def look(self, image: NDArray[np.uint8]) -> dict[str, float] | None:
        """Channel -> value, or None while no face is seen or its neutral face is not known. image: (H, W, 3) RGB."""
        faces = self._tracker.follow(image)
        if not faces:
            return None
        landmarks = np.asarray(faces[min(faces)], np.float32)
        if len(self._neutral) < _NEUTRAL:
            self._neutral.append(landmarks)
            return None
        rows = np.stack([*self._neutral, landmarks])
        times = np.arange(len(rows), dtype=np.float64)
        motion = read_face_motion(rows, times, np.ones(len(rows), bool), float(_NEUTRAL // 2))
        return dict(zip(motion.names, motion.channels[-1].tolist(), strict=True))
