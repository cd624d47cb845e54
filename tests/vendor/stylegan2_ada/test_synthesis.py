# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for a StyleGAN2 of our own, of random weights."""

from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F
from pastiche.vendor.stylegan2_ada.generator import Generator, build_generator
from pastiche.vendor.stylegan2_ada.modulation import convolve, low_pass
from pastiche.vendor.stylegan2_ada.shape import GeneratorShape, MappingShape

SHAPE = GeneratorShape(MappingShape(z_dim=12, w_dim=16, num_ws=8, num_layers=2), (16, 16, 12, 8), num_fp16_res=2)


@pytest.fixture
def generator():
    torch.manual_seed(5)
    made = Generator(SHAPE)
    for name, parameter in made.named_parameters():
        if "noise_strength" in name:
            parameter.data.fill_(0.3)
    return made.requires_grad_(False)


@pytest.fixture
def ws():
    return torch.randn(2, 8, 16, generator=torch.Generator().manual_seed(3))


def test_an_enlarging_convolution_spreads_filters_and_correlates_with_the_turned_kernel():
    x, weight, fir = torch.randn(1, 3, 6, 6), torch.randn(4, 3, 3, 3), low_pass((1, 3, 2, 1))
    spread = torch.zeros(1, 3, 12, 12)
    spread[:, :, ::2, ::2] = x
    turned = fir.flip((0, 1)).expand(3, 1, 4, 4) * 4
    filtered = F.conv2d(F.pad(spread, (3, 3, 3, 3)), turned, groups=3)
    expected = F.conv2d(filtered, weight.flip((2, 3)))
    torch.testing.assert_close(convolve(x, weight, fir), expected[:, :, :12, :12], rtol=1e-4, atol=1e-4)


def test_a_gradient_does_not_change_the_picture(generator, ws):
    plain = generator.synthesis(ws[:1])
    torch.testing.assert_close(generator.synthesis(ws[:1].clone().requires_grad_()), plain, rtol=1e-4, atol=1e-5)


def test_blocks_after_the_wanted_one_do_not_run(generator, ws):
    generator.synthesis.b32 = None  # would fail if it were asked
    blocks = generator.synthesis.features(ws)
    assert [next(blocks)[0] for _ in range(3)] == ["b4", "b8", "b16"]
    with pytest.raises(TypeError):
        next(blocks)


def test_the_noise_modes_differ_and_only_random_noise_changes(generator, ws):
    const, random, none = (generator.synthesis(ws, mode) for mode in ("const", "random", "none"))
    assert torch.equal(const, generator.synthesis(ws, "const")) and torch.equal(none, generator.synthesis(ws, "none"))
    assert not torch.equal(random, generator.synthesis(ws, "random"))
    assert not torch.equal(const, none)


def test_half_precision_stays_close(generator, ws):
    full, half = generator.synthesis(ws), generator.synthesis(ws, is_half=True)
    assert half.dtype == torch.float32
    assert not torch.equal(full, half)
    assert (full - half).abs().max() < 2e-2 * full.abs().max()


def test_half_precision_survives_huge_styles(generator, ws):
    assert generator.synthesis(ws * 1000, is_half=True).isfinite().all()


def test_no_truncation_left_is_the_mean(generator):
    generator.mapping.w_avg.fill_(0.25)
    assert torch.equal(generator.mapping(torch.randn(2, 12), psi=0), torch.full((2, 8, 16), 0.25))


def test_the_mean_never_moves(generator):
    before = generator.mapping.w_avg.clone()
    generator.train()
    generator.mapping(torch.randn(5, 12), psi=0.5)
    assert torch.equal(generator.mapping.w_avg, before)


def test_a_conditional_network_takes_no_label_as_all_zeros():
    torch.manual_seed(1)
    conditional = Generator(replace(SHAPE, mapping=replace(SHAPE.mapping, c_dim=3)))
    z = torch.randn(1, 12)
    assert torch.equal(conditional.mapping(z), conditional.mapping(z, torch.zeros(1, 3)))
    assert not torch.equal(conditional.mapping(z), conditional.mapping(z, torch.eye(3)[:1]))


def test_tensors_load_strictly(generator):
    state = generator.state_dict()
    assert build_generator(SHAPE, state).shape == SHAPE
    for broken in (
        {name: tensor for name, tensor in state.items() if name != "synthesis.b8.conv0.bias"},
        {**state, "synthesis.b8.conv2.bias": torch.zeros(16)},
        {**state, "mapping.fc0.bias": torch.zeros(15)},
    ):
        with pytest.raises(RuntimeError):
            build_generator(SHAPE, broken)


def test_a_missing_key_means_different_things_in_the_two_dialects():
    common = {"z_dim": 512, "c_dim": 0, "w_dim": 512, "img_resolution": 256, "img_channels": 3}
    flat = GeneratorShape.of_keywords(common)
    nested = GeneratorShape.of_keywords({**common, "synthesis_kwargs": {}})
    assert (flat.conv_clamp, flat.half_from) == (256, 32)
    assert (nested.conv_clamp, nested.half_from) == (None, 512)


def test_a_narrow_network_makes_pictures_half_as_wide_as_high():
    narrow = Generator(replace(SHAPE, is_narrow=True))
    assert narrow(torch.randn(1, 12)).shape == (1, 3, 32, 16)
    assert (narrow.shape.resolution, narrow.shape.width) == (32, 16)
