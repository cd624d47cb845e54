# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Colored discs as portraits, and a tiny generator that has seen them."""

import cv2
import numpy as np
import pytest
from pastiche.inference.media.pictures import write_png

_TINY = {"size": 16, "width": 0.02, "style_dim": 16, "mapping": 2, "batch": 8, "average": 200, "precision": "FLOAT32"}


@pytest.fixture(scope="session")
def tiny():
    """Settings of a generator that a processor trains in seconds."""
    return dict(_TINY)


def _paint(folder, count, color, seed=0):
    """Pictures of one disc each, on a gray ground."""
    folder.mkdir(exist_ok=True)
    dice = np.random.default_rng(seed)
    for number in range(count):
        picture = np.full((40, 32, 3), dice.integers(150, 250), np.uint8)
        center = (int(dice.integers(12, 20)), int(dice.integers(16, 24)))
        write_png(folder / f"{number:02d}.png", cv2.circle(picture, center, 9, color, -1, cv2.LINE_AA))
    return folder


@pytest.fixture(scope="session")
def discs(tmp_path_factory):
    """A folder of red discs."""
    return _paint(tmp_path_factory.mktemp("data") / "red", 12, (220, 40, 30))


@pytest.fixture(scope="session")
def green_discs(tmp_path_factory):
    """A folder of green discs: the same in another style."""
    return _paint(tmp_path_factory.mktemp("style") / "green", 5, (40, 170, 60), seed=1)


@pytest.fixture(scope="session")
def trained(discs, tmp_path_factory):
    """(stage, folder, lines of losses) of 45 steps of StyleGAN2 on the discs."""
    torch = pytest.importorskip("torch", reason="training needs torch")
    from pastiche.inference.training.loop import train
    from pastiche.inference.training.stylegan2 import StyleGAN2Stage

    torch.manual_seed(1)
    made = StyleGAN2Stage(str(discs), _TINY, "CPU")
    folder = tmp_path_factory.mktemp("stylegan2")
    made.prepare(folder, lambda done, total: None)
    return made, folder, train(made, folder, "tiny", 45, 45, 0)
