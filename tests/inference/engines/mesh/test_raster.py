# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A moved mesh tells every pixel where it comes from."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from pastiche.inference.engines.mesh.raster import Grid, Raster

GRID = Grid.over(0, 0, 120, 90, 3)
SQUARE = np.array(((20, 20), (100, 20), (100, 70), (20, 70), (60, 45)), float)
TRIANGLES = np.array(((0, 1, 4), (1, 2, 4), (2, 3, 4), (3, 0, 4)), np.int32)


def deep(points):
    return np.column_stack((points, np.zeros(len(points))))


def raster():
    return Raster(SQUARE, TRIANGLES, np.zeros(4, np.int32), GRID)


def test_a_mesh_at_rest_maps_every_point_to_itself():
    assert not raster().motion(deep(SQUARE)).any()


@settings(max_examples=30, deadline=None)
@given(st.floats(-13, 13), st.floats(-13, 13))
def test_a_shifted_mesh_samples_from_where_it_was(dx, dy):
    found = raster().motion(deep(SQUARE + (dx, dy)))
    inside = np.s_[14:16, 18:22]  # well inside wherever the mesh has gone
    assert np.allclose(found[inside], (-dx, -dy), atol=0.02)


def test_the_nearer_of_two_surfaces_is_seen():
    points = np.concatenate((SQUARE, SQUARE))
    both = np.concatenate((TRIANGLES, TRIANGLES + 5))
    target = np.concatenate((deep(SQUARE + (4, 0)), deep(SQUARE + (0, 4))))
    for near, expected in ((0, (-4, 0)), (5, (0, -4))):
        target[:, 2] = 10
        target[near : near + 5, 2] = -10
        found = Raster(points, both, np.zeros(8, np.int32), GRID).motion(target)
        assert np.allclose(found[15, 20], expected, atol=0.02)


def test_a_mesh_seen_edge_on_samples_from_within_itself():
    target = deep(SQUARE)
    target[:, 0] = 60 + 1e-4 * (SQUARE[:, 0] - 60)
    found = raster().motion(target) + GRID.points()
    assert np.isfinite(found).all() and found.min() > -40 and found.max() < 160
