# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The published inversion programs' recorded runs, reproduced step by step, with the recordings' stand-in distances."""

import pytest
import torch
import torch.nn.functional as F
from nvidia_cases import INVERSIONS, read_json, tensors
from pastiche.inference.engines.latent.projection import Projection, ProjectionSettings, noise_maps
from pastiche.inference.engines.latent.tuning import Tuning, TuningSettings
from pastiche.vendor.stylegan2_ada.generator import build_generator
from pastiche.vendor.stylegan2_ada.shape import GeneratorShape


class MeanSquare:
    """Of pictures, -1..1."""

    name = "mean square"

    def features(self, picture):
        return [picture]

    def distance(self, a, b):
        return F.mse_loss(a[0], b[0])


class PooledDifference:
    """Mean absolute difference of 2 x 2 means."""

    name = "pooled"

    def features(self, picture):
        return [F.avg_pool2d(picture, 2)]

    def distance(self, a, b):
        return (a[0] - b[0]).abs().mean()


@pytest.fixture
def generator():
    keywords = read_json(INVERSIONS / "sg2_config.json")["init_kwargs"]
    return build_generator(GeneratorShape.of_keywords(keywords), tensors(INVERSIONS / "sg2_weights.safetensors"))


@pytest.mark.parametrize("name", ["projector_adaptive_lr0.1", "projector_lr0.01"])
def test_a_recorded_projection_is_reproduced(generator, name):
    facts, recorded = read_json(INVERSIONS / f"{name}.json"), tensors(INVERSIONS / f"{name}.safetensors")
    draws = [recorded[f"noise_init.{key}"] for key in facts["noise_buffer_order"]]
    draws += list(recorded["w_noise_unit_draws"])
    settings = ProjectionSettings(
        facts["num_steps"], facts["w_avg_samples"], facts["initial_learning_rate"], facts["lr_rampup_length"],
        facts["lr_rampdown_length"], facts["initial_noise_factor"], facts["noise_ramp_length"],
        facts["regularize_noise_weight"],
    )  # fmt: skip
    assert [f"synthesis.{key}" for key in noise_maps(generator)] == facts["noise_buffer_order"]
    before = {key: tensor.clone() for key, tensor in generator.state_dict().items()}
    target = recorded["target_0_255"][None] / 127.5 - 1

    def normal(shape):
        draw = draws.pop(0).clone()
        assert draw.shape == shape
        return draw

    projection = Projection(generator, target, MeanSquare(), settings, normal=normal)
    torch.testing.assert_close(projection.spread.mean, recorded["w_avg_estimate"][None, 0], rtol=0, atol=1e-5)
    assert projection.spread.deviation == pytest.approx(facts["w_std"], rel=1e-5)
    for index in range(facts["num_steps"]):
        projection.step()
        assert projection.optimizer.param_groups[0]["lr"] == pytest.approx(facts["lr"][index], rel=1e-9)
        assert projection.loss == pytest.approx(facts["loss"][index], rel=1e-5)
        torch.testing.assert_close(projection.variable.detach(), recorded["w_after_step"][index], rtol=0, atol=1e-5)
    assert projection.latent.shape == (1, 8, 32)
    torch.testing.assert_close(projection.latent[0], recorded["w_out"][-1], rtol=0, atol=1e-5)
    for key, noise in projection.noise.items():
        final = recorded[f"noise_final_before_normalise.synthesis.{key}"]
        final = final - final.mean()
        torch.testing.assert_close(noise.detach(), final * final.square().mean().rsqrt(), rtol=0, atol=1e-3)
    assert all(torch.equal(tensor, before[key]) for key, tensor in generator.state_dict().items())


@pytest.mark.parametrize("name", ["pti_noreg", "pti_locality"])
def test_a_recorded_tuning_is_reproduced(generator, name):
    facts, recorded = read_json(INVERSIONS / f"{name}.json"), tensors(INVERSIONS / f"{name}.safetensors")
    locality = facts["regulizer_l2_lambda"] if facts["use_locality_regularization"] else 0.0
    settings = TuningSettings(facts["steps"], facts["lr"], facts["threshold"], locality, facts["regulizer_alpha"])
    tuning = Tuning(generator, recorded["target_pm1"], recorded["pivot_ws"], PooledDifference(), settings)
    draws = list(recorded.get("locality_z_draws", ()))
    tuning.random = type("Recorded", (), {"randn": lambda self, *_: draws.pop(0)[None].numpy()})()
    before = {key: tensor.clone() for key, tensor in generator.state_dict().items()}
    for index in range(facts["steps"]):
        assert not tuning.step()
        total, _, near = facts["losses"][index]
        assert tuning.losses[-1] == pytest.approx((total, near), rel=1e-5)
    tuned = tuning.finish().state_dict()
    finals = {key.removeprefix("final."): value for key, value in recorded.items() if key.startswith("final.")}
    assert finals
    for key, value in finals.items():
        key = key if key in tuned else f"synthesis.{key}"
        torch.testing.assert_close(tuned[key], value, rtol=0, atol=1e-5)
    assert all(torch.equal(tensor, before[key]) for key, tensor in generator.state_dict().items())
    assert any(not torch.equal(tuned[key], before[key]) for key in tuned)
