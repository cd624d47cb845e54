# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""One step of dragging in the order of the published program: the baseline of benchmarks/drag.py.

The whole picture is made with gradient, kernels are modulated, every weight asks for its gradient, the feature map is
enlarged to the picture's size, distances are measured over whole pictures. The numbers are those of the recorded runs.
"""

import math

import torch
import torch.nn.functional as F
from pastiche.vendor.stylegan2_ada import modulation
from torch import Tensor


def fused(x: Tensor, weight: Tensor, style: Tensor, enlarging: Tensor | None = None, is_demodulated: bool = True):
    """`modulation.modulated_conv` with the style in the kernel, whatever has a gradient."""
    weight = weight * style[0, :, None, None]
    if is_demodulated:
        weight = weight * (weight.square().sum((1, 2, 3), keepdim=True) + 1e-8).rsqrt()
    return modulation.convolve(x, weight, enlarging)


class PublishedDrag:
    """The same interface as `Drag`, W+ only."""

    def __init__(self, generator, start: Tensor, step_size: float, mask_weight: float = 20.0) -> None:
        self.generator, self.start, self.mask_weight = generator.requires_grad_(True), start, mask_weight
        self.variable = start.clone().requires_grad_()
        self.optimizer = torch.optim.Adam([self.variable], lr=step_size)
        self.size = generator.shape.resolution
        self.mask = self.before = None

    def set_points(self, points, targets) -> None:
        """(y, x) pairs."""
        self.points, self.targets = list(points), list(targets)

    def set_mask(self, mask: Tensor | None) -> None:
        """(H, W), 1 fixed."""
        self.mask = mask

    @property
    def latent(self) -> Tensor:
        """Where the edit stands."""
        return torch.cat([self.variable[:, :6], self.start[:, 6:]], 1).detach()

    def step(self) -> bool:
        """Track, supervise, move; True when all points have arrived."""
        usual, modulation.modulated_conv = modulation.modulated_conv, fused
        try:
            return self._step()
        finally:
            modulation.modulated_conv = usual

    def _step(self) -> bool:
        h = self.size
        ws = torch.cat([self.variable[:, :6], self.start[:, 6:]], 1)
        maps = [x for _, x, self.picture in self.generator.synthesis.pyramid(ws)]
        features = F.interpolate(maps[5], [h, h], mode="bilinear")
        if self.before is None:
            self.before = F.interpolate(maps[5], [h, h], mode="bilinear").detach()
            self.references = [self.before[:, :, y, x].reshape(1, -1, 1, 1) for y, x in self.points]
        self._track(features)
        loss, is_finished = self._loss(features)
        if not is_finished:
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
        (self.picture.detach() * 127.5 + 128).clamp(0, 255).to(torch.uint8)
        return is_finished

    @torch.no_grad()
    def _track(self, features: Tensor) -> None:
        h, radius = self.size, round(12 / 512 * self.size)
        for index, (y, x) in enumerate(self.points):
            top, left, right = max(y - radius, 0), max(x - radius, 0), min(x + radius + 1, h)
            patch = features[:, :, top : y + radius + 1, left:right]
            place = int((patch - self.references[index]).norm(dim=1).flatten().argmin())
            self.points[index] = (top + place // (right - left), left + place % (right - left))

    def _loss(self, features: Tensor) -> tuple[Tensor, bool]:
        h, is_finished, loss = self.size, True, 0.0
        line = torch.linspace(0, h, h)
        grid_y, grid_x = torch.meshgrid(line, line, indexing="ij")
        for (y, x), (ty, tx) in zip(self.points, self.targets, strict=True):
            dy, dx = ty - y, tx - x
            distance = math.hypot(dy, dx)
            is_finished &= distance <= max(2 / 512 * h, 2)
            if distance > 1:
                reach = ((grid_y - y) ** 2 + (grid_x - x) ** 2).sqrt()
                rows, columns = torch.where(reach < round(3 / 512 * h))
                moved = torch.stack([columns + dx / (distance + 1e-7), rows + dy / (distance + 1e-7)], -1)
                moved = (moved / (h - 1) * 2 - 1)[None, None]
                here = features[:, :, rows, columns].detach()
                ahead = F.grid_sample(features, moved.float(), mode="bilinear", align_corners=True)[:, :, 0]
                loss = loss + F.l1_loss(here, ahead)
        if self.mask is not None and self.mask.min() == 0 and self.mask.max() == 1:
            loss = loss + self.mask_weight * F.l1_loss(features * self.mask, self.before * self.mask)
        return loss, is_finished
