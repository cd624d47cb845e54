# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The published StyleGAN3 networks, recorded with random weights: latents, features, pictures, a gradient, sizes."""

import pytest
import torch
from nvidia_cases import CASES, LISTINGS, cropped_like, read_json, relative, tensors
from pastiche.vendor.stylegan3.filters import low_pass
from pastiche.vendor.stylegan3.generator import Generator, build_generator
from pastiche.vendor.stylegan3.shape import GeneratorShape

OFFICIAL = [f"stylegan3-{kind}-{size}x{size}" for kind in "tr" for size in (1024, 512, 256)]


@pytest.fixture(params=["sg3t_r64", "sg3r_r64", "sg3t_r32_cond3_odd"])
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
        assert relative(generator.mapping(recorded["z"], label, psi, cutoff), recorded[key]) < 1e-6


def test_the_pictures_are_the_recorded_ones(case):
    generator, recorded, _ = case
    keys = [key for key in recorded if key.startswith("img.")]
    assert keys
    for key in keys:
        picture = generator.synthesis(recorded[key.split(".")[1]])
        assert picture.shape == recorded[key].shape
        assert relative(picture, recorded[key]) < 1e-5, key


def test_the_features_are_the_recorded_ones(case):
    generator, recorded, facts = case
    found = dict(generator.synthesis.features(recorded["ws_mixed"]))
    assert list(found) == facts["layer_names"]
    found["input"] = generator.synthesis.input(recorded["ws_mixed"][:, 0])
    for name, x in found.items():
        expected = recorded[f"feat.{name}"]
        assert relative(cropped_like(x, expected), expected) < 1e-5, name
        stats = torch.stack([x.mean(), x.std(), x.abs().max()])
        assert relative(stats, recorded[f"feat.{name}.stats"]) < 1e-4, name


def test_the_gradient_is_the_recorded_one(case):
    generator, recorded, _ = case
    ws = recorded["ws_mixed"][:1].clone().requires_grad_()
    value = (generator.synthesis(ws) * recorded["grad.R"]).mean()
    value.backward()
    assert abs(float(value.detach()) - float(recorded["grad.value"])) < 1e-5 * recorded["grad.R"].abs().max()
    assert relative(ws.grad, recorded["grad.dws"]) < 1e-4


@pytest.mark.parametrize("name", OFFICIAL)
def test_every_published_size_has_the_listed_tensors(name):
    listing = read_json(LISTINGS / f"{name}.json")
    with torch.device("meta"):
        generator = Generator(GeneratorShape.of_keywords(listing["init_kwargs"]))
    assert {key: list(value.shape) for key, value in generator.named_parameters()} == listing["parameters"]
    assert {key: list(value.shape) for key, value in generator.named_buffers()} == listing["buffers"]


@pytest.mark.parametrize("name", OFFICIAL)
def test_the_designed_filters_are_the_published_ones(name):
    published = tensors(LISTINGS / "official_filters.safetensors")
    shape = GeneratorShape.of_keywords(read_json(LISTINGS / f"{name}.json")["init_kwargs"])
    for layer in shape.layers:
        up = ("up", layer.up_taps, layer.incoming, False)
        down = ("down", layer.down_taps, layer.outgoing, layer.is_radial)
        for kind, taps, band, is_radial in (up, down):
            found = low_pass(taps, band.cutoff, band.half_width, layer.inner_rate, is_radial)
            key = f"{name}/{layer.name}/{kind}_filter"
            assert (found is None) == (key not in published)
            if found is not None:
                torch.testing.assert_close(found, published[key], rtol=0, atol=1e-6)


@pytest.mark.parametrize("name", OFFICIAL)
def test_the_geometry_is_the_published_one(name):
    listing = read_json(LISTINGS / "geometry.json")[name]
    shape = GeneratorShape.of_keywords(read_json(LISTINGS / f"{name}.json")["init_kwargs"])
    for layer, expected in zip(shape.layers, listing["layers"], strict=True):
        assert layer.name == expected["name"]
        assert [*layer.pad, *layer.pad] == expected["padding"]
        assert (layer.up, layer.up_taps, layer.down, layer.down_taps) == tuple(
            expected[key] for key in ("up", "up_taps", "down", "down_taps")
        )
        assert (layer.incoming.rate, layer.inner_rate, layer.outgoing.rate) == tuple(
            expected[key] for key in ("in_rate", "tmp_rate", "out_rate")
        )
        assert layer.outgoing.cutoff == pytest.approx(expected["out_cutoff"], rel=1e-12)
        assert layer.outgoing.half_width == pytest.approx(expected["out_half_width"], rel=1e-12)
        assert layer.may_be_half == expected["use_fp16"]
