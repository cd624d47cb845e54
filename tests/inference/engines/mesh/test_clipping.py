# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A part cut along lines: nothing is lost, nothing crosses, what points carry goes along."""

import numpy as np
import pytest
from pastiche.inference.engines.mesh.live.clipping import clipped
from pastiche.inference.engines.mesh.live.part import Part, no_pairs


def part(points, triangles):
    points = np.column_stack((points, np.zeros(len(points))))
    n = len(points)
    values = {"turn": np.arange(n, dtype=float), "lean": np.zeros(n), "layer": np.zeros(n), "far": np.zeros((n, 2))}
    moves = points[None] * 2.0
    return Part(points, np.array(triangles), moves, points[:, :2] / 10, "SKIN", pairs=no_pairs(n), **values)


def area(cut):
    a, b, c = (cut.points[cut.triangles[:, k], :2] for k in range(3))
    first, second = b - a, c - a
    return first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]


NO_LINES = (np.array([]), np.array([]))
SQUARE = part([(-4, -4), (14, -4), (14, 14), (-4, 14)], [(0, 1, 2), (0, 2, 3)])


def test_what_lies_beyond_the_sides_is_gone():
    cut = clipped(SQUARE, np.array((0, -2)), np.array((10, 12)), NO_LINES, 0)
    assert area(cut).sum() == pytest.approx(2 * 10 * 14) and (area(cut) > 0).all()
    assert cut.points[:, 0].min() == 0 and cut.points[:, 1].max() == 12


def test_no_triangle_crosses_a_line_and_none_is_lost():
    lines = (np.array((0.0, 3.0, 10.0)), np.array((0.0, 10.0)))
    cut = clipped(SQUARE, np.array((-9, -9)), np.array((20, 20)), lines, 4)
    assert area(cut).sum() == pytest.approx(2 * 18 * 18) and (area(cut) > 0).all()
    for axis in (0, 1):
        for line in lines[axis]:
            side = np.sign(np.round(cut.points[cut.triangles, axis] - line, 9))
            assert (side.max(axis=1) - side.min(axis=1) < 2).all()
    assert np.array_equal(cut.points[:4], SQUARE.points)


def test_points_carry_what_lies_between():
    cut = clipped(SQUARE, np.array((-9, -9)), np.array((20, 20)), (np.array((5.0,)), np.array([])), 4)
    assert cut.uv == pytest.approx(cut.points[:, :2] / 10) and cut.moves[0] == pytest.approx(cut.points * 2)
    assert (cut.pairs[4:, 0] == -1).all()


def test_a_line_through_points_cuts_nothing():
    cut = clipped(SQUARE, np.array((-9, -9)), np.array((20, 20)), (np.array((-4.0, 14.0)), np.array([])), 4)
    assert len(cut.points) == 4 and len(cut.triangles) == 2
