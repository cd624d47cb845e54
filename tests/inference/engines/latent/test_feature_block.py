# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fast ways to the feature map give the network's own map."""

from itertools import islice

import pytest
import torch
from pastiche.inference.engines.latent.feature_block import SplitBlock, WholeBlock, feature_block
from pastiche.inference.engines.latent.pixel_grid import Area
from pastiche.inference.engines.latent.winograd import WinogradConv
from pastiche.vendor.stylegan2_ada.generator import Generator
from pastiche.vendor.stylegan2_ada.shape import GeneratorShape, MappingShape

AREAS = [Area(0, 9, 0, 9), Area(119, 128, 119, 128), Area(40, 51, 3, 10), Area(63, 64, 64, 65), Area(0, 128, 0, 128)]


def make(**changes):
    torch.manual_seed(6)
    shape = GeneratorShape(MappingShape(16, 16, 12, num_layers=2), (12,) * 6, conv_clamp=2.0, **changes)
    generator = Generator(shape).requires_grad_(False)
    for name, parameter in generator.named_parameters():
        if "noise_strength" in name or name.endswith("bias"):
            parameter.data.add_(0.2)
    return generator, torch.randn(1, 12, 16)


def own_map(generator, ws):
    return next(islice(generator.synthesis.features(ws), 5, None))[1][0].permute(1, 2, 0)


@pytest.mark.parametrize("changes", [{}, {"use_noise": False}, {"resample_filter": (1, 2, 4, 3)}])
def test_fixed_and_moving_layers_together_are_the_network(changes):
    generator, ws = make(**changes)
    block = feature_block(generator, ws)
    assert isinstance(block, SplitBlock)
    expected = own_map(generator, ws)
    torch.testing.assert_close(block(ws[:, :6]).whole(), expected, rtol=1e-4, atol=1e-4)
    for area in AREAS:
        part = block(ws[:, :6]).patch(area)
        torch.testing.assert_close(
            part, expected[area.top : area.bottom, area.left : area.right], rtol=1e-4, atol=1e-4
        )


def test_parts_of_a_narrow_map_are_those_of_the_whole():
    generator, ws = make(is_narrow=True)
    block = feature_block(generator, ws)
    expected = own_map(generator, ws)
    assert expected.shape[:2] == block.size == (128, 64)
    for area in (Area(0, 9, 55, 64), Area(100, 128, 0, 7)):
        part = block(ws[:, :6]).patch(area)
        torch.testing.assert_close(
            part, expected[area.top : area.bottom, area.left : area.right], rtol=1e-4, atol=1e-4
        )


@pytest.mark.parametrize("way", ["parts", "whole", "network"])
def test_gradients_of_parts_reach_the_rows(way):
    generator, ws = make()
    rows = ws[:, :6].clone().requires_grad_()
    pulls = [(area, torch.randn(area.bottom - area.top, area.right - area.left, 12)) for area in AREAS[:3]]
    expected = sum(
        (own_map(generator, torch.cat([rows, ws[:, 6:]], 1))[a.top : a.bottom, a.left : a.right] * pull).sum()
        for a, pull in pulls
    )
    (expected,) = torch.autograd.grad(expected, rows)
    block = WholeBlock(generator, ws) if way == "network" else SplitBlock(generator, ws)
    features = block(rows)
    if way == "whole":
        features.whole()
    for area, _ in pulls:
        features.patch(area)
    features.backward(pulls)
    torch.testing.assert_close(rows.grad, expected, rtol=1e-3, atol=1e-4 * float(expected.abs().max()))


def test_a_gradient_everywhere_adds_to_that_of_parts():
    generator, ws = make()
    block, area, pull = SplitBlock(generator, ws), AREAS[2], torch.ones(11, 7, 12)
    grads = []
    ones = torch.ones(128, 128, 12)
    for pulls, everywhere in (([(area, pull)], None), ([], ones), ([(area, pull)], ones)):
        rows = ws[:, :6].clone().requires_grad_()
        features = block(rows)
        features.whole()
        features.backward(pulls, everywhere)
        grads.append(rows.grad)
    torch.testing.assert_close(grads[0] + grads[1], grads[2], rtol=1e-3, atol=1e-4 * float(grads[2].abs().max()))


def test_winograd_is_the_plain_convolution_and_its_gradient():
    torch.manual_seed(1)
    weight, x = torch.randn(8, 6, 3, 3), torch.randn(1, 6, 24, 40, requires_grad=True)
    found, expected = WinogradConv(weight)(x), torch.nn.functional.conv2d(x, weight, padding=1)
    torch.testing.assert_close(found, expected, rtol=0, atol=5e-5 * float(expected.detach().abs().max()))
    pull = torch.randn_like(expected)
    grads = [torch.autograd.grad(y, x, pull)[0] for y in (found, expected)]
    torch.testing.assert_close(*grads, rtol=0, atol=5e-5 * float(grads[1].abs().max()))


def test_winograd_is_used_where_it_pays():
    wide = torch.zeros(256, 256, 3, 3)
    assert WinogradConv.suits(wide, (64, 32))
    assert not WinogradConv.suits(wide, (16, 16))
    assert not WinogradConv.suits(wide, (64, 34))
    assert not WinogradConv.suits(wide[:128], (64, 64))
