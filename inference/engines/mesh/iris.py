# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the colored disc of an eye really is: the landmarks' guess, refined on the picture.

The circle with the strongest step from dark inside to light outside, over the part of it that the lids leave visible
(Daugman 1993, the integro-differential operator). Landmark networks assume a human iris; toons' are far larger.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

_ANGLES = np.linspace(0, 2 * np.pi, 48, endpoint=False)
_RADII = np.linspace(0.75, 1.6, 18)  # of the guess
_SHIFTS = np.linspace(-0.36, 0.36, 13)  # of the guessed radius
_RADIUS_PRIOR, _SHIFT_PRIOR = 0.35, 0.25  # how strongly the guess is believed: sigma of its logarithm, of the shift


@dataclass(frozen=True)
class Look:
    """One eye as seen: gray, visible: (H, W), brightness and 0..1 where the eye is open.

    center: (2,), x, y, and radius: where the iris is, or is thought to be, pixels.
    """

    gray: NDArray[np.float32]
    visible: NDArray[np.float32]
    center: NDArray[np.float64]
    radius: float


def refine_irises(eyes: Sequence[Look]) -> list[tuple[NDArray[np.float64], float]]:
    """Center and radius of the iris of each eye of one face; their radii differ from the guesses by one factor.

    A guess comes back where nothing better is seen.
    """
    scores = [_scores(eye) for eye in eyes]  # (shifts, radii) each
    strongest = sum(score.max(axis=0) for score in scores)
    if not strongest.max() > 0:
        return [(eye.center, eye.radius) for eye in eyes]
    chosen = int(strongest.argmax())
    result = []
    for eye, score in zip(eyes, scores, strict=True):
        shift = _shifts()[score[:, chosen].argmax()] if score[:, chosen].any() else np.zeros(2)
        result.append((eye.center + eye.radius * shift, eye.radius * float(_RADII[chosen])))
    return result


def _shifts() -> NDArray[np.float64]:
    return np.stack(np.meshgrid(_SHIFTS, 0.6 * _SHIFTS, indexing="ij"), axis=-1).reshape(-1, 2)


def _scores(eye: Look) -> NDArray[np.float64]:
    """How strongly brightness steps up across each candidate circle, times how far the guess is believed."""
    smooth = cv2.GaussianBlur(eye.gray, (0, 0), max(0.6, 0.06 * eye.radius))
    shift = np.repeat(_shifts(), len(_RADII), axis=0)
    scale = np.tile(_RADII, len(_shifts()))
    x, y = (eye.center + eye.radius * shift).T
    r = scale * eye.radius
    weight = _on_circles(eye.visible, x, y, 1.12 * r)
    seen = weight.sum(axis=1)
    step = _on_circles(smooth, x, y, 1.1 * r) - _on_circles(smooth, x, y, 0.9 * r)
    step = (step * weight).sum(axis=1) / np.maximum(seen, 1e-6)
    distance = (np.log(scale) / _RADIUS_PRIOR) ** 2 + (shift**2).sum(axis=1) / _SHIFT_PRIOR**2
    is_clear = (seen > 0.2 * len(_ANGLES)) & (step > 0.02 * max(float(smooth.max()), 1e-6))
    return np.where(is_clear, step * np.exp(-0.5 * distance), 0).reshape(-1, len(_RADII))


def _on_circles(image: NDArray[np.float32], x: NDArray, y: NDArray, r: NDArray) -> NDArray[np.float32]:
    """Bilinear samples, (circles, angles)."""
    around_x = (x[:, None] + r[:, None] * np.cos(_ANGLES) - 0.5).astype(np.float32)
    around_y = (y[:, None] + r[:, None] * np.sin(_ANGLES) - 0.5).astype(np.float32)
    return cv2.remap(image, around_x, around_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
