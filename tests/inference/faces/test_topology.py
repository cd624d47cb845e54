# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
from pastiche.inference.faces import topology


def test_left_names_are_the_mirror_images_of_right_names():
    mirror = topology.mirror_indices()
    for name in dir(topology):
        if name.startswith("RIGHT_") and name != "RIGHT_IRIS":
            left = getattr(topology, "LEFT_" + name.removeprefix("RIGHT_"))
            assert tuple(mirror[list(getattr(topology, name))]) == left, name


def test_the_canonical_face_is_symmetric_and_life_sized():
    shape = topology.canonical_shape()
    assert shape.shape == (topology.N_LANDMARKS, 3)
    assert np.allclose(shape[topology.mirror_indices()] * (-1, 1, 1), shape, atol=1e-5)
    assert 8 < np.linalg.norm(shape[33] - shape[263]) < 10  # centimeters between the outer eye corners
    assert shape[33, 0] < 0 < shape[263, 0]  # the right eye lies on the left of the picture
    assert shape[10, 1] < 0 < shape[152, 1]  # y runs down
    assert shape[topology.NOSE_TIP, 2] == shape[:, 2].min()  # z runs away


def test_triangles_cover_the_face_once_and_face_the_viewer():
    shape, triangles = topology.canonical_shape(), topology.triangles()
    assert triangles.shape == (898, 3)
    edges = np.sort(np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]), axis=1)
    _, counts = np.unique(edges, axis=0, return_counts=True)
    border = np.unique(edges, axis=0)[counts == 1]
    assert counts.max() == 2
    assert set(border.ravel()) == set(topology.FACE_OVAL)
    a, b, c = (shape[triangles[:, k]] for k in range(3))
    assert (np.cross(b - a, c - a)[:, 2] < 0).mean() > 0.98  # some lie edge-on beside the nose


def test_the_last_triangles_fill_the_openings():
    inside = set(topology.triangles()[-topology.N_OPENING_TRIANGLES :].ravel())
    assert inside == {*topology.RIGHT_LID_RING, *topology.LEFT_LID_RING, *topology.INNER_LIPS}


def test_rings_are_closed_lists_of_different_points():
    for ring, size in ((topology.RIGHT_LID_RING, 16), (topology.INNER_LIPS, 20), (topology.OUTER_LIPS, 20)):
        assert len(set(ring)) == len(ring) == size
    assert len(topology.RIGID) == len(topology.RIGID_WEIGHTS) == 36


def test_shared_arrays_cannot_be_changed_by_accident():
    assert not topology.canonical_shape().flags.writeable
    assert not topology.triangles().flags.writeable
