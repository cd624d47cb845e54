# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A tiny generator learns from colored discs, and an encoder learns to see its latents."""

import math

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch")

from pastiche.bridge.errors import InputError  # noqa: E402
from pastiche.inference.training.dualstylegan import PretrainStage  # noqa: E402
from pastiche.inference.training.dualstylegan.both_paths import drawn  # noqa: E402
from pastiche.inference.training.loop import Folder, train  # noqa: E402
from pastiche.inference.training.portraits import open_portraits, squared  # noqa: E402
from pastiche.inference.training.psp import PSpStage  # noqa: E402
from pastiche.inference.training.stylegan2 import StyleGAN2Stage, losses  # noqa: E402
from pastiche.inference.training.trained import read_encoder  # noqa: E402
from pastiche.inference.weights.safe_open import load_tensors, open_checkpoint  # noqa: E402
from pastiche.vendor.dualstylegan.network import DualStyleGAN  # noqa: E402
from pastiche.vendor.psp.psp import PSp  # noqa: E402
from pastiche.vendor.stylegan2.generator import Generator  # noqa: E402


def averages(lines, name):
    values = [line["losses"][name] for line in lines if name in line["losses"]]
    return np.mean(values[: len(values) // 3]), np.mean(values[-len(values) // 3 :])


def test_pictures_come_nearer_to_the_data(trained, discs, tiny):
    real = open_portraits(str(discs), 16, "photo", False, torch.device("cpu"))
    real.prepare(lambda done, total: None)
    mean = real.draw(np.random.default_rng(0), 64).float().mean(0) / 127.5 - 1
    torch.manual_seed(1)
    fresh = StyleGAN2Stage(str(discs), tiny, "CPU")
    distances = []
    for stage in (fresh, trained[0]):
        with torch.no_grad():
            pictures, _latents = stage._made(64)
        distances.append(float((pictures.mean(0) - mean).square().mean()))
    assert distances[1] < 0.7 * distances[0]


def test_every_regularization_takes_part(trained):
    names = set().union(*(line["losses"] for line in trained[2]))
    assert names == {"discriminator", "R1", "adversarial", "path length"}
    assert all(math.isfinite(value) for line in trained[2] for value in line["losses"].values())


def test_what_was_learned_opens_as_a_published_generator(trained):
    contents = open_checkpoint(Folder(trained[1]).weights)
    generator = Generator.from_state(load_tensors(contents["g_ema"], "g_ema"))
    assert generator(generator.style(torch.randn(2, 16))).shape == (2, 3, 16, 16)


def test_a_training_goes_on_where_it_stopped(trained, discs, tiny):
    torch.manual_seed(5)
    again = StyleGAN2Stage(str(discs), tiny, "CPU")
    again.prepare(trained[1], lambda done, total: None)
    assert train(again, trained[1], "tiny", 45, 45, 0)[-1]["step"] == 45
    for old, new in zip(trained[0].parts["g"].parameters(), again.parts["g"].parameters(), strict=True):
        assert torch.equal(old, new)


def test_the_path_length_of_a_linear_picture_is_its_slope():
    latents = torch.randn(3, 2, 5, requires_grad=True)
    slope = torch.randn(5, 3 * 4 * 4)
    pictures = (latents.sum(1) @ slope).view(3, 3, 4, 4)
    noise = torch.randn(3, 3, 4, 4)
    lengths = losses.path_lengths(pictures, latents, noise)
    expected = (slope @ (noise / 4).view(3, -1).T).square().sum(0).sqrt()
    assert torch.allclose(lengths, expected, rtol=1e-4)


def test_the_gradient_penalty_of_a_linear_judge_is_its_squared_slope():
    pictures = torch.randn(4, 3, 2, 2, requires_grad=True)
    slope = torch.randn(3, 2, 2)
    scores = (pictures * slope).sum((1, 2, 3))[:, None]
    assert torch.allclose(losses.gradient_penalty(scores, pictures), slope.square().sum())


def test_a_generator_goes_on_from_weights_with_changed_pictures(trained, discs, tmp_path):
    settings = {"generator": str(Folder(trained[1]).weights), "batch": 4, "augment": True, "size": 64}
    stage = StyleGAN2Stage(str(discs), settings, "CPU")
    stage.prepare(tmp_path, lambda done, total: None)
    for name in ("g", "d", "g_ema"):
        for old, new in zip(trained[0].parts[name].parameters(), stage.parts[name].parameters(), strict=True):
            assert torch.equal(old, new)
    stage.parts["augment"].chance = 0.5
    lines = train(stage, tmp_path, "tiny", 9, 9, 0)
    assert all(math.isfinite(value) for line in lines for value in line["losses"].values())
    assert stage.parts["augment"].chance != 0.5
    again = StyleGAN2Stage(str(discs), settings, "CPU")
    again.prepare(tmp_path, lambda done, total: None)
    train(again, tmp_path, "tiny", 9, 9, 0)
    assert again.parts["augment"].chance == stage.parts["augment"].chance


@pytest.mark.parametrize("space", ["W+", "Z+"])
def test_an_encoder_learns_the_latents_of_the_generator(trained, discs, tmp_path, space):
    torch.manual_seed(2)
    settings = {"generator": str(Folder(trained[1]).weights), "width": 0.1, "batch": 2, "rate": 3e-3, "likeness": 0.0}
    settings |= {"space": space, "size": 64}
    stage = PSpStage(str(discs), {**settings, "precision": "FLOAT32"}, "CPU")
    stage.prepare(tmp_path, lambda done, total: None)
    lines = train(stage, tmp_path, "tiny", 8, 8, 0)
    first, last = averages(lines, "latents")
    assert last < first
    contents = open_checkpoint(Folder(tmp_path).weights)
    state = load_tensors(contents["state_dict"], "state_dict")
    network = PSp.from_checkpoint({**contents, "state_dict": state, "latent_avg": contents["latent_avg"].load()})
    assert network(torch.zeros(1, 3, 64, 64)).shape == (1, 6, 16)
    assert (network.latent_average is None) == (space == "Z+")
    encoder = read_encoder(str(Folder(tmp_path).weights))
    assert encoder.space == space
    stage._encoder.eval()
    portraits = torch.rand(2, 3, 64, 64) * 2 - 1
    with torch.no_grad():
        assert torch.allclose(encoder.w_plus(portraits, stage._generator), stage._encoded(portraits), atol=1e-5)


def unlike(stage):
    """How far both paths are from mixed latents, at the end of the recipe, always for the same faces."""
    torch.manual_seed(9)
    intrinsic, extrinsic, target = stage._task(16, stage.steps - 1)
    with torch.no_grad():
        return float(stage._unlike(drawn(stage._network, intrinsic, extrinsic, fresh=False), target))


def test_the_extrinsic_path_learns_what_mixing_does_and_the_generator_stays(trained, discs, tmp_path):
    torch.manual_seed(4)
    weights = str(Folder(trained[1]).weights)
    settings = {"generator": weights, "structure": 3, "iterations": 24, "batch": 4, "rate": 0.02}
    stage = PretrainStage(str(discs), settings, "CPU")
    stage.prepare(tmp_path, lambda done, total: None)
    before = unlike(stage)
    lines = train(stage, tmp_path, "tiny", 24, 24, 0)
    assert unlike(stage) < 0.95 * before
    assert {"discriminator", "R1", "adversarial", "likeness", "path length"} == set().union(
        *(x["losses"] for x in lines)
    )
    learned = DualStyleGAN.from_state(load_tensors(open_checkpoint(Folder(tmp_path).weights)["g_ema"], "g_ema"))
    original = load_tensors(open_checkpoint(Folder(trained[1]).weights)["g_ema"], "g_ema")
    for name, value in learned.generator.state_dict().items():
        assert torch.equal(value, original[name])


@pytest.mark.parametrize("change", [{"size": 24}, {"batch": 6}, {"sise": 16}, {"rate": -1.0}])
def test_impossible_settings_are_refused(discs, change, tiny):
    with pytest.raises(InputError):
        StyleGAN2Stage(str(discs), {**tiny, **change}, "CPU")


def test_a_folder_without_pictures_and_a_missing_generator_are_named(tmp_path, discs, tiny):
    with pytest.raises(InputError, match="no pictures"):
        StyleGAN2Stage(str(tmp_path), tiny, "CPU")
    with pytest.raises(InputError, match="No generator is given"):
        PSpStage(str(discs), {}, "CPU")
    with pytest.raises(InputError, match="no seed"):
        open_portraits("heads:new", 32, "photo", False, torch.device("cpu"))


def test_pictures_are_cut_to_their_middle():
    wide = np.zeros((10, 30, 3), np.uint8)
    wide[:, 10:20] = 200
    assert (squared(wide, 5) == 200).all()
