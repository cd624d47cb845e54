# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which pixels move with the person: the portrait's matte, sharpened on the picture, when it can be trusted."""

import cv2
import numpy as np
from numpy.typing import NDArray

from ...faces import topology
from ...portrait import Portrait

_WORKING_SIDE = 720  # pixels: a matte knows nothing finer
_TRUSTED = 0.75  # of the face must lie in the matte
_SURELY = 0.06  # face units inside its outline: there the face is all person, whatever holes the matte has


def person_coverage(portrait: Portrait, unit_px: float) -> NDArray[np.float32] | None:
    """(H, W), 0 background .. 1 person; None when the matte is missing or has not found the person.

    unit_px: height of the face.
    """
    if portrait.matte is None:
        return None
    height, width = portrait.matte.shape
    scale = min(1.0, _WORKING_SIDE / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    matte = cv2.resize(portrait.matte, size, interpolation=cv2.INTER_AREA)
    face = np.zeros((size[1], size[0]), np.uint8)
    hull = cv2.convexHull(np.rint(portrait.landmarks[: topology.N_SKIN, :2] * scale).astype(np.int32))
    cv2.fillConvexPoly(face, hull, 1)
    if not face.any() or float(matte[face > 0].mean()) < _TRUSTED:
        return None
    unit = unit_px * scale
    coverage = np.clip((_sharpened(portrait.image, matte, unit) - 0.25) / 0.5, 0, 1)
    depth = np.minimum(cv2.distanceTransform(face, cv2.DIST_L2, 3), width) / (_SURELY * unit)
    coverage = np.maximum(coverage, np.clip(depth - 1, 0, 1)).astype(np.float32)
    return cv2.resize(coverage, (width, height), interpolation=cv2.INTER_LINEAR)


def _sharpened(image: NDArray, matte: NDArray[np.float32], unit: float) -> NDArray[np.float32]:
    """The matte's edge drawn to the picture's (He et al. 2010, guided filter)."""
    size = (matte.shape[1], matte.shape[0])
    guide = cv2.resize(image, size, interpolation=cv2.INTER_AREA)[..., :3].astype(np.float32)
    return cv2.ximgproc.guidedFilter(guide / np.iinfo(image.dtype).max, matte, max(2, round(0.06 * unit)), 1e-3)
