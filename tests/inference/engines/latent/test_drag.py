# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for edits of networks of our own, of random weights."""

import math
from itertools import islice

import pytest
import torch
from pastiche.bridge.errors import InputError
from pastiche.inference.engines.latent.drag import Drag, DragSettings
from pastiche.inference.engines.latent.pixel_grid import Area, PixelGrid
from pastiche.inference.engines.latent.tracking import feature_at, track
from pastiche.vendor.stylegan2_ada.generator import Generator as StyleGAN2
from pastiche.vendor.stylegan2_ada.shape import GeneratorShape as StyleGAN2Shape
from pastiche.vendor.stylegan2_ada.shape import MappingShape
from pastiche.vendor.stylegan3.fourier_input import moved
from pastiche.vendor.stylegan3.generator import Generator as StyleGAN3
from pastiche.vendor.stylegan3.shape import GeneratorShape as StyleGAN3Shape


def make(**changes):
    torch.manual_seed(3)
    shape = StyleGAN2Shape(MappingShape(16, 16, 12, num_layers=2), (12,) * 6, **changes)
    return StyleGAN2(shape).requires_grad_(False)


@pytest.fixture
def generator():
    return make()


def latent(generator, seed=0):
    z = torch.randn(1, 16, generator=torch.Generator().manual_seed(seed))
    return generator.mapping(z, psi=0.7)


def mask_around(point, radius, size=128):
    y, x = torch.meshgrid(torch.arange(size), torch.arange(size), indexing="ij")
    return ((y - point[0]) ** 2 + (x - point[1]) ** 2 > radius**2).float()


def test_a_point_comes_closer_to_its_target(generator):
    drag = Drag(generator, latent(generator, seed=1), DragSettings(step_size=0.005))
    drag.set_points([(60, 60)], [(60, 72)])
    first, *_, last = (drag.step() for _ in range(12))
    assert last.distances[0] < first.distances[0] / 2


def test_rows_from_the_seventh_on_never_move(generator):
    start = latent(generator)
    drag = Drag(generator, start, DragSettings(step_size=0.02))
    drag.set_points([(60, 60)], [(60, 72)])
    for _ in range(3):
        drag.step()
    assert torch.equal(drag.latent[:, 6:], start[:, 6:])
    assert (drag.latent[:, :6] != start[:, :6]).all()
    assert torch.equal(drag.start, start)


def test_in_w_the_six_rows_stay_alike(generator):
    drag = Drag(generator, latent(generator), DragSettings(step_size=0.02, is_per_row=False))
    drag.set_points([(60, 60)], [(60, 72)])
    drag.step()
    assert torch.equal(drag.latent[:, :6], drag.latent[:, :1].expand(-1, 6, -1))


def test_a_mask_keeps_the_rest_of_the_picture_more_alike(generator):
    changes = []
    for mask in (None, mask_around((60, 66), 20)):
        drag = Drag(generator, latent(generator), DragSettings(step_size=0.01))
        drag.set_points([(60, 60)], [(60, 72)])
        drag.set_mask(mask)
        for _ in range(8):
            drag.step()
        difference = (generator.synthesis(drag.latent) - generator.synthesis(drag.start)).abs()
        changes.append(float((difference * mask_around((60, 66), 20)).mean()))
    assert changes[1] < changes[0]


def test_the_first_step_does_not_feel_the_mask(generator):
    found = []
    for mask in (None, mask_around((60, 60), 10)):
        drag = Drag(generator, latent(generator))
        drag.set_points([(60, 60)], [(60, 72)])
        drag.set_mask(mask)
        drag.step()
        found.append(drag.latent)
    torch.testing.assert_close(*found, rtol=0, atol=1e-6)


def test_a_mask_painted_later_holds_the_picture_the_points_were_set_on(generator):
    drag = Drag(generator, latent(generator), DragSettings(step_size=0.02))
    drag.set_points([(60, 60)], [(60, 72)])
    drag.step()
    drag.set_mask(mask_around((60, 60), 10))
    drag.step()
    fresh = Drag(generator, latent(generator))
    fresh.set_points([(60, 60)], [(60, 72)])
    fresh.set_mask(mask_around((60, 60), 10))
    fresh.step()
    assert torch.equal(drag.map_before, fresh.map_before)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_an_empty_and_a_full_mask_are_none(generator, value):
    drag = Drag(generator, latent(generator))
    drag.set_mask(torch.full((128, 128), value))
    assert drag.mask_loss is None


def test_arrived_points_move_nothing(generator):
    drag = Drag(generator, latent(generator))
    drag.set_points([(60, 60), (80, 80)], [(61, 60), (80, 80)])
    step = drag.step()
    assert step.is_finished and math.isnan(step.loss)
    assert torch.equal(drag.latent, drag.start)


def test_changing_targets_keeps_the_references_and_another_point_renews_them(generator):
    drag = Drag(generator, latent(generator), DragSettings(step_size=0.02))
    drag.set_points([(60, 60)], [(60, 72)])
    drag.step()
    before = drag.references
    drag.set_points(drag.points, [(80, 60)])
    assert drag.references is before
    drag.set_points([*drag.points, (30, 30)], [(80, 60), (30, 40)])
    assert drag.references is None


