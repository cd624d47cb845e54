# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The landmark network: a region of a picture that holds one face -> 478 landmarks and how sure it is of a face.

MediaPipe's face_landmark_with_attention (Grishchenko et al., "Attention Mesh", 2020): a coarse mesh plus finer lips,
eyes and irises. Not for: where to look (face_detector.py, tracking.py).
"""

import numpy as np
from numpy.typing import NDArray

from . import topology
from .feature_crop import FeatureCrop
from .network import Network
from .region import Region

# Which landmarks the network's finer outputs replace: 80 of the lips, 71 of each eye.
_LIPS = (
    61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 185, 40, 39, 37, 0, 267, 269, 270, 409,
    78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 191, 80, 81, 82, 13, 312, 311, 310, 415,
    76, 77, 90, 180, 85, 16, 315, 404, 320, 307, 306, 184, 74, 73, 72, 11, 302, 303, 304, 408,
    62, 96, 89, 179, 86, 15, 316, 403, 319, 325, 292, 183, 42, 41, 38, 12, 268, 271, 272, 407,
)  # fmt: skip
_RIGHT_EYE = (
    33, 7, 163, 144, 145, 153, 154, 155, 133, 246, 161, 160, 159, 158, 157, 173,
    130, 25, 110, 24, 23, 22, 26, 112, 243, 247, 30, 29, 27, 28, 56, 190,
    226, 31, 228, 229, 230, 231, 232, 233, 244, 113, 225, 224, 223, 222, 221, 189,
    35, 124, 46, 53, 52, 65, 143, 111, 117, 118, 119, 120, 121, 128, 245, 156, 70, 63, 105, 66, 107, 55, 193,
)  # fmt: skip
_LEFT_EYE = tuple(int(topology.mirror_indices()[i]) for i in _RIGHT_EYE)
_EYES = ((_RIGHT_EYE, 468, topology.RIGHT_LID_RING), (_LEFT_EYE, 473, topology.LEFT_LID_RING))
# The landmarks that are level in each part's box, as places in its list; an eye's corners are its first and ninth.
_LIP_CORNERS = (_LIPS.index(61), _LIPS.index(291))
_RIGHT_CORNERS = (_RIGHT_EYE.index(33), _RIGHT_EYE.index(133))
_LEFT_CORNERS = (_LEFT_EYE.index(362), _LEFT_EYE.index(263))


class FaceMesh:
    """The landmark network, ready to run. One per thread."""

    def __init__(self) -> None:
        self._network = Network("face_mesh", outputs=3, size=192)
        self._lips = Network("lips", outputs=1)
        self._eyes = [Network("right_eye", outputs=2), Network("left_eye", outputs=2)]

    def fit(self, image: NDArray[np.uint8], region: Region) -> tuple[NDArray[np.float32], float]:
        """Landmarks (478, 3) in pixels of the image, and the presence of a face, 0..1.

        image: (H, W, 3) uint8 RGB.   region: about 1.5 times as large as the face, eyes about level.
        """
        crop_landmarks, presence = self.fit_crop(region.cut(image, self._network.size))
        return region.to_image(crop_landmarks).astype(np.float32), presence

    def fit_crop(self, crop: NDArray[np.uint8]) -> tuple[NDArray[np.float32], float]:
        """The same for a crop (192, 192, 3), landmarks in units of its side."""
        mesh, flag, features = self._network(crop)
        landmarks = np.empty((topology.N_LANDMARKS, 3), np.float32)
        landmarks[: topology.N_SKIN] = mesh.reshape(-1, 3)
        (lips,) = _look_closer(self._lips, features, landmarks[list(_LIPS), :2], _LIP_CORNERS)
        eyes = [
            _look_closer(network, features, landmarks[list(part), :2], corners)
            for network, (part, _, _), corners in zip(self._eyes, _EYES, (_RIGHT_CORNERS, _LEFT_CORNERS), strict=True)
        ]
        landmarks[list(_LIPS), :2] = lips
        for (part, first, lid_ring), (eye, iris) in zip(_EYES, eyes, strict=True):
            landmarks[list(part), :2] = eye
            landmarks[first : first + 5, :2] = iris
            landmarks[first : first + 5, 2] = landmarks[list(lid_ring), 2].mean()
        return landmarks / self._network.size, float(1 / (1 + np.exp(-np.clip(flag.item(), -60, 60))))


def _look_closer(
    network: Network, features: NDArray[np.float32], coarse: NDArray[np.float32], corners: tuple[int, int]
) -> list[NDArray]:
    """A part's fine landmarks, (N, 2) each, in pixels of the network's picture."""
    crop = FeatureCrop.around(coarse, *corners)
    return [crop.to_picture(found.reshape(-1, 2)) for found in network.run(crop.cut(features))]
