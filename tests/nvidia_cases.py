# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recorded cases of NVIDIA's networks and of dragging; a test skips where they are not at hand."""

import json
from pathlib import Path

import pytest
from safetensors.torch import load_file

PARITY = Path(__file__).resolve().parent.parent.parent / "shared" / "parity"
CASES = PARITY / "stylegan_pkl" / "cases"
LISTINGS = PARITY / "stylegan_pkl" / "listings"
RUNS = PARITY / "draggan" / "runs"
INVERSIONS = PARITY / "draggan" / "inversion"


def read_json(path):
    """A recorded JSON file."""
    if not path.exists():
        pytest.skip(f"the recordings are not here: {path.name}")
    return json.loads(path.read_text(encoding="utf-8"))


def tensors(path):
    """A recorded safetensors file."""
    if not path.exists():
        pytest.skip(f"the recordings are not here: {path.name}")
    return load_file(path)


def relative(found, expected):
    """The largest difference, as a part of the largest expected magnitude."""
    return float((found.double() - expected.double()).abs().max() / expected.double().abs().max().clamp(min=1e-30))


def cropped_like(found, expected):
    """Recordings of large maps hold their first corner only."""
    return found[tuple(slice(0, n) for n in expected.shape)]
