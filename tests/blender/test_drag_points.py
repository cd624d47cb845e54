# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an artist places on a drag picture, without any network."""

import bpy
import numpy as np
import pytest


@pytest.fixture
def drag(card):
    """The drag properties of a card with a drag picture of 64 x 48 pixels."""
    card.pastiche.drag.picture = bpy.data.images.new("Drag", 64, 48)
    return card.pastiche.drag


@pytest.fixture
def points(room):
    return room("scene.drag.points")


def test_a_click_sets_a_handle_and_the_next_one_its_target(drag, points):
    first, second = points.place_next(drag, (10.0, 20.0)), points.place_next(drag, (30.0, 20.0))
    assert (first.end, second.end) == ("handle", "target") and len(drag.points) == 1
    assert points.pairs_of(drag) == [((10.0, 20.0), (30.0, 20.0))]
    points.place_next(drag, (1.0, 1.0))
    assert len(drag.points) == 2 and len(points.pairs_of(drag)) == 1


def test_the_nearest_end_is_taken_hold_of(drag, points):
    points.set_pairs(drag, [((10, 10), (20, 10)), ((40, 40), (50, 40))])
    assert points.nearest_grip(drag, (19, 11), 5) == points.Grip(0, "target")
    assert points.nearest_grip(drag, (41, 41), 5) == points.Grip(1, "handle")
    assert points.nearest_grip(drag, (41, 41), 5, only_targets=True) is None
    assert points.nearest_grip(drag, (30, 30), 5) is None


def test_points_by_number_and_taking_them_away(drag):
    bpy.ops.pastiche.drag_point(handle=(1, 2), target=(3, 4))
    bpy.ops.pastiche.drag_point(handle=(5, 6), target=(7, 8))
    bpy.ops.pastiche.drag_remove_point(index=0)
    assert [tuple(point.handle) for point in drag.points] == [(5, 6)]
    bpy.ops.pastiche.drag_clear_points()
    assert len(drag.points) == 0


def test_a_point_outside_is_refused(drag):
    with pytest.raises(RuntimeError, match="outside the picture of 64 x 48"):
        bpy.ops.pastiche.drag_point(handle=(1, 2), target=(64, 4))
    assert len(drag.points) == 0


def test_a_lasso_frees_what_is_inside(drag, room):
    path = [{"name": "", "loc": corner, "time": 0.0} for corner in ((8, 4), (24, 4), (24, 12), (8, 12))]
    bpy.ops.pastiche.drag_lasso(path=path)
    free = room("scene.drag.mask").read_free(drag.mask, (64, 48))[::-1]
    expected = np.zeros((48, 64), bool)
    expected[4:12, 8:24] = True
    assert drag.use_mask and (free == expected).all()
    shifted = [{**each, "loc": (each["loc"][0] + 8, each["loc"][1])} for each in path]
    bpy.ops.pastiche.drag_lasso(path=shifted, hold=True)
    free = room("scene.drag.mask").read_free(drag.mask, (64, 48))[::-1]
    assert free[4:12, 8:16].all() and not free[:, 16:].any()


def test_a_lasso_of_two_corners_is_refused(drag):
    with pytest.raises(RuntimeError, match="three corners"):
        bpy.ops.pastiche.drag_lasso(path=[{"name": "", "loc": (1, 1), "time": 0.0}] * 2)


def test_a_star_is_filled_as_it_looks(room):
    fill = room("scene.drag.mask").fill_polygon
    triangle = fill([(0, 0), (20, 0), (0, 20)], (20, 20))[::-1]
    assert triangle.sum() == pytest.approx(200, abs=20) and triangle[0, 0] and not triangle[19, 19]
    assert (fill([(-50, -50), (90, -50), (90, 90), (-50, 90)], (20, 20))).all()  # corners outside
    assert not fill([(3, 3), (9, 3), (9, 3)], (20, 20)).any()  # flat


def test_a_mask_of_another_size_is_stretched(room):
    image = bpy.data.images.new("half", 2, 2)
    image.pixels.foreach_set(np.array([1, 0, 0, 1], np.float32).repeat(4))
    free = room("scene.drag.mask").read_free(image, (4, 4))
    assert free.tolist() == [[1, 1, 0, 0]] * 2 + [[0, 0, 1, 1]] * 2


def test_a_painted_mask_survives_saving(drag, room, tmp_path, card):
    mask, name = room("scene.drag.mask"), card.name
    image = mask.make_mask(card)
    free = np.zeros((48, 64), bool)
    free[5:9] = True
    mask.write_free(image, free)
    pixels = np.zeros(64 * 48 * 4, np.float32)
    pixels[:400] = 1
    image.pixels.foreach_set(pixels)  # painted on, not saved
    drag.picture.pixels.foreach_set(np.full(64 * 48 * 4, 0.5, np.float32))
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "saved.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "saved.blend"))
    drag = bpy.data.objects[name].pastiche.drag
    assert mask.read_free(drag.mask, (64, 48)).sum() == 100
    assert drag.picture.pixels[4 * 70] == pytest.approx(0.5, abs=0.01)
