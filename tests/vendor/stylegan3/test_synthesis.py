# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for a StyleGAN3 of our own, of random weights."""

from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F
from pastiche.vendor.stylegan2_ada.shape import MappingShape
from pastiche.vendor.stylegan3.filters import low_pass
from pastiche.vendor.stylegan3.fourier_input import moved
from pastiche.vendor.stylegan3.generator import Generator, build_generator
from pastiche.vendor.stylegan3.resampling import resample_down, resample_up
from pastiche.vendor.stylegan3.shape import GeneratorShape

MAPPING = MappingShape(z_dim=12, w_dim=16, num_ws=16, num_layers=2)
T = GeneratorShape(MAPPING, 64, channel_base=1024, channel_max=16, num_fp16_res=2)
R = replace(T, conv_kernel=1, use_radial_filters=True, channel_base=2048, channel_max=24)


@pytest.fixture(params=[T, R], ids="TR")
def generator(request):
    torch.manual_seed(2)
    return Generator(request.param).requires_grad_(False)


@pytest.fixture
def ws():
    return torch.randn(1, 16, 16, generator=torch.Generator().manual_seed(3))


def inner(picture):
    """Away from the border, where what comes into sight is unknown."""
    return picture[..., 12:-12, 12:-12]


def unlikeness(found, expected):
    return float((inner(found) - inner(expected)).square().mean() / inner(expected).var())


def test_a_shift_moves_the_picture_right_and_down(generator, ws):
    plain = generator.synthesis(ws)
    shifted = generator.synthesis(ws, transform=moved(x=6 / 64, y=3 / 64))
    expected = plain.roll((3, 6), (2, 3))
    assert unlikeness(shifted, expected) < 0.02
    assert unlikeness(shifted, plain) > 0.1


def test_configuration_r_turns_clockwise_and_t_does_not(ws):
    torch.manual_seed(2)
    for shape, turns in ((R, True), (T, False)):
        network = Generator(shape).requires_grad_(False).synthesis
        turned = network(ws, transform=moved(degrees=90))
        assert (unlikeness(turned, network(ws).rot90(-1, (2, 3))) < 0.05) == turns


def test_no_transform_is_the_networks_own(generator, ws):
    assert torch.equal(generator.synthesis(ws), generator.synthesis(ws, transform=torch.eye(3)))


def naive(x, taps, up, down, pad):
    """Spread, pad, filter with the square kernel, drop."""
    spread = torch.zeros(*x.shape[:2], *(n * up for n in x.shape[2:]))
    spread[:, :, ::up, ::up] = x
    padded = F.pad(spread, (*pad, *pad))
    kernel = torch.outer(taps, taps) if taps.dim() == 1 else taps
    filtered = F.conv2d(padded, kernel.expand(x.shape[1], 1, *kernel.shape), groups=x.shape[1])
    return filtered[:, :, ::down, ::down]


@pytest.mark.parametrize("pad", [(9, 8), (-6, -9), (3, -2), (14, 13)])
@pytest.mark.parametrize("up", [2, 4])
def test_resampling_up_is_spreading_and_filtering(up, pad):
    x, taps = torch.randn(2, 3, 20, 20), low_pass(6 * up, 4.0, 3.0, 20.0 * up)
    found = resample_up(x, taps, up, pad, gain=3.0)
    torch.testing.assert_close(found, naive(x, taps, up, 1, pad) * up**2 * 3, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("is_radial", [False, True])
def test_resampling_down_is_filtering_and_dropping(is_radial):
    x, taps = torch.randn(2, 3, 30, 30), low_pass(12, 4.0, 3.0, 40.0, is_radial)
    torch.testing.assert_close(resample_down(x, taps, 2), naive(x, taps, 1, 2, (0, 0)), rtol=1e-4, atol=1e-5)


def test_filters_pass_the_mean_and_stop_what_the_lower_rate_cannot_carry():
    for is_radial in (False, True):
        taps = low_pass(24, 4.0, 4.0, 32.0, is_radial)
        assert taps.sum() == pytest.approx(1, abs=1e-6)
        line = taps if taps.dim() == 1 else taps.sum(0)
        assert torch.fft.fft(line, 64)[24:40].abs().max() < 0.02  # 12 to 16 cycles, stopband from 8


def test_layers_after_the_wanted_one_do_not_run(generator, ws):
    setattr(generator.synthesis, generator.shape.layers[6].name, None)  # would fail if it were asked
    layers = generator.synthesis.features(ws)
    assert [next(layers)[0].split("_")[0] for _ in range(6)] == [f"L{i}" for i in range(6)]
    with pytest.raises(TypeError):
        next(layers)


def test_a_gradient_does_not_change_the_picture(generator, ws):
    plain = generator.synthesis(ws)
    torch.testing.assert_close(generator.synthesis(ws.clone().requires_grad_()), plain, rtol=1e-4, atol=1e-5)


def test_half_precision_stays_close(generator, ws):
    full, half = generator.synthesis(ws), generator.synthesis(ws, is_half=True)
    assert half.dtype == torch.float32 and not torch.equal(full, half)
    assert (full - half).abs().max() < 2e-2 * full.abs().max()


def test_tensors_load_strictly(generator):
    state = generator.state_dict()
    assert build_generator(generator.shape, state).shape == generator.shape
    with pytest.raises(RuntimeError):
        build_generator(generator.shape, {**state, "synthesis.input.extra": torch.zeros(1)})
    with pytest.raises(RuntimeError):
        build_generator(replace(generator.shape, margin_size=9), state)
