# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clips against clips, as the command line compares them."""

import json
import sys

import numpy as np
import pytest

pytest.importorskip("skimage", reason="metrics need scikit-image")

from acted_clips import empty, film, photograph, swaying
from pastiche.bridge.errors import InputError
from pastiche.inference import cli
from pastiche.inference.media.pictures import write_png
from pastiche.inference.metrics.evaluate import Choices, clip_pairs, evaluate
from pastiche.inference.metrics.faces import FaceMeasures

PIXELS = Choices(faces=False)


def sequence(folder, pictures):
    folder.mkdir(parents=True)
    for index, picture in enumerate(pictures):
        write_png(folder / f"{index:03d}.png", np.ascontiguousarray(picture))
    return folder


def test_values_come_per_frame_and_in_the_mean(tmp_path):
    real = [np.full((32, 32, 3), 100, np.uint8)] * 3
    made = [real[0], real[0] + 51, real[0] + 102]
    result = evaluate(sequence(tmp_path / "a", made), sequence(tmp_path / "b", real), PIXELS)
    (clip,) = result["clips"]
    assert clip["values"]["l1"] == pytest.approx([0, 0.2, 0.4])
    assert result["mean"]["l1"] == clip["mean"]["l1"] == pytest.approx(0.2)
    assert clip["values"]["psnr"][0] is None and clip["count"] == 3 and clip["size"] == [32, 32]
    assert "scikit-image" in result["libraries"]


def test_faces_are_followed_in_both_clips():
    faces = FaceMeasures(None, None)
    pictures = list(swaying(8))
    rows = [faces.add(np.roll(picture, 4, axis=1), picture) for picture in pictures]
    # moved by four pixels of 240 across and none down
    assert np.mean([row["akd"] for row in rows]) == pytest.approx(4 / 2 * 256 / 240, abs=0.4)
    assert all(row["mkr"] == 0 for row in rows)
    gone = faces.add(next(empty(1)), pictures[-1])
    assert gone["akd"] is None and gone["mkr"] == 1


def test_trembling_is_measured_and_drifting_is_not():
    still, shaken, drifting = FaceMeasures(None, None), FaceMeasures(None, None), FaceMeasures(None, None)
    face = photograph()
    for index in range(7):
        still.add(face, face)
        shaken.add(np.roll(face, 3 * (index % 2), axis=0), face)
        drifting.add(np.roll(face, index, axis=0), face)
    values = {
        name: np.mean([value for value in measures.jitter()["jitter_made"] if value is not None])
        for name, measures in (("still", still), ("shaken", shaken), ("drifting", drifting))
    }
    assert values["shaken"] == pytest.approx(3 * 256 / 240, rel=0.3)
    assert values["still"] < 0.2 and values["drifting"] < 0.6
    assert shaken.jitter()["jitter_real"][3] < 0.2 and shaken.jitter()["jitter_made"][0] is None


def test_another_persons_face_is_farther_than_the_same():
    def describe(picture, landmarks):
        return np.array([picture[..., 0].mean(), 0.0])

    faces = FaceMeasures(None, describe)
    face = photograph()
    assert faces.add(face, face)["aed"] == 0
    assert faces.add((face * 0.8).astype(np.uint8), face)["aed"] > 5


def test_folders_of_clips_are_matched_by_name(tmp_path):
    for folder in ("a", "b"):
        for name in ("one", "two"):
            sequence(tmp_path / folder / name, [np.full((16, 16, 3), 90, np.uint8)] * 2)
    assert len(clip_pairs(tmp_path / "a", tmp_path / "b")) == 2
    assert len(evaluate(tmp_path / "a", tmp_path / "b", PIXELS)["clips"]) == 2
    sequence(tmp_path / "b" / "three", [np.zeros((16, 16, 3), np.uint8)] * 2)
    with pytest.raises(InputError, match="Only one of the folders holds: three"):
        clip_pairs(tmp_path / "a", tmp_path / "b")
    with pytest.raises(InputError, match="is a clip, and"):
        clip_pairs(tmp_path / "a" / "one", tmp_path / "b")
    with pytest.raises(InputError, match="nothing at"):
        clip_pairs(tmp_path / "a", tmp_path / "nowhere")


def test_a_jobs_folder_stands_for_its_frames(tmp_path):
    pictures = [np.full((16, 16, 3), 90, np.uint8)] * 2
    job = tmp_path / "job"
    sequence(job / "frames", pictures)
    (job / "request.json").write_text("{}")
    assert clip_pairs(job, sequence(tmp_path / "real", pictures))[0][0] == job / "frames"


def test_clips_of_other_sizes_need_a_common_one(tmp_path):
    small = sequence(tmp_path / "a", [np.full((16, 16, 3), 90, np.uint8)] * 2)
    large = sequence(tmp_path / "b", [np.full((40, 40, 3), 90, np.uint8)] * 3)
    with pytest.raises(InputError, match="16 x 16 and 40 x 40"):
        evaluate(small, large, PIXELS)
    result = evaluate(small, large, Choices(size=16, faces=False))
    assert result["mean"]["l1"] == 0
    assert any("b has more pictures" in note for note in result["notes"])


def test_without_torch_everything_but_network_features_is_measured(tmp_path, monkeypatch):
    for name in [name for name in sys.modules if name.startswith("pastiche.inference.metrics.features")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "torch", None)
    clip = sequence(tmp_path / "a", list(swaying(2)))
    result = evaluate(clip, clip, Choices())
    assert result["mean"]["akd"] == 0 and result["mean"]["ssim"] == 1
    assert any("left out: they need the Python package torch" in note for note in result["notes"])


def test_frechet_distances_say_what_they_are(tmp_path):
    torch = pytest.importorskip("torch", reason="features need torch")
    dice = np.random.default_rng(0)
    real = sequence(tmp_path / "b", [dice.integers(0, 255, (48, 48, 3), np.uint8) for _ in range(4)])
    made = sequence(tmp_path / "a", [np.full((48, 48, 3), 40 * index, np.uint8) for index in range(4)])
    result = evaluate(made, real, PIXELS)
    assert result["mean"]["frechet_scattering"] > 0 and "fid" not in result["mean"]
    assert any("is no FID" in note for note in result["notes"])
    assert evaluate(real, real, PIXELS)["mean"]["frechet_scattering"] == pytest.approx(0, abs=1e-6)
    torch.save({"fc.weight": torch.zeros(2, 2)}, tmp_path / "other.pth")
    with pytest.raises(InputError, match="other.pth does not hold FID's Inception-v3"):
        evaluate(made, real, Choices(faces=False, inception=str(tmp_path / "other.pth")))


def test_the_command_line_prints_json(tmp_path, capsys):
    a, b = film(tmp_path / "a.mp4", swaying(3)), film(tmp_path / "b.mp4", swaying(3))
    assert cli.main(["evaluate", str(a), str(b), "--json", "--verbose"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["outcome"] == "FINISHED" and result["mean"]["l1"] == 0 and result["mean"]["akd"] == 0
    assert len(result["clips"][0]["values"]["jitter_made"]) == 3


def test_a_broken_clip_is_named(tmp_path, capsys):
    (tmp_path / "a.mp4").write_bytes(b"no film")
    assert cli.main(["evaluate", str(tmp_path / "a.mp4"), str(tmp_path / "a.mp4"), "--verbose"]) == 1
    assert "a.mp4" in capsys.readouterr().err
