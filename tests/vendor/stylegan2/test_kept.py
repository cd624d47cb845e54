# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What follows from a weight is made once, and anew whenever the weight is another."""

import copy

import pytest
import torch
from pastiche.vendor.stylegan2.kept import Kept
from pastiche.vendor.stylegan2.layers import ScaledConv2d
from pastiche.vendor.stylegan2.modulation import StyledConv


@pytest.fixture
def counted():
    """A function that squares a weight, and the list of its calls."""
    calls = []

    def of(kept, weight):
        return kept.of(weight, "square", lambda: calls.append(1) or weight.square())

    return of, calls


def test_it_is_made_once_while_the_weight_stays(counted):
    of, calls = counted
    kept, weight = Kept(), torch.nn.Parameter(torch.ones(3))
    with torch.no_grad():
        assert of(kept, weight) is of(kept, weight) and len(calls) == 1


def test_a_weight_that_was_changed_or_replaced_is_looked_at_again(counted):
    of, calls = counted
    kept, weight = Kept(), torch.nn.Parameter(torch.ones(3))
    with torch.no_grad():
        of(kept, weight)
        weight.lerp_(torch.zeros(3), 0.5)
        assert torch.equal(of(kept, weight), torch.full((3,), 0.25))
        assert torch.equal(of(kept, torch.nn.Parameter(torch.full((3,), 3.0))), torch.full((3,), 9.0))
        weight.data = torch.full((3,), 2.0)
        assert torch.equal(of(kept, weight), torch.full((3,), 4.0))


def test_gradients_and_inference_tensors_are_never_served_from_what_is_kept(counted):
    of, calls = counted
    kept, weight = Kept(), torch.nn.Parameter(torch.ones(3))
    with torch.inference_mode():
        of(kept, weight)
        made = torch.ones(3)
        of(kept, made)
        made.mul_(2)
        assert torch.equal(of(kept, made), torch.full((3,), 4.0))
    of(kept, weight).sum().backward()
    assert torch.equal(weight.grad, torch.full((3,), 2.0))


def test_a_gradient_may_pass_what_is_kept_of_a_frozen_weight(counted):
    of, calls = counted
    kept, weight = Kept(), torch.nn.Parameter(torch.full((3,), 2.0), requires_grad=False)
    with torch.inference_mode():
        of(kept, weight)
    x = torch.ones(3, requires_grad=True)
    (x * of(kept, weight)).sum().backward()
    assert len(calls) == 1 and torch.equal(x.grad, torch.full((3,), 4.0))


def test_a_copy_keeps_nothing(counted):
    of, calls = counted
    kept, weight = Kept(), torch.nn.Parameter(torch.ones(3))
    with torch.no_grad():
        of(kept, weight)
        of(copy.deepcopy(kept), weight)
    assert len(calls) == 2


@pytest.mark.parametrize("is_up", [False, True])
@pytest.mark.parametrize("side", [4, 40])
def test_a_layer_draws_the_same_with_and_without_gradients_after_its_weights_moved(is_up, side):
    """Small and large pictures go different ways through a layer, and so do one and two of them."""
    torch.manual_seed(0)
    layer = StyledConv(8, 6, 5, is_up)
    layer.conv.lay_out()
    with torch.no_grad():
        layer.activate.bias.normal_()
        layer.noise.weight.fill_(0.3)
    out = side * (2 if is_up else 1)
    x, style, noise = torch.randn(2, 8, side, side), torch.randn(2, 5), torch.randn(1, 1, out, out)
    for _ in range(2):
        learned = layer(x, style, noise).detach()
        with torch.no_grad():
            one_by_one = torch.cat([layer(x[i : i + 1], style[i : i + 1], noise) for i in (0, 1)])
            assert torch.allclose(layer(x, style, noise), learned, atol=1e-5)
            assert torch.allclose(one_by_one, learned, atol=1e-5)
            layer.conv.weight.add_(torch.randn_like(layer.conv.weight))


def test_a_small_picture_is_convolved_as_a_large_one():
    torch.manual_seed(0)
    conv, x = ScaledConv2d(16, 16, 3), torch.randn(1, 16, 20, 20)
    with torch.no_grad():
        whole = conv(x)  # more numbers than the weight has
        part = conv(x[:, :, :6, :6])
    assert torch.allclose(part[:, :, :5, :5], whole[:, :, :5, :5], atol=1e-5)
