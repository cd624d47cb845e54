# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where on the mean head hair, lips, beards and clothes are: smooth fields over places (..., 3) in decimeters.

Not for: their colors (skin_paint.py).
"""

from torch import Tensor, exp, maximum, minimum


def step(value: Tensor, low: float | Tensor, high: float | Tensor) -> Tensor:
    """0 up to `low`, 1 from `high` on, smooth between (low may be the greater)."""
    t = ((value - low) / (high - low)).clamp(0, 1)
    return t * t * (3 - 2 * t)


def hair_area(rest: Tensor) -> Tensor:
    """How far places (..., 3) of the mean head are behind the hairline, in decimeters, about."""
    x, y, z = rest.unbind(-1)
    front = (y - 0.62) * 0.8 - (z - 0.15) * 0.9
    nape = y + 0.62 + 0.35 * (-z - 1.0).clamp(max=0).abs()
    ear = maximum((0.69 - x.abs()) * 3, maximum((y + 0.14).abs() - 0.32, (z + 0.6).abs() - 0.26))
    return minimum(minimum(front, nape), ear)


def cloth_height(rest: Tensor, shape: Tensor) -> Tensor:
    """How far points of the mean head (..., 3) are above the edge of the clothes of a shape (..., 4)."""
    x, y, z = rest.unbind(-1)
    depth, sharp, collar, _pattern = shape.unbind(-1)
    front = step(z, -0.9, -0.2)
    round_neck = exp(-((x / 0.5) ** 2))
    pointed = (1 - x.abs() / 0.6).clamp(min=0)
    dip = depth * 0.9 * (round_neck + (pointed - round_neck) * sharp) * front
    return y + 1.42 + 0.22 * front + dip - 0.2 * collar * (1 - depth)


def lip_area(side: Tensor, y: Tensor, mask: Tensor) -> Tensor:
    """The red of the lips: an outline around the mouth of the mean head."""
    u = (side / 0.262).clamp(max=1)
    bow = 0.012 * exp(-((side / 0.045) ** 2))
    upper = -0.668 + 0.098 * (1 - u**1.5) - bow
    lower = -0.668 - 0.128 * (1 - u**2.3)
    inside = minimum(upper - y, y - lower)
    return step(inside, -0.006, 0.02) * (side < 0.27) * (mask > 0.2)


def beard_area(side: Tensor, y: Tensor, z: Tensor) -> Tensor:
    """Where a beard grows, 0..1."""
    jaw = step(-y, 0.42 + 0.0, 0.62) * step(z, -0.75, -0.45) * (1 - step(-y, 1.2, 1.4))
    cheek = 1 - step(y + 0.9 * (side - 0.34).clamp(max=0).abs() * 0.9, -0.62, -0.42) * (side > 0.1)
    mustache = exp(-(((y + 0.53) / 0.055) ** 2)) * (1 - step(side, 0.24, 0.3))
    chin = step(-y, 0.74, 0.86) * (1 - step(-y, 1.2, 1.4))
    sideburn = step(side, 0.5, 0.6) * step(-y, 0.1, 0.3) * step(z, -0.7, -0.5) * (1 - step(z, -0.35, -0.2))
    return maximum(
        maximum(jaw * cheek * step(side, 0.16, 0.32), mustache * step(z, 0.1, 0.2)),
        maximum(chin * step(z, -0.7, -0.3), sideburn),
    )