def test_an_edit_can_be_taken_up_where_it_stood(generator):
    drag = Drag(generator, latent(generator), DragSettings(step_size=0.02))
    drag.set_points([(60, 60)], [(60, 72)])
    drag.step()
    kept = drag.remember()
    twice = []
    for _ in range(2):
        for _ in range(3):
            drag.step()
        twice.append((drag.latent, list(drag.points)))
        drag.recall(kept)
    assert torch.equal(twice[0][0], twice[1][0]) and twice[0][1] == twice[1][1]


def test_many_points_cost_no_more_than_the_whole_map(generator):
    points = [(y, x) for y in range(20, 110, 12) for x in range(20, 110, 12)]
    drag = Drag(generator, latent(generator), DragSettings(step_size=0.01))
    drag.set_points(points, [(y + 6, x) for y, x in points])
    features = drag.block(drag.rows())
    drag._track(features)
    assert features.map is not None and not features.parts
    assert not drag.step().is_finished


def test_narrow_networks_and_those_of_another_architecture_can_be_dragged():
    for changes in ({"is_narrow": True}, {"architecture": "resnet"}, {"activation": "relu"}, {"use_noise": False}):
        generator = make(**changes)
        drag = Drag(generator, latent(generator), DragSettings(step_size=0.02))
        drag.set_points([(60, 30)], [(60, 42)])
        assert drag.step().loss > 0
        assert not torch.equal(drag.latent, drag.start)


def test_a_point_of_stylegan3_lies_where_the_picture_has_it():
    torch.manual_seed(1)
    mapping = MappingShape(16, 16, 16, num_layers=2)
    generator = StyleGAN3(StyleGAN3Shape(mapping, 128, channel_base=1024, channel_max=12)).requires_grad_(False)
    drag = Drag(generator, latent(generator), DragSettings(step_size=0.02))
    assert drag.block.margin == 10
    features = drag.block(drag.rows()).whole()
    rate = features.shape[0] - 20
    for y, x in ((0, 0), (64, 30), (127, 127)):
        at = [round((pixel + 0.5) / 128 * rate + 10 - 0.5) for pixel in (y, x)]
        area = drag._area((y, x))
        assert area.top <= at[0] < area.bottom and area.left <= at[1] < area.right
    drag.set_points([(64, 64)], [(64, 76)])
    assert drag.step().loss > 0


@pytest.mark.parametrize("shift", [(6, 0), (0, -5), (4, 4)])
def test_tracking_follows_a_stylegan3_picture_that_is_moved_by_known_pixels(shift):
    torch.manual_seed(1)
    mapping = MappingShape(16, 16, 16, num_layers=2)
    generator = StyleGAN3(StyleGAN3Shape(mapping, 128, channel_base=1024, channel_max=12)).requires_grad_(False)
    ws = latent(generator)
    move = moved(x=shift[1] / 128, y=shift[0] / 128)
    before, after = (
        next(islice(generator.synthesis.features(ws, transform=transform), 5, None))[1][0].permute(1, 2, 0)
        for transform in (None, move)
    )
    off = []
    for is_cropped in (True, False):
        grid = PixelGrid((128, 128), before.shape[:2], 10 if is_cropped else 0)
        everywhere, found = Area(0, before.shape[0], 0, before.shape[1]), []
        for point in ((40, 40), (64, 90), (90, 50), (75, 70)):
            reference = feature_at(grid, before, everywhere, point)
            where, _ = track(grid, after, everywhere, point, reference, 8)
            found.append(max(abs(where[axis] - point[axis] - shift[axis]) for axis in (0, 1)))
        off.append(sum(found) / len(found))
    assert off[0] <= 0.5 < off[1]


@pytest.mark.parametrize(
    ("points", "targets", "match"),
    [
        ([(128, 0)], [(1, 1)], "outside"),
        ([(0, 0)], [(0, -1)], "outside"),
        ([(0, 0)], [], "1 handle points and 0 targets"),
        ([], [], "0 handle points"),
    ],
)
def test_impossible_points_are_refused(generator, points, targets, match):
    with pytest.raises(InputError, match=match):
        Drag(generator, latent(generator)).set_points(points, targets)


def test_impossible_masks_latents_and_networks_are_refused(generator):
    drag = Drag(generator, latent(generator))
    with pytest.raises(InputError, match="mask is 64 x 128"):
        drag.set_mask(torch.zeros(128, 64))
    with pytest.raises(InputError, match="no points"):
        drag.step()
    with pytest.raises(InputError, match="latent is"):
        Drag(generator, torch.zeros(1, 18, 16))
    small = StyleGAN2(StyleGAN2Shape(MappingShape(16, 16, 10), (8,) * 5))
    with pytest.raises(InputError, match="64 pixels"):
        Drag(small, torch.zeros(1, 10, 16))
