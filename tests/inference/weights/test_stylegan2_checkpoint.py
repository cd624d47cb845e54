# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A StyleGAN2 in the layout of our trainings is the same network to whatever opens networks."""

import math

import numpy as np
import pytest
import torch
from pastiche.bridge.errors import InputError
from pastiche.inference.inspect_file import inspect_path
from pastiche.inference.weights.network_build import build_network
from pastiche.inference.weights.network_file import convert_network, network_identity, open_network
from pastiche.inference.weights.network_shape import family_of
from pastiche.vendor.stylegan2.generator import Generator
from pastiche.vendor.stylegan2.latents import truncate
from pastiche.vendor.stylegan2.shape import GeneratorShape
from safetensors.torch import save_file

SHAPE = GeneratorShape((16, 12, 8), style_dim=16, mapping_layers=3)


@pytest.fixture
def network():
    torch.manual_seed(5)
    made = Generator(SHAPE)
    for name, parameter in made.named_parameters():
        if name.endswith("noise.weight") or name.endswith("bias"):
            parameter.data.add_(torch.randn_like(parameter) * 0.1)
    return made.requires_grad_(False)


def center(network):
    return network.mean_latent(100)[0]


def as_training(network, path):
    torch.save({"g": {}, "g_ema": network.state_dict(), "latent_avg": center(network)}, path)


def as_psp(network, path):
    state = {f"decoder.{name}": value for name, value in network.state_dict().items()}
    average = center(network).expand(SHAPE.slots, -1).clone()
    torch.save({"state_dict": state | {"encoder.x": torch.zeros(1)}, "latent_avg": average, "opts": {}}, path)


def as_dualstylegan(network, path):
    state = {f"generator.{name}": value for name, value in network.state_dict().items()}
    torch.save({"g_ema": state | {"res.0.x": torch.zeros(1)}, "latent_avg": center(network)}, path)


def as_tensors(network, path):
    save_file({**network.state_dict(), "latent_avg": center(network)}, path)


def as_style_pack(network, path):
    state = {f"generator.{name}": value.half() for name, value in network.state_dict().items()}
    save_file({**state, "latent_avg": center(network), "res.0.x": torch.zeros(1)}, path)


WRITERS = {
    "training.pth.tar": as_training, "psp.pt": as_psp, "dual.pt": as_dualstylegan, "plain.safetensors": as_tensors,
    "generator.safetensors": as_style_pack,
}  # fmt: skip


@pytest.mark.parametrize("name", WRITERS)
def test_it_draws_the_same_pictures(network, tmp_path, name):
    WRITERS[name](network, tmp_path / name)
    found = open_network(tmp_path / name)
    built = build_network(found)
    assert family_of(found.shape) == "stylegan2" and found.shape.resolution == SHAPE.size
    z = torch.randn(1, 16)
    w = truncate(network.style(z), 0.7, center(network))
    near = 1e-2 if name == "generator.safetensors" else 1e-5  # of numbers of 16 bits
    assert torch.allclose(built.mapping(z, psi=0.7)[:, 0], w, atol=near)
    assert torch.allclose(built.synthesis(built.mapping(z, psi=0.7)), network(w), atol=near)
    assert network(w).std() > 0.1


def test_where_no_mean_is_kept_it_is_found_again(network, tmp_path):
    torch.save({"g_ema": network.state_dict()}, tmp_path / "x.pt")
    found = build_network(open_network(tmp_path / "x.pt"))
    assert torch.allclose(found.mapping.w_avg, network.mean_latent(20_000)[0], atol=0.03)
    again = build_network(open_network(tmp_path / "x.pt"))
    assert torch.equal(found.mapping.w_avg, again.mapping.w_avg)


def test_its_own_filters_are_used(network, tmp_path):
    for key, value in network.state_dict().items():
        if key.endswith("kernel"):
            value.copy_(torch.rand(4, 4))
    as_training(network, tmp_path / "x.pt")
    built, w = build_network(open_network(tmp_path / "x.pt")), torch.randn(1, 16)
    assert torch.allclose(built.synthesis(w[:, None].repeat(1, SHAPE.slots, 1)), network(w), atol=1e-5)


