# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The random deformation of training."""

import torch
from pastiche.vendor.fomm.equivariance import RandomTransform


def test_a_recorded_transform_acts_as_recorded(recorded):
    arrays = recorded("equivariance")
    points = arrays["control_points"].reshape(-1, 2)
    transform = RandomTransform(arrays["theta"], points, arrays["control_params"].flatten(1))

    def close(actual, name, tolerance):
        torch.testing.assert_close(actual, arrays[name], rtol=0, atol=tolerance)

    close(transform.warp(arrays["kp"]), "warped_kp", 1e-6)
    close(transform.jacobian(arrays["kp"]), "jacobian_at_kp", 1e-5)
    close(transform.warp_frame(arrays["frame"], align_corners=False), "transformed_frame", 1e-5)
    close(transform.warp_frame(arrays["frame"], align_corners=True), "transformed_frame.align1", 1e-5)


def test_the_jacobian_is_the_slope_of_the_warp():
    transform = RandomTransform.draw(2, torch.Generator().manual_seed(3))
    points = torch.rand(2, 6, 2, dtype=torch.float64) - 0.5
    step = 1e-5
    columns = [
        (transform.warp(points + offset) - transform.warp(points - offset)) / (2 * step)
        for offset in (torch.tensor([step, 0.0], dtype=torch.float64), torch.tensor([0.0, step], dtype=torch.float64))
    ]
    torch.testing.assert_close(transform.jacobian(points), torch.stack(columns, -1), rtol=0, atol=1e-6)


def test_no_noise_changes_nothing():
    transform = RandomTransform.draw(1, sigma_affine=0, sigma_tps=0)
    frame = torch.rand(1, 3, 16, 24)
    torch.testing.assert_close(transform.warp_frame(frame, align_corners=True), frame, rtol=0, atol=1e-5)


def test_the_same_seed_draws_the_same_transform():
    first, second = (RandomTransform.draw(2, torch.Generator().manual_seed(7)) for _ in range(2))
    assert torch.equal(first.theta, second.theta) and torch.equal(first.control_params, second.control_params)
