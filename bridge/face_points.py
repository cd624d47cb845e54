# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The points of a face worth dragging, by name: presets start from them, a placed point snaps to them.

Landmarks are those the worker finds: 478 rows of x, y (and more), MediaPipe's numbering, pixels of the picture, x
right, y down. Right and left are the subject's own. Where two landmarks span a thing, its point is the middle between.
"""

from collections.abc import Sequence
from math import dist, hypot

Place = tuple[float, float]  # x then y
Landmarks = Sequence[Sequence[float]]
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


def named_points(landmarks: Landmarks) -> dict[str, Place]:
    """Name -> x then y, pixels of the picture."""
    return {name: _middle([landmarks[index] for index in indices]) for name, indices in NAMED.items()}


def face_axes(landmarks: Landmarks) -> tuple[Place, Place, float]:
    """Towards the subject's left and down the face, as unit vectors of the picture, and the eye distance in pixels."""
    (rx, ry), (lx, ly) = (_middle([landmarks[index]]) for index in EYE_CORNERS)
    distance = hypot(lx - rx, ly - ry) or 1.0
    across = ((lx - rx) / distance, (ly - ry) / distance)
    return across, (-across[1], across[0]), distance


def snapped(point: Place, landmarks: Landmarks | None, reach: float) -> Place:
    """The nearest named point at most `reach` pixels away, else the point itself."""
    if landmarks is None or not len(landmarks):
        return point
    nearest = min(named_points(landmarks).values(), key=lambda place: dist(place, point))
    return nearest if dist(nearest, point) <= reach else point


def _middle(places: Landmarks) -> Place:
    x, y = (sum(float(place[axis]) for place in places) / len(places) for axis in (0, 1))
    return x, y
