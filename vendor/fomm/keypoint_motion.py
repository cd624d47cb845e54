# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a driver's keypoints become the source's: absolute, or relative to an initial frame."""

import math

import torch
from torch import Tensor

from .keypoint_detector import Keypoints


def transfer(
    source: Keypoints,
    driving: Keypoints,
    initial: Keypoints,
    *,
    relative_movement: bool = True,
    relative_jacobian: bool = True,
    adapt_movement_scale: bool = False,
) -> Keypoints:
    """The keypoints to render with.

    source: 1 set.   driving: N sets.   initial: 1 set, the driving frame that shows the source's own pose.
    Absolute motion (both switches off) is the driver's keypoints as they are; the scale then counts for nothing, as
    does `relative_jacobian` alone. A model without Jacobians moves its points only.
    """
    if not relative_movement:
        return driving
    scale = movement_scale(source, initial) if adapt_movement_scale else 1.0
    value = (driving.value - initial.value) * scale + source.value
    jacobian = driving.jacobian
    if relative_jacobian and jacobian is not None:
        jacobian = jacobian @ torch.inverse(initial.jacobian) @ source.jacobian
    return Keypoints(value, jacobian)


def movement_scale(source: Keypoints, initial: Keypoints) -> float:
    """How much larger the source's keypoints spread than the driver's: the root of the ratio of their hulls' areas.

    1 when either set lies on a line.
    """
    source_area, initial_area = hull_area(source.value[0]), hull_area(initial.value[0])
    return math.sqrt(source_area) / math.sqrt(initial_area) if source_area > 0 and initial_area > 0 else 1.0


def hull_area(points: Tensor) -> float:
    """Area of the convex hull of (K, 2) points (A. M. Andrew, 1979: two monotone chains)."""
    ordered = sorted((float(x), float(y)) for x, y in points.tolist())
    hull = _chain(ordered) + _chain(ordered[::-1])
    return 0.5 * abs(sum(a[0] * b[1] - a[1] * b[0] for a, b in zip(hull, hull[1:] + hull[:1], strict=True)))


def _chain(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    chain: list[tuple[float, float]] = []
    for p in points:
        while len(chain) > 1 and _turn(chain[-2], chain[-1], p) <= 0:
            chain.pop()
        chain.append(p)
    return chain[:-1]


def _turn(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
