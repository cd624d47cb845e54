# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proportions of drawn people: a smooth warp of space around a head that enlarges eyes, narrows jaws and so on.

Whatever moves through it, skin, hair, glasses or landmarks, stays together, so that pairs of styles are exact. Natural
proportions are those of Proportions(). Not for: how a style is colored.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from .anatomy import Anatomy
from .regions import step


@dataclass(frozen=True)
class Proportions:
    """Factors, 1 natural, and shifts in decimeters."""

    eyes: float = 1.0
    eye_height: float = 1.0  # beside `eyes`
    eye_depth: float = 1.0  # of the eyeball, so that large eyes do not bulge
    eyes_apart: float = 0.0
    eyes_down: float = 0.0
    nose: float = 1.0
    mouth: float = 1.0
    jaw: float = 1.0  # width at the chin
    cheeks: float = 1.0
    cranium: float = 1.0  # height over the eyes
    lower_face: float = 1.0  # height under the eyes
    width: float = 1.0
    ears: float = 1.0
    body: float = 1.0
    iris: float = 1.0
    wide_open: float = 0.0  # of the eyes, 0..1


class Warp:
    """The warp of proportions around the heads of a batch."""

    def __init__(self, anatomy: Anatomy, coarse: Tensor, eyes: Tensor, proportions: Proportions) -> None:
        """coarse: (B, V, 3) vertices at rest.   eyes: (B, 2, 3) centers."""
        self.numbers = proportions
        self.eyes = eyes
        self.mouth = coarse[:, anatomy.places["lips"]].mean(1)
        self.nose = coarse[:, anatomy.places["nose"]]
        self.ears = coarse[:, anatomy.places["ears"]]  # (B, 2, 3)

    def __call__(self, points: Tensor) -> Tensor:
        """Points (B, N, 3) moved."""
        p, n = points, self.numbers
        if n == Proportions():
            return points
        p = self._around(p, self.mouth, 0.42, n.mouth, n.mouth, 0.5 + 0.5 * n.mouth)
        p = self._around(p, self.nose + p.new_tensor((0, 0.06, -0.05)), 0.34, n.nose, 0.35 + 0.65 * n.nose, n.nose)
        for side in range(2):
            p = self._around(p, self.ears[:, side], 0.5, n.ears, n.ears, n.ears)
        sign = torch.sign(self.eyes[:, :, 0])
        grown = []
        for side in range(2):
            center = self.eyes[:, side]
            grown.append(self._eye(p, center, sign[:, side, None]) - p)
        p = p + grown[0] + grown[1]
        return self._skull(p)

    def expression(self, units: Tensor, names: Sequence[str]) -> Tensor:
        """Weights of units (B, U) as a drawn face shows them: its eyes stay open."""
        units = units.clone()
        for side in ("left", "right"):
            shut, slit, wide = (names.index(f"eye-{side}-{name}") for name in ("closure", "slit", "opened-up"))
            units[:, slit] *= 1 - 0.6 * self.numbers.wide_open
            units[:, wide] += self.numbers.wide_open * (1 - units[:, shut]).clamp(0, 1)
        return units

    def eyeballs(self, radii: Tensor) -> tuple[Tensor, Tensor]:
        """Centers (B, 2, 3) and half axes (B, 2, 3) of eyeballs of radii (B, 2)."""
        n = self.numbers
        grown = (n.eyes, n.eyes * n.eye_height, n.eyes * n.eye_depth)
        axes = radii[..., None] * radii.new_tensor([1 + 0.93 * (factor - 1) for factor in grown])  # lids grow less
        return self(self.eyes), axes * axes.new_tensor((n.width, 0.5 + 0.5 * n.lower_face, 1.0))

    def _eye(self, p: Tensor, center: Tensor, sign: Tensor) -> Tensor:
        n = self.numbers
        away = p - center[:, None]
        flat = (away * away.new_tensor((1.0, 1.05, 0.8))).norm(dim=-1, keepdim=True)
        weight = 1 / (1 + (flat / 0.44) ** 4)
        factor = away.new_tensor((n.eyes, n.eyes * n.eye_height, n.eyes * n.eye_depth))
        shift = torch.stack((sign[:, 0] * n.eyes_apart, sign[:, 0] * 0 - n.eyes_down, sign[:, 0] * 0), -1)
        return p + weight * (away * (factor - 1) + shift[:, None])

    def _skull(self, p: Tensor) -> Tensor:
        n = self.numbers
        x, y, z = p.unbind(-1)
        head = step(y, -1.75, -1.2)
        chin = step(-y, 0.15, 1.05) * head
        front = step(z, -1.0, -0.2)
        cheek = torch.exp(-(((y + 0.45) / 0.35) ** 2)) * front
        scale_x = (1 + (n.width - 1) * head) * (1 + (n.jaw - 1) * chin * front) * (1 + (n.cheeks - 1) * cheek)
        above, below = y.clamp(min=0) * (n.cranium - 1), y.clamp(-1.3, 0) * (n.lower_face - 1)
        body = 1 - head
        x = x * scale_x * (1 + (n.body - 1) * body)
        z_center = -0.6
        z = z_center + (z - z_center) * (1 + (n.body - 1) * body) * (1 + (n.cranium - 1) * 0.6 * step(y, -0.4, 0.6))
        y = y + above + below
        y = torch.where(y < -1.3, -1.3 + (y + 1.3) * (0.5 + 0.5 * n.body), y)
        return torch.stack((x, y, z), -1)

    @staticmethod
    def _around(p: Tensor, center: Tensor, reach: float, *factors: float) -> Tensor:
        """Scaled about a center (B, 3), less and less over `reach`."""
        away = p - center[:, None]
        weight = torch.exp(-((away / reach) ** 2).sum(-1, keepdim=True) * 1.2)
        return p + away * weight * (away.new_tensor(factors) - 1)
