# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each expression channel does to a face, and which channels a face shows: one linear basis, both ways.

A channel at 1 is a full expression. The basis (expression_basis.npz) is fitted to footage by benchmarks/expression.py
from a hand-written idea of each of ARKit's names, as in Li, Weise, Pauly, "Example-based facial rigging" (2010): motion
statistics of the mean over several actors, no face of anybody. Gaze is exact: the eyeLook channels move the irises by
construction. `tongueOut` moves nothing: the landmarks know no tongue. Not for: head pose (head.py).
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..faces import topology
from .measures import eye_openness

LIMIT = 1.5  # largest value that `encode` gives a channel
SPARSENESS = 0.03  # price of a channel, square centimeters: a face is explained by few channels
CALM = 0.3  # price of a channel's square: small displacements do not drive a channel far
RARE_CALM = 1.0  # the same for what is seldom meant when it seems to be seen
RARE = ("cheekPuff", "jawForward", "mouthDimple", "mouthRoll", "mouthPress", "mouthShrug", "noseSneer")
EXCLUSION = 1.5  # price of the product of two channels that a face does not show at once
OPPOSITES = (
    *(
        (first + side, second + side)
        for side in ("Left", "Right")
        for first, second in (
            ("eyeBlink", "eyeWide"), ("eyeSquint", "eyeWide"), ("eyeBlink", "eyeSquint"), ("mouthSmile", "mouthFrown"),
            ("mouthUpperUp", "mouthPress"), ("mouthLowerDown", "mouthPress"),
        )
    ),
    *((down, up) for down in ("browDownLeft", "browDownRight") for up in ("browInnerUp", "browOuterUp" + down[8:])),
    *(("mouthRollUpper", "mouthUpperUp" + side) for side in ("Left", "Right")),
    *(("mouthRollLower", "mouthLowerDown" + side) for side in ("Left", "Right")),
    *((pursed, "mouthStretch" + side) for pursed in ("mouthPucker", "mouthFunnel") for side in ("Left", "Right")),
    ("mouthRollUpper", "mouthShrugUpper"), ("mouthRollLower", "mouthShrugLower"), ("mouthRollUpper", "mouthFunnel"),
    ("mouthRollLower", "mouthFunnel"), ("jawLeft", "jawRight"), ("mouthLeft", "mouthRight"),
)  # fmt: skip
BLINKS = ("eyeBlinkRight", "eyeBlinkLeft")
_SWEEPS = 40


class ExpressionModel:
    """names: the channels it carries.   basis: (K, 478, 3) float32, face frame, centimeters at 1.

    weights: (478, 3), how much each coordinate of each landmark counts in `encode`.
    """

    def __init__(self, names: tuple[str, ...], basis: NDArray[np.float32], weights: NDArray[np.float32]) -> None:
        self.names = names
        self.basis = basis
        self.weights = weights
        self.is_look = np.array([name.startswith("eyeLook") for name in names])
        flat = basis.reshape(len(names), -1)
        self._closing = self.lid_closing()
        self._weighted = (flat * weights.reshape(-1)).astype(np.float64)
        self._normal = self._weighted @ flat.T.astype(np.float64)
        self._normal += np.diag([RARE_CALM if name.startswith(RARE) else CALM for name in names])
        for pair in OPPOSITES:
            i, j = (names.index(name) for name in pair)
            self._normal[[i, j], [j, i]] += EXCLUSION / 2

    def decode(self, channels: Mapping[str, float]) -> NDArray[np.float32]:
        """The expression E (478, 3), face frame, centimeters; channels that are missing are at rest."""
        return self.decode_rows(np.array([channels.get(name, 0.0) for name in self.names], np.float32))

    def decode_rows(self, values: NDArray) -> NDArray[np.float32]:
        """The expressions (..., 478, 3) of channel values (..., K) in the order of `names`."""
        values = np.asarray(values, np.float32)
        if values.ndim > 1:
            return np.tensordot(values, self.basis, axes=1)
        return np.einsum("k,kvc->vc", values, self.basis)  # BLAS would wake its threads for so little

    def lid_closing(self) -> NDArray[np.float64]:
        """By which part of its opening each channel shuts the canonical face's right and left eye, (K, 2)."""
        shape = topology.canonical_shape()
        rest = eye_openness(shape)
        ways = eye_openness(shape + 0.1 * self.basis)  # lids move on straight lines only before they cross
        blinks = [self.names.index(name) for name in BLINKS]
        closing = (rest - ways) / rest / 0.1
        return closing / closing[blinks, [0, 1]]  # a full blink shuts the eye

    def encode(
        self, expressions: NDArray, looks: NDArray | None = None, closed: NDArray | None = None
    ) -> NDArray[np.float32]:
        """The channel values (T, K), 0..LIMIT, that come closest to expressions (T, 478, 3).

        looks: (T, K) whose eyeLook columns hold the gaze, which is measured, not fitted (gaze.py); None: no gaze.
        closed: (T, 2), how far the right and the left eye is shut, 0 as neutral .. 1; measured too; None: as fitted.
        """
        count = len(expressions)
        values = np.zeros((count, len(self.names)))
        if looks is not None:
            values[:, self.is_look] = looks[:, self.is_look]
        target = np.asarray(expressions, np.float64).reshape(count, -1) @ self._weighted.T - SPARSENESS
        free = np.flatnonzero(~self.is_look)
        scale = self._normal[free, free]
        pull = values @ self._normal  # (T, K), kept up to date
        for _ in range(_SWEEPS):  # coordinate descent
            for k, own in zip(free, scale, strict=True):
                new = np.clip(values[:, k] + (target[:, k] - pull[:, k]) / own, 0.0, LIMIT)
                pull += (new - values[:, k])[:, None] * self._normal[k]
                values[:, k] = new
        if closed is not None:
            blinks = [self.names.index(name) for name in BLINKS]
            missing = closed - values @ self._closing
            values[:, blinks] = np.clip(values[:, blinks] + missing, 0.0, LIMIT)
        return values.astype(np.float32)


@cache
def expression_model() -> ExpressionModel:
    """The model that ships with Pastiche."""
    with np.load(Path(__file__).with_name("expression_basis.npz"), allow_pickle=False) as file:
        names = tuple(bytes(file["names"]).decode().split())
        basis = np.zeros((len(names), topology.N_LANDMARKS, 3), np.float32)
        basis[:] = file["basis"].astype(np.float32) * file["unit"]
        return ExpressionModel(names, basis, file["weights"])
