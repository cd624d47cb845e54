# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Between the pixels of a picture and those of the image editor's region that shows it.

Of the picture: x, y, origin top left. Of the region: x, y, origin bottom left, as in `event.mouse_region_x`.
"""

from math import cos, sin

from .points import Place


def to_picture(region, size: tuple[int, int], x: float, y: float) -> Place:
    """A place of the region as one of the picture, perhaps outside it."""
    across, up = region.view2d.region_to_view(x, y)
    return across * size[0], (1 - up) * size[1]


def to_region(region, size: tuple[int, int], place: Place) -> Place:
    """A place of the picture as one of the region, perhaps outside it."""
    return region.view2d.view_to_region(place[0] / size[0], 1 - place[1] / size[1], clip=False)


def pixels_across(region, size: tuple[int, int], length: float) -> float:
    """A length of the region in pixels of the picture."""
    return abs(to_picture(region, size, length, 0)[0] - to_picture(region, size, 0, 0)[0])


def inside(place: Place, size: tuple[int, int]) -> bool:
    """Whether a place lies in the picture."""
    return 0 <= place[0] < size[0] and 0 <= place[1] < size[1]


def clamped(place: Place, size: tuple[int, int]) -> Place:
    """The place of the picture nearest to one that may lie outside."""
    return min(max(place[0], 0.0), size[0] - 0.5), min(max(place[1], 0.0), size[1] - 0.5)


def in_square(square, size, across: float, up: float) -> Place:
    """A place of a turned square, 0..1 from its lower left corner, as one of the image that it lies in, 0..1.

    square: center x, y and side in pixels from the image's top left, angle in radians, clockwise.   size: of the image.
    """
    x, y = (across - 0.5) * square[2], (0.5 - up) * square[2]
    cosine, sine = cos(square[3]), sin(square[3])
    return (
        (square[0] + cosine * x - sine * y) / size[0],
        1 - (square[1] + sine * x + cosine * y) / size[1],
    )
