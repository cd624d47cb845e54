# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of raw footage that show one head at one place: what motion models are trained on.

The rule is that of the First Order Motion Model's data preparation. A tube lasts while the head overlaps with where it
was first seen; its crop is the union of all its boxes, a little larger and square, and does not move. Not for: finding
the boxes (clips.py), the crop that follows a walking driver (engines/fomm/face_crop.py).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Box = Sequence[float]  # left, top, right, bottom, in pixels; more may follow, such as a score

LEAST_OVERLAP = 0.25
INCREASE = 0.1  # of a box, on every side


@dataclass(frozen=True)
class Crop:
    """A place in a picture, in pixels."""

    left: int
    top: int
    width: int
    height: int


@dataclass
class Tube:
    """One head. start: its first box.   union: around all its boxes.   first, last: frames, from 0, both included."""

    start: Box
    union: Box
    first: int
    last: int

    def seconds(self, fps: float) -> tuple[float, float]:
        """Begin and duration."""
        return self.first / fps, (self.last - self.first) / fps


def find_tubes(
    boxes: Iterable[Sequence[Box]], least_frames: int = 150, least_overlap: float = LEAST_OVERLAP
) -> list[Tube]:
    """boxes: of each frame, any number.   Tubes longer than `least_frames`, in the order in which they end."""
    under_way: list[Tube] = []
    ended: list[Tube] = []
    for frame, found in enumerate(boxes):
        kept = []
        for tube in under_way:
            is_seen = max((overlap(tube.start, box) for box in found), default=0.0) > least_overlap
            (kept if is_seen else ended).append(tube)
        under_way = kept
        for box in found:
            best = max(under_way, key=lambda tube: overlap(tube.start, box), default=None)
            if best is not None and overlap(best.start, box) > least_overlap:
                best.union, best.last = _around(best.union, box), frame
            else:
                under_way.append(Tube(box[:4], box[:4], frame, frame))
    return [tube for tube in (*ended, *under_way) if tube.last - tube.first > least_frames]


def crop_of_box(box: Box, picture: tuple[int, int], increase: float = INCREASE) -> Crop:
    """What is cut out for a box: grown by `increase` on every side, its shorter side further until it is square.

    picture: width and height; the crop ends at its border, and is then no longer square.
    """
    left, top, right, bottom = box[:4]
    width, height = right - left, bottom - top
    across = max(increase, ((1 + 2 * increase) * height - width) / (2 * width)) * width
    down = max(increase, ((1 + 2 * increase) * width - height) / (2 * height)) * height
    left, top = max(0, int(left - across)), max(0, int(top - down))
    right, bottom = min(picture[0], int(right + across)), min(picture[1], int(bottom + down))
    return Crop(left, top, right - left, bottom - top)


def overlap(a: Box, b: Box) -> float:
    """Intersection over union, boxes taken as whole pixels, both ends included."""
    width = min(a[2], b[2]) - max(a[0], b[0]) + 1
    height = min(a[3], b[3]) - max(a[1], b[1]) + 1
    if width <= 0 or height <= 0:
        return 0.0
    areas = [(box[2] - box[0] + 1) * (box[3] - box[1] + 1) for box in (a, b)]
    return width * height / (sum(areas) - width * height)


def _around(a: Box, b: Box) -> Box:
    return min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])
