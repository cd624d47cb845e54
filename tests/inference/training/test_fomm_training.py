# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A tiny motion model learns from two clips made here, and what it learned drives a card."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch")
pytest.importorskip("skimage", reason="training needs scikit-image")

import cv2  # noqa: E402
from pastiche.bridge.errors import InputError  # noqa: E402
from pastiche.inference.engines.fomm.networks import load_networks  # noqa: E402
from pastiche.inference.media.pictures import write_png  # noqa: E402
from pastiche.inference.training.fomm import FommStage, losses  # noqa: E402
from pastiche.inference.training.fomm.settings import FommTraining  # noqa: E402
from pastiche.inference.training.loop import Folder, train  # noqa: E402
from pastiche.vendor.fomm.configurations import OFFICIAL  # noqa: E402

TINY = {"size": 32, "width": 0.125, "keypoints": 3, "blocks": 2, "batch": 4, "rate": 2e-3, "adversarial": "OFF"}
EQUIVARIANCE = ("equivariance value", "equivariance jacobian")


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    """Two clips of eight frames: a bright disc wanders over a texture."""
    folder = tmp_path_factory.mktemp("clips")
    for name in ("one", "two"):
        dice = np.random.default_rng(len(name) + ord(name[0]))
        texture = cv2.resize(dice.integers(0, 160, (5, 5, 3), np.uint8), (48, 48), interpolation=cv2.INTER_CUBIC)
        (folder / name).mkdir()
        for frame in range(8):
            picture = cv2.circle(texture.copy(), (10 + 4 * frame, 24 + frame), 8, (250, 220, 90), -1, cv2.LINE_AA)
            write_png(folder / name / f"frame_{frame:03d}.png", np.ascontiguousarray(picture))
    return folder


def stage(clips, **changes):
    torch.manual_seed(3)
    return FommStage(str(clips), {**TINY, **changes}, "CPU")


def prepared(made, folder):
    made.prepare(folder, lambda done, total: None)
    return made


@pytest.fixture(scope="module")
def trained(clips, tmp_path_factory):
    folder = tmp_path_factory.mktemp("trained")
    made = prepared(stage(clips), folder)
    return made, folder, train(made, folder, "fomm", 40, 20, 0)


def test_losses_fall(trained):
    _, _, lines = trained
    first, last = (
        {name: np.mean([line["losses"][name] for line in part]) for name in lines[0]["losses"]}
        for part in (lines[:5], lines[-5:])
    )
    assert last["perceptual"] < 0.8 * first["perceptual"]
    assert sum(last[name] for name in EQUIVARIANCE) < sum(first[name] for name in EQUIVARIANCE)


def test_what_was_learned_is_a_checkpoint_that_the_engine_opens(trained):
    networks = load_networks(str(Folder(trained[1]).weights), "CPU", "FLOAT32")
    keypoints = networks.detector(torch.rand(1, 3, 32, 32))
    assert keypoints.value.shape == (1, 3, 2)


def test_the_sheet_shows_what_is_moved_onto_what(trained):
    sheet = trained[0].sheet()
    assert sheet.titles == ("source", "driving", "deformed", "prediction", "occlusion")
    assert len(sheet.rows) == 2 and all(picture.shape == (32, 32, 3) for row in sheet.rows for picture in row)
    assert Folder(trained[1]).sheet(40).is_file()


def test_a_substitute_for_the_perceptual_weights_says_that_it_is_one(trained):
    assert any("No weights of VGG-19" in note for note in trained[0].notes)


def test_training_goes_on_as_if_it_had_not_stopped(clips, tmp_path):
    for folder in (tmp_path / "whole", tmp_path / "parts"):
        folder.mkdir()
    whole = prepared(stage(clips), tmp_path)
    train(whole, tmp_path / "whole", "fomm", 4, 2, 0)
    train(prepared(stage(clips), tmp_path), tmp_path / "parts", "fomm", 2, 2, 0)
    rest = prepared(stage(clips), tmp_path)
    train(rest, tmp_path / "parts", "fomm", 4, 2, 0)
    for name, tensor in whole.weights()["generator"].items():
        assert torch.equal(tensor, rest.weights()["generator"][name]), name


def test_the_adversarial_variant_trains_its_discriminator(clips, tmp_path):
    changes = {"adversarial": "ON", "size": 64, "batch": 2, "variant": "vox-adv-256"}
    made = prepared(stage(clips, **changes), tmp_path)
    before = {name: tensor.clone() for name, tensor in made.weights()["discriminator"].items()}
    found = made.step(made.draw(np.random.default_rng(0)), 0)
    assert {"adversarial", "feature matching", "discriminator"} < set(found)
    after = made.weights()["discriminator"]
    assert any(not torch.equal(after[name], tensor) for name, tensor in before.items())


def test_a_model_may_begin_with_another_ones_weights(clips, tmp_path, trained):
    made = stage(clips, start=str(Folder(trained[1]).weights))
    for name, tensor in trained[0].weights()["kp_detector"].items():
        assert torch.equal(made.weights()["kp_detector"][name], tensor)
    with pytest.raises(InputError, match="does not fit"):
        stage(clips, start=str(Folder(trained[1]).weights), keypoints=4)


def test_rates_follow_the_recipe(clips, tmp_path):
    made = prepared(stage(clips, repeats=2, epochs=100), tmp_path)  # 2 clips x 2 repeats / batch 4: a step an epoch
    assert made.steps == 100
    rates = []
    for index in (0, 59, 60, 90):
        made._set_rates(index)
        rates.append(made._optimizers["optimizer_generator"].param_groups[0]["lr"])
    assert rates == pytest.approx([2e-3, 2e-3, 2e-4, 2e-5])


def test_the_published_recipes_are_the_defaults():
    for name, official in OFFICIAL.items():
        found = FommTraining(variant=name).configuration()
        assert found == official


def test_perfect_keypoints_cost_nothing():
    """A detector that knows where a deformed frame's points went is what equivariance asks for."""
    from pastiche.vendor.fomm.equivariance import RandomTransform
    from pastiche.vendor.fomm.keypoint_detector import Keypoints

    class Still:
        def __call__(self, image):
            return Keypoints(torch.zeros(1, 2, 2), torch.eye(2).expand(1, 2, 2, 2))

    none = RandomTransform.draw(1, sigma_affine=0, sigma_tps=0)
    value, jacobian = losses.equivariance(Still(), torch.rand(1, 3, 16, 16), Still()(None), none, True)
    assert value < 1e-5 and jacobian < 1e-4


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"size": 40}, "cannot be halved"),
        ({"adversarial": "ON"}, "at least 64 pixels"),
        ({"keypoints": 2.5}, "whole number"),
        ({"variant": "vox-1024"}, "Choose one of"),
        ({"perceptual": "nowhere.pth"}, "no file nowhere.pth"),
    ],
)
def test_what_cannot_be_trained_is_named(clips, changes, message):
    with pytest.raises(InputError, match=message):
        stage(clips, **changes)


def test_a_folder_without_clips_is_named(tmp_path):
    with pytest.raises(InputError, match="No clip was found"):
        stage(tmp_path)
