# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks that describe pictures for the measures: FID's Inception, an identity network, and a stand-in.

All weights come through the safe opener. Needs torch.
"""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from ...bridge.errors import InputError
from ...vendor.inception.inception_v3 import build_inception
from ...vendor.psp.identity import IdentityNetwork
from ..styles.aligned_face import aligned_square, cut
from ..training.perceptual import Scattering
from ..weights.safe_open import load_tensors, open_checkpoint

SCATTERED_SIDE = 256  # pixels at most
FACE_SIDE = 256  # pixels of the aligned portrait that the identity network cuts its face from


class InceptionFeatures:
    """What FID compares. key: of the result."""

    key = "fid"

    def __init__(self, path: str) -> None:
        """path: FID's own Inception as a torch checkpoint. Raises InputError."""
        self._network = _network(path, build_inception, "FID's Inception-v3")

    @torch.inference_mode()
    def __call__(self, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(H, W, 3) uint8 RGB -> (1, 2048)."""
        return self._network(_tensor(picture)).numpy()


class ScatteringFeatures:
    """A stand-in without weights: means and spreads of edges and their edges at five scales. It is no FID."""

    key = "frechet_scattering"

    def __init__(self) -> None:
        self._features = Scattering()

    @torch.inference_mode()
    def __call__(self, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(H, W, 3) uint8 RGB -> (1, D)."""
        scale = SCATTERED_SIDE / max(picture.shape[:2])
        if scale < 1:
            size = [max(1, round(scale * side)) for side in picture.shape[1::-1]]
            picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        levels = self._features(_tensor(picture))
        parts = [part for level in levels for part in (level.mean((2, 3)), level.std((2, 3)))]
        return torch.cat(parts, 1).numpy() / Scattering.GAIN


class Identity:
    """Who a face is: ArcFace's IR-SE50, 512 numbers of unit length."""

    def __init__(self, path: str) -> None:
        """path: checkpoint of the network. Raises InputError."""
        self._network = _network(path, IdentityNetwork.from_state, "the identity network IR-SE50").eval()

    @torch.inference_mode()
    def __call__(self, picture: NDArray[np.uint8], landmarks: NDArray[np.float32]) -> NDArray[np.float32]:
        """(H, W, 3) uint8 RGB and the face's landmarks in it -> (512,)."""
        face = cut(picture, aligned_square(landmarks), FACE_SIDE)
        return self._network.describe(2 * _tensor(face) - 1)[0].numpy()


def _network(path: str, build: Any, what: str) -> torch.nn.Module:
    contents = open_checkpoint(Path(path))
    try:
        return build(load_tensors(contents, "network"))
    except ValueError as error:
        reason = " ".join(str(error).split())[:200]
        raise InputError(f"{Path(path).name} does not hold {what} ({reason}).", "Choose another file.") from error


def _tensor(picture: NDArray[np.uint8]) -> torch.Tensor:
    """(1, 3, H, W), 0..1."""
    return torch.from_numpy(np.ascontiguousarray(picture)).permute(2, 0, 1)[None].float() / 255
