# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders of clips as something to draw frames from, and what chance does to the frames."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="the motion models' square needs torch")
pytest.importorskip("skimage", reason="training needs scikit-image")

import cv2
from acted_clips import film, swaying
from pastiche.bridge.errors import InputError
from pastiche.inference.media.pictures import write_png
from pastiche.inference.training.augmentation import augmented
from pastiche.inference.training.clips import Clips, find_clips
from pastiche.vendor.fomm.configurations import Augmentation


def numbered(folder, count, size=(20, 24), start=0):
    """Pictures whose gray says which frame they are."""
    folder.mkdir(parents=True)
    for index in range(count):
        write_png(folder / f"{index:03d}.png", np.full((*size, 3), start + 10 * index, np.uint8))
    return folder


def opened(folder, work, size=16, **choices):
    clips = Clips(folder, size, choices.get("crops_heads", False), choices.get("groups_persons", False))
    clips.prepare(work, lambda done, total: None)
    return clips


def test_films_folders_and_persons_are_found(tmp_path):
    numbered(tmp_path / "ada", 2)
    numbered(tmp_path / "bob" / "first", 2)
    numbered(tmp_path / "bob" / "second", 2)
    (tmp_path / "id7#talk#1.mp4").write_bytes(b"")
    (tmp_path / "notes.txt").write_text("no clip")
    found = {(clip.path.name, clip.person) for clip in find_clips(tmp_path)}
    assert found == {("ada", "ada"), ("first", "bob"), ("second", "bob"), ("id7#talk#1.mp4", "id7")}


def test_a_pair_is_two_frames_of_one_clip_in_order(tmp_path):
    numbered(tmp_path / "data" / "dark", 9)
    numbered(tmp_path / "data" / "light", 5, start=150)
    clips = opened(tmp_path / "data", tmp_path / "work")
    dice = np.random.default_rng(0)
    drawn = [clips.pair(dice)[:, 0, 0, 0] for _ in range(200)]
    assert all(early <= late and (early < 150) == (late < 150) for early, late in drawn)
    assert {int(early) for early, _ in drawn} > {0, 40, 150}


def test_persons_count_alike_however_often_they_were_filmed(tmp_path):
    for number in range(9):
        numbered(tmp_path / "data" / "often" / str(number), 2)
    numbered(tmp_path / "data" / "once", 2, start=150)
    clips = opened(tmp_path / "data", tmp_path / "work", groups_persons=True)
    dice = np.random.default_rng(0)
    light = sum(clips.pair(dice)[0, 0, 0, 0] >= 150 for _ in range(300))
    assert len(clips) == 2 and 110 < light < 190


def test_a_clip_is_decoded_once_until_it_changes(tmp_path, monkeypatch):
    numbered(tmp_path / "data" / "clip", 3)
    opened(tmp_path / "data", tmp_path / "work")
    monkeypatch.setattr("pastiche.inference.training.clips._pictures", lambda *_: 1 / 0)
    opened(tmp_path / "data", tmp_path / "work")
    write_png(tmp_path / "data" / "clip" / "003.png", np.zeros((20, 24, 3), np.uint8))
    with pytest.raises(ZeroDivisionError):
        opened(tmp_path / "data", tmp_path / "work")


def test_an_interrupted_decoding_leaves_nothing_half(tmp_path):
    numbered(tmp_path / "data" / "clip", 6)
    clips = Clips(tmp_path / "data", 16, False, False)

    def stop(done, total, calls=[0]):  # noqa: B006
        calls[0] += 1
        if calls[0] == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        clips.prepare(tmp_path / "work", stop)
    assert not list((tmp_path / "work").iterdir())


def test_clips_that_cannot_be_used_are_named(tmp_path):
    numbered(tmp_path / "data" / "clip", 3)
    (tmp_path / "data" / "broken.mp4").write_bytes(b"no film")
    assert "broken.mp4 is left out" in opened(tmp_path / "data", tmp_path / "work").left_out[0]
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "broken.mp4").write_bytes(b"no film")
    with pytest.raises(InputError, match="None of the clips can be used"):
        opened(tmp_path / "other", tmp_path / "work")


def test_heads_are_cut_out_of_raw_footage(tmp_path):
    (tmp_path / "data").mkdir()
    wide = (cv2.copyMakeBorder(picture, 80, 80, 80, 80, cv2.BORDER_CONSTANT) for picture in swaying(70))
    film(tmp_path / "data" / "talk.mp4", wide)
    clips = opened(tmp_path / "data", tmp_path / "work", size=64, crops_heads=True)
    frame = clips.ends(0)[0]
    assert len(clips) == 1 and frame.shape == (64, 64, 3)
    assert frame[20:44, 20:44].mean() > 60  # skin, not the dark surroundings


@pytest.mark.parametrize(
    "plan",
    [
        Augmentation(),
        Augmentation(jitter=(0.1, 0.1, 0.1, 0.1)),
        Augmentation(jitter=(0, 0, 0, 0.5), resize=(0.9, 1.1), crop=256),
    ],
)
def test_chance_keeps_the_size_and_is_repeatable(plan):
    pair = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3), np.uint8)
    first, second = (augmented(pair, plan, np.random.default_rng(5)) for _ in range(2))
    assert first.shape == pair.shape and first.dtype == np.uint8 and np.array_equal(first, second)
    assert any(not np.array_equal(first, augmented(pair, plan, np.random.default_rng(seed))) for seed in range(9))


def test_both_frames_of_a_pair_change_alike():
    frame = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)
    plan = Augmentation(jitter=(0.3, 0.3, 0.3, 0.3), resize=(0.8, 1.2), crop=256)
    for seed in range(8):
        first, second = augmented(np.stack([frame, frame]), plan, np.random.default_rng(seed))
        assert np.array_equal(first, second)


def test_time_is_turned_in_half_and_a_mirror_used_in_a_quarter_of_the_pairs():
    pair = np.zeros((2, 4, 4, 3), np.uint8)
    pair[1, :, :2] = 200
    found = [augmented(pair, Augmentation(), np.random.default_rng(seed)) for seed in range(400)]
    turned = sum(picture[0].any() for picture in found)
    mirrored = sum(picture[1, :, 2:].any() for picture in found)
    assert 160 < turned < 240 and 70 < mirrored < 130
