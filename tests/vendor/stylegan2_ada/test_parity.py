# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The published StyleGAN2 networks, recorded with random weights: latents, features, pictures and a gradient."""

import pytest
import torch
from nvidia_cases import CASES, LISTINGS, cropped_like, read_json, relative, tensors
from pastiche.vendor.stylegan2_ada.generator import Generator, build_generator
from pastiche.vendor.stylegan2_ada.shape import GeneratorShape

NAMES = [
    "sg2_r32", "sg2_r64_cond3", "sg2_r32_resnet_clamp", "sg2_r16_orig_nonoise", "sg2_r32_asymfilter",
    "sg2ada_r32_nested_kwargs", "sghuman_r64_rect", "sg2_tf_legacy_r32",
]  # fmt: skip
OFFICIAL = ["stylegan2-ffhq-1024x1024", "stylegan2-512x512", "stylegan2-256x256", "stylegan2-cifar10-32x32"]


@pytest.fixture(params=NAMES)
def case(request):
    folder = CASES / request.param
    facts = read_json(folder / "config.json")
    shape = GeneratorShape.of_keywords(facts["init_kwargs"])
    return build_generator(shape, tensors(folder / "weights.safetensors")), tensors(folder / "io.safetensors"), facts


def test_the_latents_are_the_recorded_ones(case):
    generator, recorded, facts = case
    label = recorded.get("c")
    assert generator.shape.mapping.num_ws == facts["num_ws"]
    for key, psi, cutoff in (("w_psi1", 1, None), ("w_psi07", 0.7, None), ("w_psi05_cut4", 0.5, 4)):
        if key in recorded:
            assert relative(generator.mapping(recorded["z"], label, psi, cutoff), recorded[key]) < 1e-6


def test_the_pictures_are_the_recorded_ones(case):
    generator, recorded, _ = case
    keys = [key for key in recorded if key.startswith("img.")]
    assert keys
    for key in keys:
        _, latent, noise = key.split(".")
        picture = generator.synthesis(recorded[latent], noise.removeprefix("noise_"))
        assert picture.shape == recorded[key].shape
        assert relative(picture, recorded[key]) < 1e-5, key


def test_one_picture_alone_equals_the_same_picture_among_others(case):
    generator, recorded, _ = case
    both = generator.synthesis(recorded["w_psi1"])
    assert relative(generator.synthesis(recorded["w_psi1"][1:]), both[1:]) < 1e-5


def test_the_features_are_the_recorded_ones(case):
    generator, recorded, _ = case
    if "ws_mixed" not in recorded:
        pytest.skip("this case records no features")
    for name, x, picture in generator.synthesis.pyramid(recorded["ws_mixed"]):
        for kind, found in (("x", x), ("img", picture)):
            key = f"feat.{name}.{kind}"
            assert (key in recorded) == (found is not None)
            if found is not None:
                assert relative(cropped_like(found, recorded[key]), recorded[key]) < 1e-5, key
                stats = torch.stack([found.mean(), found.std(), found.abs().max()])
                assert relative(stats, recorded[f"{key}.stats"]) < 1e-4, key


def test_the_gradient_is_the_recorded_one(case):
    generator, recorded, _ = case
    if "grad.R" not in recorded:
        pytest.skip("this case records no gradient")
    ws = recorded["ws_mixed"][:1].clone().requires_grad_()
    value = (generator.synthesis(ws) * recorded["grad.R"]).mean()
    value.backward()
    value = value.detach()
    assert abs(float(value) - float(recorded["grad.value"])) < 1e-5 * recorded["grad.R"].abs().max()
    assert relative(ws.grad, recorded["grad.dws"]) < 1e-4


@pytest.mark.parametrize("name", OFFICIAL)
def test_every_published_size_has_the_listed_tensors(name):
    listing = read_json(LISTINGS / f"{name}.json")
    with torch.device("meta"):
        generator = Generator(GeneratorShape.of_keywords(listing["init_kwargs"]))
    assert {key: list(value.shape) for key, value in generator.named_parameters()} == listing["parameters"]
    assert {key: list(value.shape) for key, value in generator.named_buffers()} == listing["buffers"]


@pytest.mark.parametrize("name", OFFICIAL)
def test_the_listed_blocks_run_in_half_precision(name):
    shape = GeneratorShape.of_keywords(read_json(LISTINGS / f"{name}.json")["init_kwargs"])
    blocks = read_json(LISTINGS / "geometry.json")[name]["blocks"]
    assert [block["out_ch"] for block in blocks] == list(shape.channels)
    assert [block["res"] >= shape.half_from for block in blocks] == [block["use_fp16"] for block in blocks]
