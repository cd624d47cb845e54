# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A face placed by hand: five empties on the card, moved like any object, read as pixels of the portrait.

For art in which no face is found, or not quite. Five empties place it; more of them put lids, irises and lips right.
They are children of the card, so they move, copy and are saved with it, and can be dragged in the 3D view or on the
picture in the image editor. Measures are those of a face that looks ahead, in eye distances (pupil to pupil).
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
# (name, landmark, whose middle it starts from, x, y down) from there
HANDLES = (
    ("Right Outer Corner", 33, (0,), -0.205, 0.0),
    ("Right Inner Corner", 133, (0,), 0.205, 0.0),
    ("Right Upper Lid", 159, (0,), 0.0, -0.06),
    ("Right Lower Lid", 145, (0,), 0.0, 0.06),
    ("Right Iris", 468, (0,), 0.0, 0.0),
    ("Left Outer Corner", 263, (1,), 0.205, 0.0),
    ("Left Inner Corner", 362, (1,), -0.205, 0.0),
    ("Left Upper Lid", 386, (1,), 0.0, -0.06),
    ("Left Lower Lid", 374, (1,), 0.0, 0.06),
    ("Left Iris", 473, (1,), 0.0, 0.0),
    ("Upper Lip", 0, (3, 4), 0.0, -0.15),
    ("Upper Lip Inside", 13, (3, 4), 0.0, -0.055),
    ("Lower Lip Inside", 14, (3, 4), 0.0, 0.03),
    ("Lower Lip", 17, (3, 4), 0.0, 0.16),
)
HALF_WIDTH, ABOVE, BELOW = 1.23, 0.9, 1.91  # of the face around the middle between the eyes
Place = tuple[float, float]  # of the picture: 0..1 from its left, 0..1 from its top


def place_face(card) -> list:
    """Give a card its five empties, in the middle of the picture; those there already stay. Returns them in order."""
    _, _, width, height = _rectangle(card)
    distance = min(width, height) / 4
    points = face_points(card)
    for index, (name, x, y) in enumerate(POINTS):
        if index not in points:
            at = (0.5 + x * distance / width, 0.4 + y * distance / height)
            points[index] = _add(card, index, name, at, distance / 12)
    return [points[index] for index in range(len(POINTS))]


def refine_face(card) -> None:
    """Give a card with a placed face the handles of lids, irises and lips, where a face has them."""
    place_face(card)
    points, (_, _, width, height) = face_points(card), _rectangle(card)
    right, left = place_of(card, 0), place_of(card, 1)
    across = ((left[0] - right[0]) * width, (left[1] - right[1]) * height)  # pupil to pupil, in units of the card
    for index, (name, _, starts, x, y) in enumerate(HANDLES, len(POINTS)):
        if index not in points:
            at = [sum(place_of(card, start)[axis] for start in starts) / len(starts) for axis in (0, 1)]
            moved = (x * across[0] - y * across[1], x * across[1] + y * across[0])
            size = (across[0] ** 2 + across[1] ** 2) ** 0.5 / 40
            _add(card, index, name, (at[0] + moved[0] / width, at[1] + moved[1] / height), size)


def forget_face(card) -> None:
    """Take the empties away: the face is searched for again."""
    for empty in face_points(card).values():
        bpy.data.objects.remove(empty)


def face_points(card) -> dict[int, "bpy.types.Object"]:
    """The empties of a card that are there, by number: first POINTS, then HANDLES."""
    return {child[POINT]: child for child in card.children if child.get(POINT) is not None and is_in_a_scene(child)}


def is_refined(card) -> bool:
    """Whether a card has handles of lids, irises or lips."""
    return any(index >= len(POINTS) for index in face_points(card))


def place_of(card, index: int) -> Place:
    """Where an empty stands on the picture."""
    left, bottom, width, height = _rectangle(card)
    at = face_points(card)[index].location
    return (at.x - left) / width, 1 - (at.z - bottom) / height


def move_point(card, index: int, place: Place) -> None:
    """Put an empty elsewhere on the picture."""
    left, bottom, width, height = _rectangle(card)
    face_points(card)[index].location = (left + place[0] * width, 0, bottom + (1 - place[1]) * height)


def read_placement(card, width: int, height: int) -> Placement | None:
    """Where the empties stand, in pixels of a picture of that size; None unless the first five are there."""
    there = face_points(card)
    if not set(range(len(POINTS))) <= set(there):
        return None
    at = {index: (x * width, y * height) for index in there for x, y in [place_of(card, index)]}
    points = [at[index] for index in range(len(POINTS))]
    corrections = [(row[1], *at[index]) for index, row in enumerate(HANDLES, len(POINTS)) if index in at]
    if corrections:  # who puts the lips right has put their corners right
        corrections += [(61, *points[3]), (291, *points[4])]
    return Placement(face_box(points), tuple(points), tuple(corrections))


def face_box(points: list[tuple[float, float]]) -> tuple[float, float, float, float]:
    """The box around a face with these points: left, top, right, bottom; upright, whatever the tilt."""
    (right_x, right_y), (left_x, left_y) = points[:2]
    x, y = (right_x + left_x) / 2, (right_y + left_y) / 2
    distance = max(((left_x - right_x) ** 2 + (left_y - right_y) ** 2) ** 0.5, 1.0)
    return (x - HALF_WIDTH * distance, y - ABOVE * distance, x + HALF_WIDTH * distance, y + BELOW * distance)


def _add(card, index: int, name: str, place: Place, size: float):
    empty = bpy.data.objects.new(name, None)
    empty.empty_display_type, empty.empty_display_size = 'SPHERE', size
    empty.show_name = index < len(POINTS)
    empty.show_in_front = empty.hide_render = True
    empty.parent = card
    empty.lock_location[1] = True
    empty[POINT] = index
    for collection in card.users_collection:
        collection.objects.link(empty)
    move_point(card, index, place)
    return empty


def _rectangle(card) -> tuple[float, float, float, float]:
    """Left, bottom, width and height of a card in its own XZ plane."""
    corners = [vertex.co for vertex in card.data.vertices[:CORNERS]]
    xs, zs = [corner.x for corner in corners], [corner.z for corner in corners]
    return min(xs), min(zs), max(xs) - min(xs), max(zs) - min(zs)
