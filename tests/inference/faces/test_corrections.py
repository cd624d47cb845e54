# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A corrected landmark lands where it was put; what lies near comes along, what lies far does not."""

import numpy as np
import pytest
from pastiche.bridge.errors import InputError
from pastiche.inference.faces import topology
from pastiche.inference.faces.corrections import corrected


@pytest.fixture
def face():
    return (topology.canonical_shape() * 20 + (300, 300, 0)).astype(np.float32)


def test_every_corrected_landmark_lands_exactly(face):
    moves = {159: (0, -9), 145: (0, 7), 33: (-6, 2), 0: (3, -8), 17: (0, 12), 61: (-9, 0)}
    corrections = [(number, *(face[number, :2] + move)) for number, move in moves.items()]
    result = corrected(face, corrections)
    for number, move in moves.items():
        assert result[number, :2] - face[number, :2] == pytest.approx(move, abs=1e-3)
    assert (result[:, 2] == face[:, 2]).all()


def test_a_lid_takes_its_neighbors_along_but_not_the_mouth(face):
    result = corrected(face, [(159, face[159, 0], face[159, 1] - 10)])
    beside, mouth = (np.linalg.norm(result[n, :2] - face[n, :2]) for n in (158, 13))
    assert 5 < beside < 10.5 and mouth < 0.01


def test_an_iris_takes_its_ring_along_and_no_skin(face):
    result = corrected(face, [(468, face[468, 0] + 4, face[468, 1])])
    assert result[list(topology.RIGHT_IRIS), 0] == pytest.approx(face[list(topology.RIGHT_IRIS), 0] + 4)
    assert (result[: topology.N_SKIN] == face[: topology.N_SKIN]).all()


@pytest.mark.parametrize("bad", [[(478, 1.0, 1.0)], [(-1, 1.0, 1.0)], [(5, 1.0, 1.0), (5, 2.0, 2.0)]])
def test_a_point_that_does_not_exist_is_refused(face, bad):
    with pytest.raises(InputError, match="does not exist"):
        corrected(face, bad)
