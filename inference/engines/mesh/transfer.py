# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""An actor's expression on a card's face: displacements scaled region by region to the card's own proportions.

The ratio of local sizes stands in for the diagonal of the Jacobian that motion transfer needs between two faces
(Siarohin et al. 2019, eq. 4): a toon's wide eyes open wider, its small mouth moves less. Not for: eyelids and lips,
whose contact matters more than their displacement (lids.py, lips.py).
"""

import numpy as np
from numpy.typing import NDArray

from ...faces import topology
from . import lips
from .outer_mesh import smoothstep

_REGION = 2.2  # centimeters, canonical face: how far a region reaches
_RATIO_RANGE = (0.55, 1.7)
_MOUTH = (2.0, 3.6)  # centimeters below the eyes' middle, canonical face: from here on heights follow the lower face


def region_ratio(card: NDArray, actor: NDArray) -> NDArray[np.float64]:
    """How much larger the card is than the actor around each vertex, (N, 3); 1 in depth.

    card, actor: neutral shapes, (N, 3), face frame.
    """
    squared = ((actor[:, None] - actor[None]) ** 2).sum(axis=2)
    weights = np.exp(-squared / (2 * _REGION**2))
    weights /= weights.sum(axis=1, keepdims=True)
    ratio = _local_size(weights, card) / np.maximum(_local_size(weights, actor), 1e-6)
    lower_face = lips.lower_face_height(card) / lips.lower_face_height(actor)
    share = smoothstep(*_MOUTH, topology.canonical_shape()[:, 1])  # lips of all thicknesses open alike
    ratio[:, 1] += share * (lower_face - ratio[:, 1])
    return np.column_stack((np.clip(ratio, *_RATIO_RANGE), np.ones(len(card))))


def _local_size(weights: NDArray, shape: NDArray) -> NDArray:
    flat = shape[:, :2].astype(np.float64)
    variance = weights @ flat**2 - (weights @ flat) ** 2
    return np.sqrt(np.maximum(variance, 0))
