# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A loop shows what it was given, for as long, with its alpha, and never exceeds its limit."""

from fractions import Fraction

import numpy as np
import pytest
from pastiche.bridge.errors import InputError, StorageError
from pastiche.inference.media.loops import write_loop
from pastiche.inference.media.loops.palette import Palette
from PIL import Image

FORMATS = ("GIF", "APNG", "WEBP")


def moving_dot(count=10, side=48, background=(40, 90, 160, 255), dot=(230, 60, 50, 255)):
    """A disc that wanders over a quiet background."""
    rows, columns = np.mgrid[0:side, 0:side]
    images = []
    for number in range(count):
        image = np.empty((side, side, 4), np.uint8)
        image[:] = background
        image[(rows - side / 2) ** 2 + (columns - 8 - number * (side - 16) / count) ** 2 < 30] = dot
        images.append(image)
    return images


def noise(count, side):
    random = np.random.default_rng(0)
    return [np.dstack([random.integers(0, 256, (side, side, 3)), np.full((side, side), 255)]).astype(np.uint8)] * count


def written(path, format, images, fps=25, **how):
    loop = write_loop(path, format, [lambda image=image: image for image in images], Fraction(fps), **how)
    with Image.open(path) as file:
        frames, durations = [], []
        for index in range(file.n_frames):
            file.seek(index)
            frames.append(np.array(file.convert("RGBA")))
            durations.append(file.info["duration"])
        return loop, frames, durations, file.info.get("loop", 0)


@pytest.mark.parametrize("format", FORMATS)
def test_a_loop_shows_each_picture_and_plays_forever(tmp_path, format):
    images = moving_dot()
    _, frames, durations, loop = written(tmp_path / "a", format, images)
    assert len(frames) == 10 and loop == 0
    assert sum(durations) == pytest.approx(400, abs=1)
    for image, frame in zip(images, frames, strict=True):
        assert np.abs(image.astype(int) - frame)[..., :3].mean() < 4


def test_an_apng_without_limit_is_exact(tmp_path):
    images = moving_dot(dot=(230, 60, 50, 120))
    _, frames, _, _ = written(tmp_path / "a.png", "APNG", images)
    assert all((image == frame).all() for image, frame in zip(images, frames, strict=True))


@pytest.mark.parametrize("format", FORMATS)
def test_what_becomes_transparent_vanishes(tmp_path, format):
    images = moving_dot(background=(0, 0, 0, 0))
    _, frames, _, _ = written(tmp_path / "a", format, images)
    for image, frame in zip(images, frames, strict=True):
        assert ((frame[..., 3] > 127) == (image[..., 3] > 127)).mean() > 0.99


@pytest.mark.parametrize("format", ["APNG", "WEBP"])
def test_soft_alpha_survives_a_limit(tmp_path, format):
    ramp = np.zeros((40, 64, 4), np.uint8)
    ramp[...] = (200, 120, 60, 0)
    ramp[..., 3] = np.linspace(0, 255, 64)
    images = [np.roll(ramp, 2 * number, axis=0) for number in range(6)]
    _, frames, _, _ = written(tmp_path / "a", format, images, max_bytes=60_000)
    assert np.abs(frames[0][..., 3].astype(int) - ramp[..., 3]).max() < 24


@pytest.mark.parametrize("fps", [24, 30, "30000/1001", 12])
def test_a_gif_keeps_time_although_it_counts_in_hundredths(tmp_path, fps):
    fps = Fraction(fps)
    _, _, durations, _ = written(tmp_path / "a.gif", "GIF", moving_dot(60), fps)
    assert sum(durations) == pytest.approx(60_000 / float(fps), abs=6)


@pytest.mark.parametrize("format", FORMATS)
def test_a_loop_is_made_to_fit(tmp_path, format):
    images = [np.roll(noise(1, 96)[0], 7 * number, axis=1) for number in range(6)]
    loop, frames, durations, _ = written(tmp_path / "a", format, images, max_bytes=8_000)
    assert loop.bytes == (tmp_path / "a").stat().st_size <= 8_000
    assert sum(durations) == pytest.approx(240, abs=20)
    assert max(frames[0].shape) < 96  # it cost something


def test_a_loop_that_cannot_fit_leaves_what_was_there(tmp_path):
    (tmp_path / "a.gif").write_bytes(b"before")
    with pytest.raises(InputError, match="do not fit"):
        written(tmp_path / "a.gif", "GIF", noise(2, 200), max_bytes=500)
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("a.gif", b"before")]


def test_the_longer_side_is_the_asked_one(tmp_path):
    loop, frames, _, _ = written(tmp_path / "a.gif", "GIF", [np.full((60, 90, 4), 255, np.uint8)] * 2, side=45)
    assert loop.size == (45, 30) and frames[0].shape[:2] == (30, 45)


def test_a_missing_folder_is_told(tmp_path):
    with pytest.raises(StorageError):
        written(tmp_path / "no" / "a.gif", "GIF", moving_dot(2))


def test_a_palette_keeps_small_bright_things():
    image = np.full((100, 100, 4), (30, 30, 34, 255), np.uint8)
    image[..., 2] += np.arange(100, dtype=np.uint8)  # a wall of many shades
    image[:3, :3] = (250, 40, 40, 255)  # a small lamp
    palette = Palette([image], 16, is_alpha_soft=False)
    shown = palette.colors[palette.indices(image)]
    assert np.abs(shown[1, 1, :3].astype(int) - (250, 40, 40)).max() < 12


def test_what_stands_still_keeps_its_colors(tmp_path):
    images = [image + np.array((1, 1, 1, 0), np.uint8) * (number % 2) for number, image in enumerate(moving_dot(6))]
    _, frames, _, _ = written(tmp_path / "a.gif", "GIF", images)
    assert all((frame[-1] == frames[0][-1]).all() for frame in frames)
