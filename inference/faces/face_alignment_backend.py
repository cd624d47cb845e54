# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The optional face-alignment package (Bulat and Tzimiropoulos, 2017) as a backend: 68 points, the mesh fitted to them.

An extra: it needs torch and downloads its weights when first used. It knows no irises, so gaze stays at rest, and its
lids and lips are coarser than MediaPipe's.
"""

import contextlib
import io

import numpy as np
from numpy.typing import NDArray

from ...bridge.errors import RuntimeMissingError
from . import topology
from .face_detector import Detection, best_of_overlapping
from .face_frame import fit_pose
from .region import MARGIN, Region

# The 68 points of iBUG 300-W in MediaPipe's numbering: jaw, brows, nose, eyes, outer and inner lips.
IBUG = (
    127, 234, 93, 132, 58, 136, 150, 176, 152, 400, 379, 365, 288, 361, 323, 454, 356,
    70, 63, 105, 66, 107, 336, 296, 334, 293, 300, 168, 197, 5, 4, 98, 97, 2, 326, 327,
    33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380,
    61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181, 78, 82, 13, 312, 308, 317, 14, 87,
)  # fmt: skip
_SPREAD = 2.5  # centimeters: how far a point's displacement carries the mesh with it
_VIEW_SIDE = 640  # pixels the detector sees


class FaceAlignmentBackend:
    """face-alignment, ready to run. One per thread. Raises RuntimeMissingError where it is missing."""

    patience = 1

    def __init__(self) -> None:
        try:
            import face_alignment
        except ImportError as error:
            remedy = "Install face-alignment into the background process's Python, or choose MediaPipe."
            raise RuntimeMissingError("The face-alignment package is not installed.", remedy) from error
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                kind = face_alignment.LandmarksType.THREE_D
                self._aligner = face_alignment.FaceAlignment(kind, flip_input=False, device="cpu")
        except (OSError, RuntimeError) as error:
            remedy = "Its weights are downloaded when it is first used: allow that once, or choose MediaPipe."
            raise RuntimeMissingError(f"face-alignment does not start: {error}.", remedy) from error

    def detect(self, image: NDArray[np.uint8], view: Region, least_score: float = 0.5) -> list[Detection]:
        """As FaceDetector.detect."""
        boxes = self._aligner.face_detector.detect_from_image(view.cut(image, _VIEW_SIDE, is_padded=False))
        found = []
        for left, top, right, bottom, score in np.asarray(boxes, np.float64).reshape(-1, 5):
            if score >= least_score:
                center = view.to_image(np.array(((left + right) / 2, (top + bottom) / 2)) / _VIEW_SIDE)
                side = max(right - left, bottom - top) / _VIEW_SIDE * view.side * MARGIN
                found.append(Detection(Region((float(center[0]), float(center[1])), side, view.angle), float(score)))
        return best_of_overlapping(found)

    def fit(self, image: NDArray[np.uint8], region: Region) -> tuple[NDArray[np.float32], float]:
        """As FaceMesh.fit; presence is 1 when points were found."""
        crop = region.cut(image, _VIEW_SIDE)
        border = _VIEW_SIDE * (1 - 1 / MARGIN) / 2
        box = [border, border, _VIEW_SIDE - border, _VIEW_SIDE - border]
        found = self._aligner.get_landmarks_from_image(crop, detected_faces=[box])
        if not found:
            return np.zeros((topology.N_LANDMARKS, 3), np.float32), 0.0
        points = (np.asarray(found[0], np.float64) + (0.5, 0.5, 0)) / _VIEW_SIDE
        return mesh_of_points(region.to_image(points)), 1.0


def mesh_of_points(points: NDArray) -> NDArray[np.float32]:
    """The mesh (478, 3) through 68 points (68, 3) in iBUG's order; between them it bends like the canonical face."""
    shape = topology.canonical_shape().astype(np.float64)
    anchors = list(IBUG)
    guess = np.zeros_like(shape)
    guess[anchors] = points
    pose = fit_pose(guess, shape, np.isin(topology.RIGID, IBUG))
    offsets = pose.to_face(points) - shape[anchors]
    distance = np.linalg.norm(shape[:, None] - shape[anchors][None], axis=2)
    kernel = np.exp(-distance / _SPREAD)
    strengths = np.linalg.solve(kernel[anchors] + 1e-3 * np.eye(len(anchors)), offsets)
    bent = shape + kernel @ strengths
    for corners, iris in (
        (topology.RIGHT_EYE_CORNERS, topology.RIGHT_IRIS),
        (topology.LEFT_EYE_CORNERS, topology.LEFT_IRIS),
    ):
        rest = shape[list(corners)].mean(axis=0)
        bent[list(iris)] = shape[list(iris)] - rest + bent[list(corners)].mean(axis=0)
    return pose.to_image(bent).astype(np.float32)
