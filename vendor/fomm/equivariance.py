# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The random deformation that training asks the detector to follow (paper, equivariance constraint).

An affine map plus a thin plate spline whose single scalar bends both axes alike, with L1 distances: as published.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from .grids import coordinate_grid


@dataclass(frozen=True)
class RandomTransform:
    """theta: (N, 2, 3), the affine map.   control_points: (P, 2).   control_params: (N, P), the spline's weights."""

    theta: Tensor
    control_points: Tensor
    control_params: Tensor

    @staticmethod
    def draw(
        count: int,
        generator: torch.Generator | None = None,
        sigma_affine: float = 0.05,
        sigma_tps: float = 0.005,
        points_tps: int = 5,
    ) -> "RandomTransform":
        """`count` transforms near the identity; `generator` makes them repeatable."""
        noise = torch.randn(count, 2, 3, generator=generator) * sigma_affine
        points = coordinate_grid(points_tps, points_tps, noise).flatten(0, 1)
        params = torch.randn(count, points_tps**2, generator=generator) * sigma_tps
        return RandomTransform(torch.eye(2, 3) + noise, points, params)

    def warp(self, points: Tensor) -> Tensor:
        """T(z) for (N, P, 2)."""
        theta = self.theta[:, None].to(points)  # (N, 1, 2, 3)
        affine = (theta[..., :2] @ points[..., None])[..., 0] + theta[..., 2]
        distance = (points[:, :, None] - self.control_points.to(points)).abs().sum(-1)  # (N, P, controls)
        spline = distance.square() * torch.log(distance + 1e-6)
        return affine + (spline * self.control_params[:, None].to(points)).sum(-1, keepdim=True)

    def warp_frame(self, frame: Tensor, align_corners: bool) -> Tensor:
        """(N, C, H, W) looked up at T of every pixel, mirrored beyond the border."""
        height, width = frame.shape[-2:]
        grid = coordinate_grid(height, width, frame).flatten(0, 1).expand(len(frame), -1, -1)
        flow = self.warp(grid).unflatten(1, (height, width))
        return F.grid_sample(frame, flow, mode="bilinear", padding_mode="reflection", align_corners=align_corners)

    def jacobian(self, points: Tensor) -> Tensor:
        """dT/dz at (N, P, 2): (N, P, 2, 2), differentiable in `points`."""
        points = points if points.requires_grad else points.detach().requires_grad_()
        warped = self.warp(points)
        rows = [torch.autograd.grad(warped[..., axis].sum(), points, create_graph=True)[0] for axis in (0, 1)]
        return torch.stack(rows, -2)
