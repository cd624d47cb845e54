# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small style, and a face."""

import numpy as np
import pytest
from pastiche.inference.faces import topology
from pastiche.inference.styles.dualstylegan import open_encoder, open_style
from pastiche.inference.styles.stylist import Stylist
from small_style import publish


@pytest.fixture(scope="session")
def published(tmp_path_factory):
    """The folder of a style, with encoder.pt beside its files."""
    return publish(tmp_path_factory.mktemp("cartoon"))


@pytest.fixture(scope="session")
def stylist(published):
    style = open_style(published)
    return Stylist(style, open_encoder(published / "encoder.pt", style, 'Z+'))


@pytest.fixture
def face():
    """Makes the canonical face as landmarks in a picture, turned clockwise."""
    return _face


def _face(scale=10.0, turn=0.0, center=(150.0, 130.0)):
    cos, sin = np.cos(turn), np.sin(turn)
    shape = topology.canonical_shape()[:, :2] @ np.array([[cos, sin], [-sin, cos]]) * scale
    return np.concatenate([shape + center, np.zeros((len(shape), 1))], axis=1).astype(np.float32)


@pytest.fixture
def picture():
    """A smooth colored picture, (260, 320, 4) uint8, partly transparent."""
    y, x = np.mgrid[:260, :320].astype(np.float32)
    channels = [128 + 90 * np.sin(x / 30), 128 + 90 * np.cos(y / 40), 128 + 90 * np.sin((x + y) / 50)]
    alpha = np.clip((300 - x) * 4, 0, 255)
    return np.stack([*channels, alpha], axis=2).astype(np.uint8)
