# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Handle points and targets as an artist places them: at most one handle waits for its target, the last one.

Places are x, y in pixels of the drag picture, origin at its top left corner.
"""

import math
from dataclasses import dataclass

Place = tuple[float, float]
HANDLE, TARGET = "handle", "target"


@dataclass(frozen=True)
class Grip:
    """What can be taken hold of: a point's number, and which of its two ends."""

    index: int
    end: str


def place_next(drag, place: Place) -> Grip:
    """Give the waiting handle its target, or set a new handle; returns what was placed."""
    waiting = len(drag.points) - 1
    if waiting >= 0 and not drag.points[waiting].has_target:
        grip = Grip(waiting, TARGET)
    else:
        drag.points.add()
        grip = Grip(waiting + 1, HANDLE)
    move(drag, grip, place)
    drag.active_point = grip.index
    return grip


def move(drag, grip: Grip, place: Place) -> None:
    """Put one end of a point somewhere."""
    point = drag.points[grip.index]
    setattr(point, grip.end, place)
    if grip.end == TARGET:
        point.has_target = True


def set_pairs(drag, pairs) -> None:
    """Replace all points. pairs: a sequence of (handle, target)."""
    drag.points.clear()
    for handle, target in pairs:
        point = drag.points.add()
        point.handle, point.target, point.has_target = handle, target, True
    drag.active_point = max(len(drag.points) - 1, 0)


def remove(drag, index: int) -> None:
    """Take a point away."""
    drag.points.remove(index)
    drag.active_point = max(min(drag.active_point, len(drag.points) - 1), 0)


def pairs_of(drag) -> list[tuple[Place, Place]]:
    """The points that have a target."""
    return [(tuple(point.handle), tuple(point.target)) for point in drag.points if point.has_target]


def nearest_grip(drag, place: Place, reach: float, only_targets: bool = False) -> Grip | None:
    """The end of a point nearest to a place and at most `reach` pixels away, or None; of equals a target."""
    ends = [(point.target, Grip(index, TARGET)) for index, point in enumerate(drag.points) if point.has_target]
    if not only_targets:
        ends += [(point.handle, Grip(index, HANDLE)) for index, point in enumerate(drag.points)]
    found = [(math.dist(at, place), grip) for at, grip in ends if math.dist(at, place) <= reach]
    return min(found, key=lambda each: each[0])[1] if found else None
