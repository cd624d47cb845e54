# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Places of an enlarged map are those of the map enlarged as a whole."""

import pytest
import torch
import torch.nn.functional as F
from pastiche.inference.engines.latent.mask_loss import ExactMaskLoss, FastMaskLoss
from pastiche.inference.engines.latent.motion import disc, motion_loss
from pastiche.inference.engines.latent.pixel_grid import PixelGrid
from pastiche.inference.engines.latent.tracking import feature_at, track

SIZES = [((96, 96), (24, 24)), ((96, 48), (24, 12)), ((30, 30), (44, 44)), ((24, 24), (24, 24)), ((50, 50), (19, 19))]


@pytest.fixture(params=SIZES, ids=str)
def case(request):
    picture, features = request.param
    torch.manual_seed(0)
    small = torch.randn(*features, 5)
    large = F.interpolate(small.permute(2, 0, 1)[None], list(picture), mode="bilinear")[0].permute(1, 2, 0)
    return PixelGrid(picture, features), small, large


def cut(small, area):
    return small[area.top : area.bottom, area.left : area.right]


def test_a_window_is_that_of_the_enlarged_map(case):
    grid, small, large = case
    for y, x in ((0, 0), (11, 20), (grid.height - 1, grid.width - 1)):
        area = grid.area(y, x, 4)
        rows = slice(max(y - 4, 0), min(y + 5, grid.height))
        columns = slice(max(x - 4, 0), min(x + 5, grid.width))
        found = grid.window(cut(small, area), area, rows, columns)
        torch.testing.assert_close(found, large[rows, columns], rtol=1e-4, atol=1e-5)


def test_a_sample_between_pixels_is_that_of_the_enlarged_map_with_zeros_around(case):
    grid, small, large = case
    area = grid.area(grid.height // 2, grid.width // 2, 100)
    y, x = torch.rand(50) * (grid.height + 1) - 1, torch.rand(50) * (grid.width + 1) - 1
    where = torch.stack([x / (grid.width - 1), y / (grid.height - 1)], 1) * 2 - 1
    expected = F.grid_sample(large.permute(2, 0, 1)[None], where[None, None], align_corners=True)[0, :, 0].T
    torch.testing.assert_close(grid.sample(cut(small, area), area, y, x), expected, rtol=1e-4, atol=1e-4)


def test_tracking_finds_the_nearest_feature_in_its_square(case):
    grid, small, large = case
    point, radius = (grid.height // 2, grid.width // 2), 5
    area = grid.area(*point, radius + 2)
    goal = (point[0] + 3, point[1] - 4)
    found, distance = track(grid, cut(small, area), area, point, large[goal], radius)
    assert distance < 1e-4
    assert torch.allclose(large[found], large[goal], atol=1e-4)
    outside = (point[0], point[1] + radius + 1)
    found, _ = track(grid, cut(small, area), area, point, large[outside], radius)
    assert max(abs(found[0] - point[0]), abs(found[1] - point[1])) <= radius
    assert torch.allclose(feature_at(grid, cut(small, area), area, point), large[point], atol=1e-5)


def test_of_equal_features_the_first_row_by_row_is_taken():
    grid, small = PixelGrid((16, 16), (16, 16)), torch.zeros(16, 16, 3)
    area = grid.area(8, 8, 5)
    assert track(grid, cut(small, area), area, (8, 8), torch.zeros(3), 3)[0] == (5, 5)


def test_the_faithful_disc_is_shifted_and_ours_is_not():
    ours, theirs = (disc((200, 200), 3, (256, 256), is_faithful).float().mean(0) for is_faithful in (False, True))
    assert ours.tolist() == [200, 200]
    assert (theirs < 200).all()


def test_motion_supervision_pulls_only_what_lies_ahead():
    grid, small = PixelGrid((32, 32), (32, 32)), torch.randn(32, 32, 4)
    area = grid.area(16, 16, 8)
    patch = cut(small, area).clone().requires_grad_()
    loss = motion_loss(grid, patch, area, (16, 16), (16, 28), disc((16, 16), 1, (32, 32), False))
    loss.backward()
    here, ahead = small[16, 16], small[16, 17]
    assert float(loss.detach()) == pytest.approx(float((here - ahead).abs().mean()), rel=1e-4)
    touched = patch.grad.abs().sum(2) > 1e-6
    assert touched.nonzero().tolist() == [[16 - area.top, 17 - area.left]]


@pytest.mark.parametrize("kind", ["exact", "fast"])
def test_the_mask_terms_gradient_is_that_of_its_value(kind):
    torch.manual_seed(2)
    grid, mask = PixelGrid((24, 24), (8, 8)), (torch.rand(24, 24) > 0.4).float()
    term = ExactMaskLoss(mask) if kind == "exact" else FastMaskLoss(grid, mask)
    change = torch.randn(8, 8, 20)
    value, gradient = term(change)
    step = 1e-4 * torch.randn(8, 8, 20)
    expected = float(term(change + step)[0].double() - term(change - step)[0].double()) / 2
    assert float((gradient * step).sum()) == pytest.approx(expected, rel=0.05, abs=1e-8)


def test_the_exact_mask_term_is_the_published_one():
    mask, before, after = (torch.rand(24, 24) > 0.4).float(), torch.randn(1, 20, 8, 8), torch.randn(1, 20, 8, 8)
    large = [F.interpolate(x, [24, 24], mode="bilinear") * mask for x in (before, after)]
    found, _ = ExactMaskLoss(mask)((after - before)[0].permute(1, 2, 0))
    assert float(found) == pytest.approx(float((large[1] - large[0]).abs().mean()), rel=1e-5)


def test_the_fast_mask_term_equals_the_exact_one_for_a_change_of_one_sign_and_bounds_it_else():
    grid, mask = PixelGrid((24, 24), (8, 8)), (torch.rand(24, 24) > 0.4).float()
    exact, fast = ExactMaskLoss(mask), FastMaskLoss(grid, mask)
    change = torch.rand(8, 8, 5)
    assert float(fast(change)[0]) == pytest.approx(float(exact(change)[0]), rel=1e-5)
    change = torch.randn(8, 8, 5)
    assert float(fast(change)[0]) > float(exact(change)[0])
    assert float(fast(change * 0)[0]) == float(exact(change * 0)[0]) == 0
