# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shapes and properties of the plain networks, on small models of random weights."""

import pytest
import torch
from pastiche.vendor.fomm.configurations import (
    DetectorConfiguration,
    DiscriminatorConfiguration,
    GeneratorConfiguration,
)
from pastiche.vendor.fomm.dense_motion import sparse_motions
from pastiche.vendor.fomm.discriminator import MultiScaleDiscriminator
from pastiche.vendor.fomm.generator import OcclusionAwareGenerator
from pastiche.vendor.fomm.grids import coordinate_grid, gaussian_heatmaps, sample
from pastiche.vendor.fomm.keypoint_detector import KeypointDetector, Keypoints
from pastiche.vendor.fomm.keypoint_motion import hull_area, movement_scale, transfer


def keypoints_of(*points, jacobian=None):
    value = torch.tensor([points])
    return Keypoints(value, torch.eye(2).expand(1, len(points), 2, 2) if jacobian is None else jacobian)


def test_an_untrained_detector_answers_identity_jacobians():
    torch.manual_seed(0)
    detector = KeypointDetector(
        DetectorConfiguration(num_kp=3, block_expansion=8, max_features=16, num_blocks=2)
    ).eval()
    found = detector(torch.rand(2, 3, 64, 64))
    assert found.value.shape == (2, 3, 2)
    torch.testing.assert_close(found.jacobian, torch.eye(2).expand(2, 3, 2, 2), rtol=0, atol=1e-5)


def test_keypoints_lie_inside_the_picture(small_networks, pictures):
    value = small_networks[0](pictures).value
    assert value.abs().max() <= 1
    assert value.std() > 0.01


def test_keypoints_follow_a_shifted_picture(small_networks):
    """The detector is convolutional: 32 pixels (one period of its coarsest level) further is 32 pixels further."""
    detector, _ = small_networks
    picture = torch.zeros(1, 3, 256, 256)
    picture[..., 96:128, 96:128] = torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(4))
    shifted = picture.roll(32, dims=-1)
    logits = [detector.kp(detector.predictor(detector.down(image))) for image in (picture, shifted)]
    torch.testing.assert_close(logits[1][..., 20:40, 24:44], logits[0][..., 20:40, 16:36], rtol=0, atol=1e-3)
    assert (logits[1] - logits[0]).abs().max() > 0.1


def test_equal_keypoints_leave_the_flow_still(small_networks, pictures):
    detector, generator = small_networks
    keypoints = detector(pictures)
    motion = generator(pictures, keypoints, keypoints).motion
    still = coordinate_grid(16, 16, pictures).expand(5, -1, -1, -1)
    torch.testing.assert_close(motion.deformation, still, rtol=0, atol=1e-4)
    torch.testing.assert_close(motion.mask.sum(1), torch.ones(5, 16, 16), rtol=0, atol=1e-5)


def test_a_common_shift_of_all_keypoints_shifts_every_candidate():
    source, driving = keypoints_of((0.0, 0.1), (0.4, -0.2)), keypoints_of((0.2, 0.1), (0.6, -0.2))
    motions = sparse_motions(driving, source, 5, 7)
    still = coordinate_grid(5, 7, source.value)
    torch.testing.assert_close(motions[0, 0], still)
    for index in (1, 2):
        torch.testing.assert_close(motions[0, index], still - torch.tensor([0.2, 0.0]))


def test_a_driver_turned_by_an_angle_turns_the_source_back():
    turn = torch.tensor([[0.0, -1.0], [1.0, 0.0]])
    source = keypoints_of((0.0, 0.0))
    driving = keypoints_of((0.0, 0.0), jacobian=turn[None, None])
    motions = sparse_motions(driving, source, 9, 9)[0, 1]
    torch.testing.assert_close(motions, coordinate_grid(9, 9, turn) @ turn, rtol=0, atol=1e-6)


def test_the_identity_flow_is_the_identity_only_with_aligned_corners():
    image = torch.rand(1, 3, 16, 16)
    still = coordinate_grid(16, 16, image)[None]
    torch.testing.assert_close(sample(image, still, align_corners=True), image, rtol=0, atol=1e-5)
    assert (sample(image, still, align_corners=False) - image).abs().mean() > 0.01


