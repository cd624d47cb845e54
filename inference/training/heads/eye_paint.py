# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The color of eyeballs, painted at directions of an eyeball that looks along z. Not for: light and reflections."""

import torch
from torch import Tensor

from .noise import noise
from .person import Person
from .regions import step


def paint_eyes(rest: Tensor, person: Person, picture: Tensor, iris_scale: float = 1.0, drawn: float = 0.0) -> Tensor:
    """Linear color (N, 3) at directions (N, 3).

    iris_scale: of the iris against nature.   drawn: 0 as in nature .. 1 clear bands, as cartoons have them.
    """
    place, pupil = person.place[picture], person.pupil[picture]
    size = person.iris_size[picture] * iris_scale
    polar = torch.acos(rest[:, 2].clamp(-1, 1))
    r = polar / size
    angle = torch.atan2(rest[:, 1], rest[:, 0])
    ring = torch.stack((angle.cos() * 1.4, angle.sin() * 1.4, r * 0.25), -1) + place
    fibers = noise(ring, 9.0)[:, 0] * 0.6 + noise(ring, 19.0)[:, 1] * 0.4
    color = person.iris[picture]
    inner = step(r, 0.95, 0.35)[:, None] * color.new_tensor((1.25, 0.95, 0.6))
    iris = color * (0.55 + 0.9 * fibers[:, None] * (1 - 0.6 * drawn)) * (1 + 0.7 * inner * (1 - 0.3 * drawn))
    below = step(-rest[:, 1] / size.sin(), -0.7, 0.9)
    iris = iris * (1 + drawn * (1.7 * below - 0.45))[:, None]
    limbus = step(r, 0.74 + 0.06 * drawn, 1.0)
    iris = iris * (1 - 0.82 * limbus)[:, None]
    hole = 1 - step(r, pupil - 0.05, pupil + 0.05)
    iris = torch.lerp(iris, iris.new_tensor((0.004, 0.004, 0.005)).expand_as(iris), hole[:, None])
    veins = step(noise(rest * 1.0 + place, 11.0)[:, 2], 0.55, 0.9) * step(polar, 0.6, 1.3)
    white = rest.new_tensor((0.74, 0.7, 0.67)) * (1 - 0.16 * step(polar, 0.5, 1.2))[:, None]
    white = white * (1 - veins[:, None] * (1 - drawn) * rest.new_tensor((0.08, 0.35, 0.33)))
    corner = step(rest[:, 0].abs(), 0.75, 0.98)[:, None] * (1 - drawn)
    white = white * (1 - corner * rest.new_tensor((0.12, 0.45, 0.42)))
    white = torch.lerp(white, rest.new_tensor((0.86, 0.87, 0.9)).expand_as(white), drawn)
    return torch.lerp(iris, white, step(r, 0.95, 1.06)[:, None])
