# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later

import bpy
import pytest


@pytest.fixture
def placement(room, card):
    return lambda: room("scene.placement").read_placement(card, 600, 400)


def test_without_points_the_face_is_searched_for(placement):
    assert placement() is None


def test_points_are_read_as_pixels_of_the_picture(placement, card):
    bpy.ops.pastiche.place_face()
    nose = bpy.data.objects["Nose"]
    nose.location = (card.dimensions.x / 2, 0, card.dimensions.z / 2)  # the upper right corner
    assert placement().points[2] == pytest.approx((600, 0))
    nose.location = (0, 0, 0)
    assert placement().points[2] == pytest.approx((300, 200))


def test_the_box_holds_the_points_whereever_the_card_stands(placement, card):
    bpy.ops.pastiche.place_face()
    before = placement()
    card.location, card.rotation_euler, card.scale = (3, 2, 1), (0.1, 0.2, 0.3), (2, 2, 2)
    bpy.context.view_layer.update()
    after = placement()
    assert after == before
    left, top, right, bottom = after.box
    assert all(left < x < right and top < y < bottom for x, y in after.points)
    assert after.points[0][0] < after.points[1][0]  # the subject's right eye is on the picture's left


def test_a_missing_point_means_searching(placement, card):
    bpy.ops.pastiche.place_face()
    bpy.data.objects.remove(bpy.data.objects["Left Eye"])
    assert placement() is None
    bpy.ops.pastiche.place_face()
    assert placement() is not None


def test_finding_automatically_takes_the_points_away(placement, card):
    bpy.ops.pastiche.place_face()
    bpy.ops.pastiche.forget_face()
    assert placement() is None and len(bpy.data.objects) == 1


def test_handles_put_lids_and_lips_right(placement, card):
    bpy.ops.pastiche.place_face()
    assert placement().corrections == ()
    bpy.ops.pastiche.refine_face()
    corrections = {number: place for number, *place in placement().corrections}
    assert len(corrections) == 16 and corrections[61] == pytest.approx(placement().points[3])
    right, left = placement().points[:2]
    assert corrections[159][1] < right[1] < corrections[145][1] and corrections[33][0] < right[0] < corrections[133][0]
    assert corrections[468] == pytest.approx(right) and corrections[473] == pytest.approx(left)
    assert corrections[0][1] < corrections[13][1] < corrections[14][1] < corrections[17][1]


def test_handles_follow_a_tilted_face(placement, card, room):
    room("scene.placement").place_face(card)
    room("scene.placement").move_point(card, 1, (0.5, 0.9))  # the left eye below the right one
    room("scene.placement").move_point(card, 0, (0.5, 0.1))
    bpy.ops.pastiche.refine_face()
    corrections = {number: place for number, *place in placement().corrections}
    right = placement().points[0]
    assert corrections[133][1] > right[1] and corrections[133][0] == pytest.approx(right[0], abs=1)


def test_the_mouse_takes_points_before_corners_before_the_box(card, room):
    placement, move_face = room("scene.placement"), room("operators.move_face")
    placement.place_face(card)
    size = (600, 400)
    x, y = placement.place_of(card, 2)
    assert move_face.grip_at(card, size, (x * 600 + 3, y * 400), 8) == 2
    left, top, right, bottom = move_face.box_on_picture(card, size)
    assert move_face.grip_at(card, size, (right, bottom), 8) == move_face.BOX - 3
    assert move_face.grip_at(card, size, (left + 15, top + 15), 8) == move_face.BOX
    assert move_face.grip_at(card, size, (left - 30, top), 8) is None


def test_the_box_moves_and_scales_the_face(card, room):
    placement, move_face = room("scene.placement"), room("operators.move_face")
    placement.place_face(card)
    size = (600, 400)
    box = move_face.box_on_picture(card, size)
    mover = type("Mover", (), {"_follow": move_face.PASTICHE_OT_move_face._follow})()
    mover._size, mover._box = size, box
    mover._before = {index: placement.place_of(card, index) for index in placement.face_points(card)}
    mover._grip, mover._begin = move_face.BOX, (300, 200)
    mover._follow(card, (310, 195))
    assert move_face.box_on_picture(card, size) == pytest.approx(
        (box[0] + 10, box[1] - 5, box[2] + 10, box[3] - 5), abs=0.01
    )
    mover._grip, mover._begin = move_face.BOX - 3, box[2:]  # the right bottom corner
    mover._follow(card, tuple((box[axis] + box[axis + 2]) / 2 for axis in (0, 1)))
    scaled = move_face.box_on_picture(card, size)
    assert scaled[:2] == pytest.approx(box[:2], abs=0.01)
    assert scaled[2] - scaled[0] == pytest.approx((box[2] - box[0]) / 2, abs=0.01)
