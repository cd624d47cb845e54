# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a stylized picture is told by, on features made up, and the bookkeeping of searches."""

import math

import pytest

torch = pytest.importorskip("torch", reason="training needs torch")

from pastiche.inference.engines.latent.perceptual import open_perceptual  # noqa: E402
from pastiche.inference.training.dualstylegan import style_losses as losses  # noqa: E402
from pastiche.inference.training.dualstylegan.code_search import CodeSearch, Rounds, unlikeness  # noqa: E402
from pastiche.vendor.stylegan2.shape import GeneratorShape  # noqa: E402


@pytest.fixture
def features():
    torch.manual_seed(0)
    return torch.randn(2, 16, 6, 6)


def contextual_of_the_formula(made, wanted):
    """Mechrez et al. 2018, in loops; row i is a place of the picture made, row j one of the picture wanted."""
    center, total = wanted.mean((0, 2, 3)), 0.0
    for x, y in zip(made, wanted, strict=True):
        x, y = ((each.flatten(1).T - center) for each in (x, y))
        x, y = (each / each.norm(dim=1, keepdim=True) for each in (x, y))
        best = torch.zeros(len(y))
        for row in x:
            far = 1 - y @ row
            weight = torch.exp((1 - far / (far.min() + 1e-5)) / 0.2)
            best = torch.maximum(best, weight / weight.sum())
        total += -math.log(float(best.mean()) + 1e-5)
    return total / len(made)


def test_the_contextual_loss_is_that_of_the_formula(features):
    other = torch.randn_like(features)
    assert float(losses.contextual(other, features)) == pytest.approx(contextual_of_the_formula(other, features), 1e-4)


def test_the_contextual_loss_does_not_ask_where(features):
    moved = features.flatten(2)[:, :, torch.randperm(36)].view_as(features)
    assert float(losses.contextual(features, features)) < 0.01
    assert torch.allclose(losses.contextual(moved, features), losses.contextual(features, features), atol=1e-5)
    assert losses.contextual(torch.randn_like(features), features) > 1


def test_matching_asks_for_means_alone_and_likeness_for_places(features):
    levels = [features, 2 * features, features[..., :4, :4]]
    moved = [level.flip(3) for level in levels]
    assert float(losses.matching(moved, levels)) < 1e-9 < 0.1 < float(losses.perceptual(moved, levels))
    shifted = [level + 1 for level in levels]
    assert float(losses.matching(shifted, levels)) == pytest.approx(2.0, 1e-4)
    assert float(losses.perceptual(shifted, levels)) == pytest.approx(1.5, 1e-4)


def test_a_person_is_the_same_at_zero_and_opposite_at_two():
    someone = torch.nn.functional.normalize(torch.randn(3, 8), dim=1)
    assert float(losses.another_person(someone, someone)) == pytest.approx(0.0, abs=1e-6)
    assert float(losses.another_person(-someone, someone)) == pytest.approx(2.0)


def test_the_size_of_residual_blocks_is_a_sum_of_norms_and_zeros_have_gradients():
    layer = torch.nn.Linear(2, 1)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[3.0, 4.0]]))
        layer.bias.zero_()
    size = losses.size_of([layer])
    assert float(size.detach()) == 5.0
    size.backward()
    assert torch.isfinite(layer.bias.grad).all()


def test_groups_take_their_turns_and_the_last_is_filled_up():
    rounds = Rounds(count=5, group=2, length=3)
    assert rounds.steps == 9
    assert [rounds.at(index) for index in (0, 2, 3, 8)] == [([0, 1], 0), ([0, 1], 2), ([2, 3], 0), ([4, 4], 2)]


def test_pictures_of_a_group_are_searched_as_if_alone():
    torch.manual_seed(1)
    wanted, perceptual = torch.rand(3, 3, 16, 16), open_perceptual("")
    together = torch.rand(3, 3, 16, 16, requires_grad=True)
    unlikeness(perceptual, together, wanted).backward()
    alone = together.detach()[1:2].clone().requires_grad_()
    unlikeness(perceptual, alone, wanted[1:2]).backward()
    assert torch.allclose(together.grad[1:2], alone.grad, atol=1e-7)


def test_a_search_keeps_its_noise_normal_and_its_parts_at_their_own_rates():
    torch.manual_seed(2)
    search = CodeSearch(GeneratorShape((8, 8), 4, 1), 2, 1, (0.5, 0.0, 0.1), torch.device("cpu"))
    start = torch.randn(2, 4, 4)
    search.begin(start)
    search.descend(search.code.square().sum() + sum((noise - 3).square().sum() for noise in search.noise))
    assert not torch.equal(search.code[:, :1], start[:, :1]) and torch.equal(search.code[:, 1:], start[:, 1:])
    for noise in search.noise:
        assert torch.allclose(noise.mean((1, 2, 3)), torch.zeros(2), atol=1e-5)
        assert torch.allclose(noise.std((1, 2, 3)), torch.ones(2), atol=1e-5)
