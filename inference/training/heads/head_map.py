# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The outside of the head as a map over directions from the middle of the skull, as on a globe.

It tells how far the mean head reaches in a direction, so that hair stays outside, and carries hair from the mean head
to another one. Not for: the inside of mouth and ears.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from .anatomy import SKIN, Anatomy

CENTER = (0.0, 0.12, -0.62)
ROWS, TURNS = 48, 96
BLUR = 0.07  # radians


class HeadMap:
    """The map of an anatomy's mean head."""

    def __init__(self, anatomy: Anatomy) -> None:
        device = anatomy.device
        self.center = torch.tensor(CENTER, device=device)
        count = len(anatomy.vertices)
        is_skin = torch.zeros(anatomy.finer.shape[0], dtype=torch.bool, device=device)
        is_skin[anatomy.quads[anatomy.parts == SKIN].reshape(-1)] = True
        mean = anatomy.mean
        away = mean - self.center
        reach = away.norm(dim=-1)
        direction = F.normalize(away, dim=-1)
        cosine = direction @ direction.T
        near = is_skin[:count] & (mean[:, 0].abs() < 0.74) & (mean[:, 1] > -3)
        farthest = torch.where((cosine > math.cos(0.12)) & near, reach, reach.new_zeros(())).amax(1)
        near &= reach > 0.94 * farthest
        self.vertices = torch.nonzero(near).squeeze(1)
        cells = self._cell_directions(device)
        weights = torch.exp(((cells @ direction[self.vertices].T) - 1) / BLUR**2) + 1e-12
        self._weights = weights / weights.sum(1, keepdim=True)  # (cells, vertices)
        radius = self._weights @ reach[self.vertices]
        self.radius = radius.view(1, 1, ROWS, TURNS)

    def keep_off(self, points: Tensor, thickness: Tensor) -> Tensor:
        """Points (B, ..., 3) moved outwards until they are `thickness` (B, ...) above the mean head."""
        away = points - self.center
        distance = away.norm(dim=-1)
        least = self._read(self.radius, points)[..., 0] + thickness
        return self.center + away * (torch.maximum(distance, least) / distance)[..., None]

    def outward(self, points: Tensor) -> Tensor:
        """Unit vectors away from the middle of the skull, level below it, so that long hair hangs flat."""
        away = points - self.center
        level = torch.sigmoid(away[..., 1:2] * 6 + 1.5)
        return F.normalize(away * torch.cat((torch.ones_like(level), level, torch.ones_like(level)), -1), dim=-1)

    def carry(self, points: Tensor, moved: Tensor) -> Tensor:
        """Points (B, N, 3) beside the mean head to where they are on others, whose coarse vertices are (B, V, 3)."""
        offsets = torch.einsum("cv,bvd->bdc", self._weights, moved[:, self.vertices])
        offsets = offsets.reshape(len(moved), 3, ROWS, TURNS)
        return points + self._read(offsets, points)

    def _read(self, cells: Tensor, points: Tensor) -> Tensor:
        """Maps (1 or B, C, ROWS, TURNS) at points (B, ..., 3): (B, ..., C)."""
        away = F.normalize(points - self.center, dim=-1)
        turn = torch.atan2(away[..., 0], away[..., 2]) / (2 * math.pi) + 0.5  # the seam is at the back
        row = torch.acos(away[..., 1].clamp(-1, 1)) / math.pi
        padded = F.pad(cells, (1, 1, 0, 0), "circular")
        at = torch.stack((2 * (turn * TURNS + 1) / (TURNS + 2) - 1, 2 * row - 1), -1)
        flat = at.reshape(len(points), -1, 1, 2)
        found = F.grid_sample(padded.expand(len(points), -1, -1, -1), flat, padding_mode="border", align_corners=False)
        return found[..., 0].transpose(1, 2).reshape(*points.shape[:-1], -1)

    @staticmethod
    def _cell_directions(device: torch.device) -> Tensor:
        row = (torch.arange(ROWS, device=device) + 0.5) / ROWS * math.pi
        turn = ((torch.arange(TURNS, device=device) + 0.5) / TURNS - 0.5) * 2 * math.pi
        x = row.sin()[:, None] * turn.sin()
        z = row.sin()[:, None] * turn.cos()
        return torch.stack((x, row.cos()[:, None].expand_as(x), z), -1).view(-1, 3)
