# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes of pictures before they are judged."""

import math

import pytest

torch = pytest.importorskip("torch", reason="training needs torch")

from pastiche.inference.training.stylegan2.augment import (  # noqa: E402
    SYM6,
    AdaptiveAugment,
    _colors,
    _moves,
    moved,
    recolored,
)


@pytest.fixture
def pictures():
    torch.manual_seed(0)
    coarse = torch.rand(3, 3, 6, 6) * 2 - 1
    return torch.nn.functional.interpolate(coarse, size=(32, 32), mode="bicubic").clamp(-1, 1)


def move(*rows):
    return torch.tensor([[*rows[:3]], [*rows[3:]], [0.0, 0.0, 1.0]]).expand(3, 3, 3)


def test_the_filter_is_orthogonal_to_its_shifts_and_keeps_the_mean():
    taps = torch.tensor(SYM6, dtype=torch.float64)
    assert math.isclose(float(taps.sum()), math.sqrt(2), rel_tol=1e-9)
    for shift in range(6):
        product = float((taps[2 * shift :] * taps[: len(taps) - 2 * shift]).sum())
        assert math.isclose(product, float(shift == 0), abs_tol=1e-9)


def test_pictures_that_do_not_move_stay_exactly(pictures):
    still = moved(pictures, move(1, 0, 0, 0, 1, 0))
    assert still.shape == pictures.shape
    assert torch.allclose(still, pictures, atol=1e-5)


def test_moves_are_those_of_the_plane(pictures):
    """Nearly: the filter is not quite symmetric."""

    def near(made, wanted):
        return float((made - wanted).square().mean().sqrt()) < 0.02 * float(wanted.std())

    assert near(moved(pictures, move(-1, 0, 0, 0, 1, 0)), pictures.flip(3))
    inside = (slice(None), slice(None), slice(4, -4), slice(4, -4))
    turned = moved(pictures, move(0, -1, 0, 1, 0, 0))
    assert near(turned[inside], pictures.rot90(1, (2, 3))[inside])
    assert not near(turned[inside], pictures.rot90(-1, (2, 3))[inside])
    shifted = moved(pictures, move(1, 0, 2 * 4 / 32, 0, 1, 0))  # four pixels
    assert near(shifted[..., 4:-8], pictures[..., 8:-4])


def test_beyond_the_border_the_picture_is_mirrored(pictures):
    small = moved(pictures, move(1.5, 0, 0, 0, 1.5, 0))
    assert torch.isfinite(small).all()
    assert small[..., :3, :].abs().mean() > 0.1  # not the black of nothing


def test_colors_keep_gray_gray_where_only_hue_and_saturation_change():
    torch.manual_seed(1)
    gray = torch.linspace(-1, 1, 16).expand(64, 3, 16)[..., None]
    changed = recolored(gray, _colors(64, 1.0))
    assert (changed - changed.mean(1, keepdim=True)).abs().max() < 1e-4
    assert (changed - gray).abs().max() > 0.1  # light and contrast do change


def test_at_no_chance_nothing_changes_and_at_full_chance_most_does(pictures):
    assert torch.equal(AdaptiveAugment(0.0)(pictures), pictures)
    torch.manual_seed(2)
    assert (AdaptiveAugment(1.0)(pictures) - pictures).abs().mean() > 0.1
    still = torch.eye(3).expand(500, 3, 3)
    moves, half = _moves(500, 0.0), _moves(500, 0.1)
    assert torch.equal(moves, still)
    share = float((half != still).flatten(1).any(1).float().mean())
    assert 0.3 < share < 0.7  # of ten dice at a tenth, one of them only half of the time


def test_the_chance_follows_the_scores_and_survives_an_interruption():
    augment = AdaptiveAugment()
    for _ in range(16):
        augment.hear(torch.full((100, 1), 2.0))
    assert math.isclose(augment.chance, 1600 / 500_000)
    for _ in range(4):
        augment.hear(torch.full((100, 1), -2.0))
    again = AdaptiveAugment()
    again.load_state_dict(augment.state_dict())
    for each in (augment, again):
        for _ in range(4):
            each.hear(torch.full((100, 1), -2.0))
    assert augment.chance == again.chance == pytest.approx(800 / 500_000)


def test_the_gradient_passes(pictures):
    torch.manual_seed(3)
    leaf = pictures.clone().requires_grad_()
    AdaptiveAugment(1.0)(leaf).square().mean().backward()
    assert torch.isfinite(leaf.grad).all() and leaf.grad.abs().max() > 0
