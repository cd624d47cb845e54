# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The points of a face worth dragging, by name: presets start from them, a placed point snaps to them.

Landmarks are those the worker finds: (478, 3), MediaPipe's numbering, pixels of the picture, x right, y down. Right and
left are the subject's own. Where two landmarks span a thing, its point is the middle between them.
"""

import numpy as np
from numpy.typing import NDArray

N_LANDMARKS = 478
EYE_CORNERS = (33, 263)  # outer, right and left: from one to the other is an eye distance
NAMED: dict[str, tuple[int, ...]] = {
    "right mouth corner": (61,),
    "left mouth corner": (291,),
    "upper lip": (0, 13),
    "lower lip": (14, 17),
    "right upper lip": (40,),
    "left upper lip": (270,),
    "chin": (152,),
    "right nostril": (129,),
    "left nostril": (358,),
    "nose tip": (4,),
    "right upper lid": (159,),
    "left upper lid": (386,),
    "right lower lid": (145,),
    "left lower lid": (374,),
    "right outer eye corner": (33,),
    "left outer eye corner": (263,),
    "right inner eye corner": (133,),
    "left inner eye corner": (362,),
    "right inner brow": (107, 55),
    "left inner brow": (336, 285),
    "right mid brow": (105, 52),
    "left mid brow": (334, 282),
    "right outer brow": (70, 46),
    "left outer brow": (300, 276),
    "right cheek": (205,),
    "left cheek": (425,),
}


def named_points(landmarks: NDArray) -> dict[str, NDArray]:
    """Name -> (2,), x then y, pixels of the picture."""
    return {name: landmarks[list(indices), :2].mean(axis=0) for name, indices in NAMED.items()}


def face_axes(landmarks: NDArray) -> tuple[NDArray, NDArray, float]:
    """Towards the subject's left and down the face, as unit vectors of the picture, and the eye distance in pixels."""
    right, left = (landmarks[index, :2].astype(float) for index in EYE_CORNERS)
    distance = float(np.linalg.norm(left - right)) or 1.0
    across = (left - right) / distance
    return across, np.array((-across[1], across[0])), distance


def snapped(point: tuple[float, float], landmarks: NDArray | None, reach: float) -> tuple[float, float]:
    """The nearest named point at most `reach` pixels away, else the point itself."""
    if landmarks is None:
        return point
    candidates = np.array(list(named_points(landmarks).values()))
    distances = np.linalg.norm(candidates - point, axis=1)
    nearest = int(distances.argmin())
    return tuple(map(float, candidates[nearest])) if distances[nearest] <= reach else point