def test_a_gaussian_peaks_at_its_point():
    heatmap = gaussian_heatmaps(torch.tensor([[[0.5, -1.0]]]), 5, 9, 0.01)[0, 0]
    assert heatmap.argmax() == 6  # x 0.5 is column 6 of 9, y -1 is row 0
    assert heatmap.max() == 1


def test_relative_motion_starts_at_the_source(small_networks, pictures):
    detector, _ = small_networks
    source, driving = detector(pictures[:1]), detector(pictures[1:])
    moved = transfer(source, driving, driving.frames(0), adapt_movement_scale=True)
    torch.testing.assert_close(moved.value[:1], source.value)
    torch.testing.assert_close(moved.jacobian[:1], source.jacobian, rtol=0, atol=1e-4)
    assert transfer(source, driving, driving.frames(0), relative_movement=False) is driving


def test_a_driver_twice_as_large_moves_half_as_far():
    source = keypoints_of((0.0, 0.0), (0.2, 0.0), (0.0, 0.2), (0.2, 0.2))
    initial = Keypoints(source.value * 2, source.jacobian)
    driving = Keypoints(initial.value + 0.1, source.jacobian)
    moved = transfer(source, driving, initial, adapt_movement_scale=True)
    torch.testing.assert_close(moved.value, source.value + 0.05)


def test_a_hull_ignores_what_lies_inside():
    square = torch.tensor([[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 2.0], [1.0, 1.0], [0.5, 0.2], [2.0, 1.0]])
    assert hull_area(square) == pytest.approx(4)


def test_keypoints_on_a_line_do_not_rescale():
    line = keypoints_of((0.0, 0.0), (0.1, 0.1), (0.2, 0.2))
    assert movement_scale(line, keypoints_of((0.0, 0.0), (1.0, 0.0), (0.0, 1.0))) == 1


def test_a_model_without_jacobians_moves_points_only():
    source, driving = Keypoints(torch.zeros(1, 2, 2)), Keypoints(torch.rand(3, 2, 2))
    moved = transfer(source, driving, driving.frames(1))
    assert moved.jacobian is None
    assert sparse_motions(moved, Keypoints(torch.zeros(3, 2, 2)), 4, 4).shape == (3, 3, 4, 4, 2)


def test_other_sizes_run(small_networks):
    detector, generator = small_networks
    pictures = torch.rand(2, 3, 96, 160)
    source, driving = detector(pictures[:1]), detector(pictures[1:])
    assert generator(pictures[:1], driving, source).prediction.shape == (1, 3, 96, 160)


def test_a_size_the_hourglass_cannot_halve_is_named(small_networks):
    with pytest.raises(ValueError, match="divisible by 8"):
        small_networks[0](torch.rand(1, 3, 72, 64))


def test_a_generator_without_motion_only_paints():
    configuration = GeneratorConfiguration(
        block_expansion=8, max_features=16, num_bottleneck_blocks=1, dense_motion=None
    )
    generator = OcclusionAwareGenerator(configuration).eval()
    none = Keypoints(torch.zeros(1, 10, 2))
    result = generator(torch.rand(1, 3, 32, 32), none, none)
    assert result.prediction.shape == (1, 3, 32, 32)
    assert result.motion is None and result.deformed is None


@pytest.mark.parametrize("use_kp", [False, True])
@pytest.mark.parametrize("sn", [False, True])
def test_the_discriminator_judges_every_scale(use_kp, sn):
    configuration = DiscriminatorConfiguration(num_kp=2, scales=(1, 0.5), block_expansion=4, sn=sn, use_kp=use_kp)
    discriminator = MultiScaleDiscriminator(configuration)
    pyramid = {1: torch.rand(2, 3, 128, 128), 0.5: torch.rand(2, 3, 64, 64), 0.25: torch.rand(2, 3, 32, 32)}
    keypoints = Keypoints(torch.zeros(2, 2, 2, requires_grad=True))
    judged = discriminator(pyramid, keypoints)
    assert list(judged) == [1, 0.5]
    assert [feature.shape[-1] for feature in judged[1].features] == [62, 29, 13, 10]
    assert judged[1].realness.shape == (2, 1, 10, 10)
    judged[1].realness.sum().backward()
    assert keypoints.value.grad is None
    assert any("discs.0-5" in name for name in discriminator.state_dict())
