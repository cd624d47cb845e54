# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings say what they allow."""

from dataclasses import fields

import pytest
from pastiche.bridge.errors import InputError
from pastiche.inference.engines.mesh import MeshSettings

ENTRIES = fields(MeshSettings)


def test_the_defaults_are_allowed():
    assert MeshSettings.read({entry.name: entry.default for entry in ENTRIES}) == MeshSettings()


@pytest.mark.parametrize("entry", [each for each in ENTRIES if "range" in each.metadata], ids=lambda each: each.name)
@pytest.mark.parametrize("wrong", [-1e-3, 1e-3, float("nan"), "1", True, None])
def test_a_value_out_of_range_is_refused_by_name(entry, wrong):
    low, high = entry.metadata["range"]
    value = {-1e-3: low - 0.1, 1e-3: high + 0.1}.get(wrong, wrong) if isinstance(wrong, float) else wrong
    with pytest.raises(InputError, match=f"{entry.name} cannot be.*number from"):
        MeshSettings.read({entry.name: value})


@pytest.mark.parametrize("value", ["auto", 3, None, ["AUTO"]])
def test_an_unknown_choice_is_refused_with_the_known_ones(value):
    with pytest.raises(InputError, match="mouth_interior.*AUTO, FOOTAGE, PAINTED"):
        MeshSettings.read({"mouth_interior": value})
