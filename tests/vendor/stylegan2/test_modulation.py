# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import math

import pytest
import torch
import torch.nn.functional as F
from dualstylegan_recordings import archive, gap, under
from pastiche.vendor.stylegan2.modulation import ModulatedConv2d, StyledConv, ToRGB

KINDS = {"plain": {}, "up": {"is_up": True}, "rgb": {"is_demodulated": False, "kernel": 1}}


def layer(kernel=3, **settings):
    torch.manual_seed(3)
    return ModulatedConv2d(6, 5, kernel, 8, **settings)


def paper_order(conv, x, style):
    """The paper's order: weights of each sample, grouped convolution."""
    batch, inputs = x.shape[:2]
    weight = conv.weight * conv.modulation(style)[:, None, :, None, None] / math.sqrt(conv.weight[0, 0].numel())
    if conv.is_demodulated:
        weight = weight * torch.rsqrt(weight.square().sum((2, 3, 4), keepdim=True) + 1e-8)
    grouped = x.reshape(1, batch * inputs, *x.shape[2:])
    if conv.is_up:
        weight = weight.transpose(1, 2).flatten(0, 1)
        y = F.conv_transpose2d(grouped, weight, stride=2, groups=batch)
        return conv.blur(y.unflatten(1, (batch, -1)).flatten(0, 1))
    y = F.conv2d(grouped, weight.flatten(0, 1), padding=weight.shape[-1] // 2, groups=batch)
    return y.unflatten(1, (batch, -1))[0]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("batch", [1, 3])
def test_every_order_gives_the_papers_numbers(kind, batch):
    conv = layer(**KINDS[kind])
    x, style = torch.randn(batch, 6, 7, 5), torch.randn(batch, 8)
    expected = paper_order(conv, x, style).reshape(batch, 5, *(14, 10) if kind == "up" else (7, 5))
    assert gap(conv(x, style), expected) < 1e-5
    assert gap(conv(x, style, gain=2.0), 2 * expected) < 2e-5


@pytest.mark.parametrize("batch", [1, 2])
def test_gradients_reach_features_style_and_weights(batch):
    conv = layer(is_up=True).double()
    x = torch.randn(batch, 6, 3, 3, dtype=torch.double, requires_grad=True)
    style = torch.randn(batch, 8, dtype=torch.double, requires_grad=True)
    assert torch.autograd.gradcheck(conv, (x, style))
    conv(x, style).square().sum().backward()
    assert all(parameter.grad.abs().sum() > 0 for parameter in conv.parameters())


def test_demodulated_features_keep_their_deviation():
    conv = ModulatedConv2d(256, 64, 3, 8)
    y = conv(torch.randn(1, 256, 16, 16), 50 * torch.randn(1, 8))
    assert 0.8 < y[:, :, 1:-1, 1:-1].std() < 1.2


def test_noise_comes_before_bias_and_activation():
    styled = StyledConv(4, 4, 8)
    with torch.no_grad():
        styled.noise.weight.fill_(2.0)
        styled.activate.bias.fill_(-1.0)
    x, style, noise = torch.randn(2, 4, 5, 5), torch.randn(2, 8), torch.randn(1, 1, 5, 5)
    expected = F.leaky_relu(styled.conv(x, style) + 2.0 * noise - 1.0, 0.2) * math.sqrt(2)
    assert gap(styled(x, style, noise), expected) < 1e-5


def test_a_picture_is_added_to_the_one_before():
    rgb = ToRGB(4, 8)
    x, style, skip = torch.randn(2, 4, 8, 8), torch.randn(2, 8), torch.randn(2, 3, 4, 4)
    assert gap(rgb(x, style, skip) - rgb(x, style, torch.zeros_like(skip)), rgb.upsample(skip)) < 1e-5


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_layers_compute_in_the_type_of_their_input(dtype):
    styled = StyledConv(32, 32, 8, is_up=True)
    x, style, noise = torch.randn(1, 32, 8, 8), torch.randn(1, 8), torch.randn(1, 1, 16, 16)
    half = styled(x.to(dtype), style, noise)
    assert half.dtype == dtype
    assert (half.float() - styled(x, style, noise)).abs().mean() < 0.01


@pytest.mark.parametrize(
    "case, settings",
    [("none3x3", {}), ("up3x3", {"is_up": True}), ("rgb1x1_nodemod", {"is_demodulated": False})],
)
def test_recorded_modulated_convolutions(case, settings):
    arrays = under(archive("modconv_resample"), f"{case}/")
    state = under(arrays, "sd/")
    _, outputs, inputs, kernel, _ = state["weight"].shape
    conv = ModulatedConv2d(inputs, outputs, kernel, 48, **settings)
    conv.load_state_dict(state, strict=True)
    x, style = arrays["in/x"], arrays["in/style"]
    assert gap(conv.modulation(style), arrays["out/modulation"]) < 5e-6
    assert gap(conv(x, style), arrays["out/y"]) < 1e-5
    assert gap(conv(x[:1], style[:1]), arrays["out/y"][:1]) < 1e-5