def test_half_precision_takes_half_the_room_and_hardly_shows(network, tmp_path):
    as_training(network, tmp_path / "x.pt")
    full, half = tmp_path / "full.safetensors", tmp_path / "half.safetensors"
    convert_network(tmp_path / "x.pt", full)
    description = convert_network(tmp_path / "x.pt", half, is_half=True)
    size = 2 * description["numbers"]
    assert full.stat().st_size - half.stat().st_size == pytest.approx(size, abs=64)
    w = torch.randn(1, SHAPE.slots, 16)
    pictures = [build_network(open_network(path)).synthesis(w) for path in (full, half)]
    assert 0 < (pictures[0] - pictures[1]).abs().max() < 0.01 * pictures[0].std()
    assert network_identity(half) == description["sha256"] != network_identity(full)


def test_a_conversion_of_a_conversion_names_the_original(network, tmp_path):
    as_training(network, tmp_path / "x.pt")
    first = convert_network(tmp_path / "x.pt", tmp_path / "a.safetensors")
    second = convert_network(tmp_path / "a.safetensors", tmp_path / "b.safetensors")
    assert first["sha256"] == second["sha256"] == network_identity(tmp_path / "x.pt")


@pytest.mark.parametrize("name", WRITERS)
def test_inspect_tells_what_it_is(network, tmp_path, name):
    WRITERS[name](network, tmp_path / name)
    facts = inspect_path(tmp_path / name)["network"]
    assert (facts["family"], facts["width"], facts["height"]) == ("stylegan2", SHAPE.size, SHAPE.size)


def without(state, name):
    del state[name]


def cut(state, name):
    state[name] = state[name][..., :-1].contiguous()


@pytest.mark.parametrize(
    ("spoil", "name"),
    [
        (without, "convs.1.noise.weight"), (without, "noises.noise_2"), (without, "style.2.bias"),
        (without, "to_rgbs.0.bias"), (cut, "convs.0.conv.weight"), (cut, "input.input"), (cut, "style.2.weight"),
        (cut, "latent_avg"), (cut, "convs.1.conv.modulation.weight"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("suffix", [".pt", ".safetensors"])
def test_what_does_not_fit_together_is_refused(network, tmp_path, spoil, name, suffix):
    path = tmp_path / f"odd{suffix}"
    state = {**network.state_dict(), "latent_avg": center(network)}
    spoil(state, name)
    (save_file if suffix == ".safetensors" else torch.save)(state, path)
    with pytest.raises(InputError):
        build_network(open_network(path))


def test_a_checkpoint_of_something_else_is_no_network(tmp_path):
    for name, contents in {"a.pt": {"x": torch.zeros(3)}, "b.pt": [torch.zeros(3)], "c.pt": {1: 2, "g_ema": 3}}.items():
        torch.save(contents, tmp_path / name)
        with pytest.raises(InputError, match=name):
            open_network(tmp_path / name)


def test_numbers_beyond_reason_build_nothing(tmp_path):
    state = {"input.input": torch.zeros(1, 4, 4, 4), "conv1.conv.weight": torch.zeros(1, 4, 4, 3, 3)}
    state |= {f"style.{i}.weight": torch.zeros(4, 4) for i in range(1, 100)}
    torch.save(state, tmp_path / "x.pt")
    with pytest.raises(InputError, match="beyond reason"):
        open_network(tmp_path / "x.pt")


def test_the_mean_is_that_of_the_mapping(network, tmp_path):
    torch.save(network.state_dict(), tmp_path / "x.pt")
    mean = open_network(tmp_path / "x.pt").tensors["mapping.w_avg"].read()
    z = torch.from_numpy(np.random.RandomState(0).randn(10_000, 16).astype(np.float32))
    assert np.allclose(mean, network.style(z).mean(0).numpy(), atol=1e-5) and math.isfinite(mean.sum())
