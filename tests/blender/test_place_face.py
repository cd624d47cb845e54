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
