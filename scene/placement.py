# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A face placed by hand: five empties on the card, moved like any object, read as pixels of the portrait.

For art in which no face is found. Measures are those of a face that looks ahead, in eye distances (pupil to pupil).
"""

import bpy

from ..bridge.requests import Placement
from .cards import CORNERS, is_in_a_scene

POINT = "pastiche_point"  # custom property of an empty: which of the points it is
# (name, x, y down), from the middle between the eyes; right and left are the subject's own
POINTS = (
    ("Right Eye", -0.5, 0.0),
    ("Left Eye", 0.5, 0.0),
    ("Nose", 0.0, 0.49),
    ("Right Mouth", -0.39, 1.11),
    ("Left Mouth", 0.39, 1.11),
)
HALF_WIDTH, ABOVE, BELOW = 1.23, 0.9, 1.91  # of the face around the middle between the eyes


def place_face(card) -> list:
    """Give a card its five empties, in the middle of the picture; those there already stay. Returns them in order."""
    left, bottom, width, height = _rectangle(card)
    distance = min(width, height) / 4
    points = face_points(card)
    for index, (name, x, y) in enumerate(POINTS):
        if index not in points:
            empty = bpy.data.objects.new(name, None)
            empty.empty_display_type, empty.empty_display_size = 'SPHERE', distance / 12
            empty.show_name = empty.show_in_front = empty.hide_render = True
            empty.parent = card
            empty.location = (left + width / 2 + x * distance, 0, bottom + height * 0.6 - y * distance)
            empty.lock_location[1] = True
            empty[POINT] = index
            for collection in card.users_collection:
                collection.objects.link(empty)
            points[index] = empty
    return [points[index] for index in range(len(POINTS))]


def forget_face(card) -> None:
    """Take the empties away: the face is searched for again."""
    for empty in face_points(card).values():
        bpy.data.objects.remove(empty)


def face_points(card) -> dict[int, "bpy.types.Object"]:
    """The empties of a card that are there, by number."""
    return {child[POINT]: child for child in card.children if child.get(POINT) is not None and is_in_a_scene(child)}


def read_placement(card, width: int, height: int) -> Placement | None:
    """Where the empties stand, in pixels of a picture of that size; None unless all five are there."""
    empties = face_points(card)
    if set(empties) != set(range(len(POINTS))):
        return None
    left, bottom, card_width, card_height = _rectangle(card)
    points = []
    for index in range(len(POINTS)):
        at = empties[index].location
        points.append(((at.x - left) / card_width * width, (1 - (at.z - bottom) / card_height) * height))
    return Placement(_box(points), tuple(points))


def _box(points: list[tuple[float, float]]) -> tuple[float, float, float, float]:
    """The box around a face with these points: left, top, right, bottom; upright, whatever the tilt."""
    (right_x, right_y), (left_x, left_y) = points[:2]
    x, y = (right_x + left_x) / 2, (right_y + left_y) / 2
    distance = max(((left_x - right_x) ** 2 + (left_y - right_y) ** 2) ** 0.5, 1.0)
    return (x - HALF_WIDTH * distance, y - ABOVE * distance, x + HALF_WIDTH * distance, y + BELOW * distance)


def _rectangle(card) -> tuple[float, float, float, float]:
    """Left, bottom, width and height of a card in its own XZ plane."""
    corners = [vertex.co for vertex in card.data.vertices[:CORNERS]]
    xs, zs = [corner.x for corner in corners], [corner.z for corner in corners]
    return min(xs), min(zs), max(xs) - min(xs), max(zs) - min(zs)
