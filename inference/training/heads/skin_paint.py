# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The color of skin, brows, make-up and clothes, painted at places of the mean head.

Color follows the two pigments that make skin (melanin, hemoglobin: Tsumura et al. 1999), each absorbing exponentially.
Not for: light.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from .noise import noise, octaves
from .person import Person
from .regions import beard_area, cloth_height, hair_area, lip_area, step

MELANIN = (1.75, 2.5, 3.05)
BLOOD = (0.08, 0.62, 0.5)
PALE = (0.84, 0.62, 0.49)


@dataclass
class Paint:
    """color: (N, 3) linear.   gloss: (N,).   brow, lips, hairy, cloth: (N,) how much each is there.   bump: (N,)"""

    color: Tensor
    gloss: Tensor
    brow: Tensor
    lips: Tensor
    hairy: Tensor
    cloth: Tensor
    bump: Tensor


def paint_skin(rest: Tensor, masks: Tensor, person: Person, picture: Tensor, detail: float = 1.0) -> Paint:
    """Paint at places (N, 3) of the mean head with masks (N, 4: see Stage), of the persons numbered by `picture` (N,).

    detail: 1 skin with all its marks, 0 a doll's.
    """
    p = {name: value[picture] for name, value in vars(person).items() if isinstance(value, Tensor)}
    x, y, z = rest.unbind(-1)
    side, front = x.abs(), step(z, -0.55, -0.1)
    place = rest + p["place"]
    coarse, fine = octaves(place, 3.0, 3), octaves(place, 22.0, 2)

    def spot(cx: float, cy: float, rx: float, ry: float) -> Tensor:
        return torch.exp(-(((side - cx) / rx) ** 2) - ((y - cy) / ry) ** 2) * front

    lips = lip_area(side, y, masks[:, 0]) * front
    cheeks, nose = spot(0.36, -0.38, 0.2, 0.17), spot(0.0, -0.36, 0.15, 0.13)
    ears = step(side, 0.68, 0.76) * step(y, -0.6, -0.4) * (1 - step(y, 0.25, 0.35))
    socket = spot(0.27, 0.02, 0.2, 0.11)
    under = spot(0.28, -0.14, 0.14, 0.06)
    chin = spot(0.0, -0.98, 0.16, 0.1)
    blood = p["blood"] * (1 + 0.35 * detail * (coarse[:, 0] - 0.5) * 2)
    blood = blood * (1 + 0.45 * cheeks * (0.5 + p["blush"]) + 0.5 * nose + 0.5 * ears + 0.25 * chin + 0.2 * socket)
    melanin = p["melanin"] * (1 + detail * (0.14 * (coarse[:, 1] - 0.5) + 0.1 * (fine[:, 1] - 0.5)))
    melanin = melanin + 0.035 * socket + 0.03 * under * (0.5 + p["age"])
    freckle = step(noise(place, 17.0)[:, 0] * 0.6 + noise(place, 31.0)[:, 1] * 0.4, 0.66, 0.74)
    melanin = melanin + detail * 0.22 * p["freckles"] * freckle * (cheeks + nose + 0.3 * front).clamp(max=1)
    spots = step(noise(place, 9.0)[:, 2], 0.84, 0.9) * (p["age"] - 0.45).clamp(min=0)
    melanin = melanin + detail * 0.3 * spots
    color = _pigments(melanin, blood, p["yellow"] * 0.35)

    natural_lips = _pigments(p["melanin"] * 0.85 + 0.06, p["blood"] * 1.4 + 1.25, p["yellow"] * 0.0)
    lip_color = torch.lerp(natural_lips, p["lipstick_color"], p["lipstick"][:, None])
    lip_color = lip_color * (0.92 + 0.16 * noise(place * place.new_tensor((1, 0.15, 1)), 40.0)[:, :1] * detail)
    color = torch.lerp(color, lip_color, (lips * (0.82 + 0.18 * p["lipstick"]))[:, None])

    lid = step(y, -0.02, 0.02) * torch.exp(-(((side - 0.29) / 0.2) ** 4) - ((y - 0.07) / 0.075) ** 2) * front
    color = torch.lerp(color, p["shadow_color"], (0.75 * p["shadow"].clamp(max=1) * lid)[:, None])
    color = color * (1 - 0.4 * p["blush"] * cheeks * p["lipstick"])[:, None] ** color.new_tensor((0.0, 1.0, 0.7))

    brow = brows(rest, p, fine) * front
    beard = beard_area(side, y, z) * (1 - lips)
    grain = noise(place, 46.0)[:, 3]
    stubble = beard * p["stubble"] * (0.45 + 0.75 * (grain - 0.3)).clamp(0, 1)
    hairline = hair_area(rest)
    density = p_cut(person, "density", picture)
    recede = p_cut(person, "recede", picture)
    hairy = step(hairline + 0.03 * (coarse[:, 3] - 0.5) - 0.9 * recede * step(y, 0.35, 0.6), -0.01, 0.07) * density
    hairy = hairy * (0.75 + 0.25 * step(grain, 0.2, 0.6))
    color = torch.lerp(color, p["brow_color"], (0.92 * brow)[:, None])
    color = torch.lerp(color, p["brow_color"] + 0.01, (0.72 * stubble)[:, None])
    color = torch.lerp(color, p["hair_color"] * 0.45, (0.93 * hairy)[:, None])

    above = cloth_height(rest, p["cloth_shape"])
    cloth = 1 - step(above, -0.015, 0.015)
    weave = 0.88 + 0.24 * noise(place * place.new_tensor((1, 0.4, 1)), 42.0)[:, 0]
    stripes = step(torch.sin(y * 42.0), -0.2, 0.2) * step(p["cloth_shape"][:, 3], 0.78, 0.8)
    trim = torch.exp(-((above / 0.05) ** 2)) * step(p["cloth_shape"][:, 2], 0.6, 0.62) + 0.8 * stripes
    fabric = torch.lerp(p["cloth"], p["cloth_trim"], trim.clamp(max=1)[:, None]) * weave[:, None]
    color = torch.lerp(color, fabric, cloth[:, None])

    lines = octaves(place * place.new_tensor((0.35, 2.2, 0.35)), 7.0, 2)[:, 0] * step(y, 0.22, 0.4) * front
    wrinkled = (p["age"] - 0.45).clamp(min=0) * detail
    bump = 0.0016 * detail * noise(place, 58.0)[:, 0] + 0.004 * detail * fine[:, 2] + 0.03 * wrinkled * lines
    bump = (
        bump
        + wrinkled * 0.015 * octaves(place, 10.0, 3)[:, 1]
        + lips * 0.004 * noise(place * place.new_tensor((1, 0.1, 1)), 45.0)[:, 1]
    )
    gloss = 0.75 + 0.5 * nose + 0.35 * spot(0.0, 0.42, 0.3, 0.16) + 0.6 * lips * (0.6 + p["lipstick"]) - 0.5 * stubble
    gloss = gloss * (1 - 0.85 * hairy) * (1 - 0.9 * brow) * (1 - 0.92 * cloth)
    return Paint(color.clamp(0.004, 0.95), gloss, brow, lips, hairy, cloth, bump)


