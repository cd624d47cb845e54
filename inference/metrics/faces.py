# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a made face moves like the real one, stays the same person, and holds still when it should.

Average keypoint distance, missing keypoint rate and average Euclidean distance are those of the motion papers
(Siarohin et al., 2019, section 4), with our landmarks in the place of theirs: 68 points in iBUG's numbering. Compare
their values with each other, and with a paper's only for the backend it used.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ..faces.face_alignment_backend import IBUG
from ..faces.landmarks import FaceBackend
from ..faces.tracking import FaceTracker

SIDE = 256  # distances are in pixels of a picture of this size

Describe = Callable[[NDArray[np.uint8], NDArray[np.float32]], NDArray[np.float32]]


class FaceMeasures:
    """Follows the first face through both clips, frame after frame."""

    def __init__(self, backend: FaceBackend | None, describe: Describe | None) -> None:
        """describe: (picture, landmarks) -> who it is, as a vector; None leaves identity out."""
        self._made, self._real = FaceTracker(backend), FaceTracker(backend)
        self._describe = describe
        self._paths: dict[str, list[NDArray | None]] = {"made": [], "real": []}

    def add(self, made: NDArray[np.uint8], real: NDArray[np.uint8]) -> dict[str, float | None]:
        """akd: mean absolute difference of coordinates.   mkr: 1 where only the real face is found, else 0.

        aed: distance of the two faces' descriptors.   made, real: (H, W, 3) uint8 RGB. None: not defined.
        """
        faces = [_first(tracker.follow(picture)) for tracker, picture in ((self._made, made), (self._real, real))]
        points = [_in_square(face, picture) for face, picture in zip(faces, (made, real), strict=True)]
        self._paths["made"].append(points[0])
        self._paths["real"].append(points[1])
        found: dict[str, float | None] = {"akd": None, "mkr": None}
        if self._describe:
            found["aed"] = None
        if points[1] is not None:
            found["mkr"] = float(points[0] is None)
        if points[0] is not None and points[1] is not None:
            found["akd"] = float(np.abs(points[0] - points[1]).mean())
            if self._describe:
                who = [self._describe(*pair) for pair in ((made, faces[0]), (real, faces[1]))]
                found["aed"] = float(np.linalg.norm(who[0] - who[1]))
        return found

    def jitter(self) -> dict[str, list[float | None]]:
        """Of the made and of the real clip, per frame: how far the landmarks are from between their neighbors."""
        return {f"jitter_{name}": _jitter(path) for name, path in self._paths.items()}


def _first(faces: dict[int, NDArray[np.float32]]) -> NDArray[np.float32] | None:
    return faces[min(faces)] if faces else None


def _in_square(landmarks: NDArray | None, picture: NDArray) -> NDArray[np.float64] | None:
    """(68, 2), pixels of the picture squeezed into SIDE x SIDE."""
    if landmarks is None:
        return None
    height, width = picture.shape[:2]
    return landmarks[list(IBUG), :2].astype(np.float64) * (SIDE / width, SIDE / height)


def _jitter(path: list[NDArray | None]) -> list[float | None]:
    """Mean distance of each frame's points from the middle between the frames before and after."""
    found: list[float | None] = [None] * len(path)
    for index in range(1, len(path) - 1):
        before, here, after = path[index - 1 : index + 2]
        if before is not None and here is not None and after is not None:
            found[index] = float(np.linalg.norm(here - (before + after) / 2, axis=1).mean())
    return found