def p_cut(person: Person, name: str, picture: Tensor) -> Tensor:
    """A number of the haircuts, per pixel."""
    return getattr(person.haircut, name)[picture]


def brows(rest: Tensor, p: dict[str, Tensor], fine: Tensor) -> Tensor:
    """How much brow there is at places (N, 3), 0..1 (N,)."""
    side, y = rest[:, 0].abs(), rest[:, 1]
    height, arch, thickness, density, tilt = p["brow"].unbind(-1)
    t = (side - 0.1) / 0.42  # 0 at the nose, 1 at the temple
    middle = 0.175 + height + (arch + 0.03) * torch.sin(t.clamp(0, 1) * 2.6) + tilt * 0.4 * (t - 0.5) - 0.035 * t
    half = 0.036 * thickness * (1 - 0.72 * t.clamp(0, 1) ** 2) * step(t, -0.1, 0.22).clamp(min=0.25)
    across = (y - middle) / half.clamp(min=0.004)
    slant = rest * rest.new_tensor((2.1, 1.0, 0.0)) + torch.stack((y * 1.2, y * 0, y * 0), -1) * torch.sign(rest[:, :1])
    hairs = noise(slant + p["place"], 30.0)[:, 0] * 0.7 + fine[:, 3] * 0.3
    edge = 1 - step(across.abs() + 0.55 * (hairs - 0.5), 0.55, 1.25)
    ends = step(t, -0.06, 0.1) * (1 - step(t, 0.86, 1.03))
    return edge * ends * density * (0.68 + 0.5 * hairs).clamp(max=1)


def _pigments(melanin: Tensor, blood: Tensor, yellow: Tensor) -> Tensor:
    pale = melanin.new_tensor(PALE)
    light = -melanin[:, None] * melanin.new_tensor(MELANIN) - 0.36 * blood[:, None] * melanin.new_tensor(BLOOD)
    return pale * torch.exp(light + yellow[:, None] * melanin.new_tensor((0.05, 0.0, -0.9)) + 0.12)
