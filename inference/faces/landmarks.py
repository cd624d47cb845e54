# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The faces of a picture, painted, drawn, carved or photographed, as carefully as time allows.

A single look at a picture is off by some percent of the eye distance, and paintings hide faces from a detector trained
on phone cameras. So the search tries smaller and turned views until something is found, and each face is then fitted
again and again from where the last fit says it is, with small changes and mirrored, and the median taken. Not for:
footage (tracking.py).
"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from . import topology
from .face_detector import Detection, FaceDetector, best_of_overlapping, overlap, whole_view
from .face_frame import fit_pose
from .face_mesh import FaceMesh
from .region import Region, region_of_landmarks

LEAST_PRESENCE = 0.5  # of the landmark network
N_SETTLING = 6  # fits before averaging; the network's own answer wanders by about 1 % of the eye distance until then
N_AVERAGED = 12  # fits that are averaged
LARGEST_MISFIT = 0.2  # from the canonical face, as a fraction of its eye distance, after the pose is taken off
SURE_SCORE = 0.8  # of the detector: faces of people and paintings score .9 and more, an upside-down chin .7
DOUBTFUL_SCORE = 0.5  # taken only when nothing sure is found in any view, and when the landmark network is certain
SMALLEST_FACE = 48  # pixels, the side of its region: in less, noise and rockets have been faces


class FaceBackend(Protocol):
    """What finds and fits faces. One per thread.

    patience: how many of the ever larger searches of a picture it is quick enough for.
    """

    patience: int

    def detect(self, image: NDArray[np.uint8], view: Region, least_score: float = 0.5) -> list[Detection]:
        """Regions of faces in a view of the image."""

    def fit(self, image: NDArray[np.uint8], region: Region) -> tuple[NDArray[np.float32], float]:
        """Landmarks (478, 3) in image pixels of the face in a region, and the presence of a face, 0..1."""


class MediaPipeBackend:
    """MediaPipe's detectors and attention mesh."""

    patience = 5

    def __init__(self) -> None:
        self._detector = FaceDetector()
        self._mesh = FaceMesh()
        self.detect = self._detector.detect
        self.fit = self._mesh.fit


def find_faces(image: NDArray[np.uint8], backend: FaceBackend | None = None) -> list[NDArray[np.float32]]:
    """Landmarks (478, 3) of every face in a picture, image pixels, the largest face first; empty when there is none.

    image: (H, W, 3) uint8 RGB.
    """
    backend = backend or MediaPipeBackend()
    doubtful: list[Detection] = []
    for views, least_score in _searches(image)[: backend.patience]:
        detections = [found for view in views for found in backend.detect(image, view, least_score)]
        sure = [found for found in detections if found.score >= SURE_SCORE]
        faces = _fit_all(image, best_of_overlapping(sure), backend, LEAST_PRESENCE, LARGEST_MISFIT)
        if faces:
            return faces
        doubtful += [found for found in detections if DOUBTFUL_SCORE <= found.score < SURE_SCORE]
    return _fit_all(image, best_of_overlapping(doubtful), backend, 0.9, 0.1)


def refine(image: NDArray[np.uint8], region: Region, backend: FaceBackend) -> tuple[NDArray[np.float32], float]:
    """Fit a face again and again, from a rough region: landmarks (478, 3), image pixels, and the lowest presence."""
    landmarks, presence = backend.fit(image, region)
    for _ in range(N_SETTLING):
        landmarks, presence = backend.fit(image, region_of_landmarks(landmarks))
        if presence < LEAST_PRESENCE:
            return landmarks, presence
    region = region_of_landmarks(landmarks)
    mirrored_image = np.ascontiguousarray(image[:, ::-1])
    fits = []
    random = np.random.default_rng(0)  # the same picture gives the same landmarks
    for i in range(N_AVERAGED):
        x, y, scale, turn = random.uniform(-1, 1, 4)
        near = region.changed((0.02 * x, 0.02 * y), 1 + 0.05 * scale, 0.05 * turn)
        fitted, fit_presence = _fit_mirrored(mirrored_image, near, backend) if i % 2 else backend.fit(image, near)
        presence = min(presence, fit_presence)
        fits.append(fitted)
    return np.median(fits, axis=0).astype(np.float32), presence


def _fit_mirrored(
    mirrored_image: NDArray[np.uint8], region: Region, backend: FaceBackend
) -> tuple[NDArray[np.float32], float]:
    width = mirrored_image.shape[1]
    mirrored_region = Region((width - region.center[0], region.center[1]), region.side, -region.angle)
    landmarks, presence = backend.fit(mirrored_image, mirrored_region)
    landmarks = landmarks[topology.mirror_indices()]
    landmarks[:, 0] = width - landmarks[:, 0]
    return landmarks, presence


def _fit_all(
    image: NDArray[np.uint8],
    detections: list[Detection],
    backend: FaceBackend,
    least_presence: float,
    most_misfit: float,
) -> list[NDArray[np.float32]]:
    faces: list[NDArray[np.float32]] = []
    for detection in detections:
        landmarks, presence = refine(image, detection.region, backend)
        region = region_of_landmarks(landmarks)
        if presence < least_presence or misfit(landmarks) > most_misfit or region.side < SMALLEST_FACE:
            continue
        if all(overlap(region, region_of_landmarks(other)) < 0.3 for other in faces):
            faces.append(landmarks)
    return sorted(faces, key=lambda each: -region_of_landmarks(each).side)


def misfit(landmarks: NDArray) -> float:
    """How unlike a face landmarks are: mean distance from the posed canonical face, in its eye distances."""
    shape = topology.canonical_shape()
    deviation = fit_pose(landmarks, shape).to_face(landmarks) - shape
    return float(np.linalg.norm(deviation, axis=1).mean() / np.linalg.norm(shape[33] - shape[263]))


def _searches(image: NDArray) -> list[tuple[list[Region], float]]:
    """Ever more expensive sets of views with the score that counts in them."""
    whole = whole_view(image)
    near = [whole, whole.changed(scale=1.5), *picture_tiles(image, 2)]
    turns = [np.radians(degrees) for degrees in (-35, 35, -70, 70, -105, 105, -140, 140, 180)]
    return [
        (near, 0.5),
        ([*near, *picture_tiles(image, 4)], 0.4),
        ([view.changed(turn=turn) for turn in turns for view in near[:2]], 0.4),
        ([view.changed(turn=turn) for turn in turns for view in picture_tiles(image, 2)], 0.3),
        (picture_tiles(image, 8), 0.4),
    ]


def picture_tiles(image: NDArray, n: int) -> list[Region]:
    """Squares of 1/n of the image's longer side that cover it, each half over the next."""
    height, width = image.shape[:2]
    side = max(height, width) / n
    columns, rows = (max(1, round(2 * length / side) - 1) for length in (width, height))
    xs = np.linspace(side / 2, width - side / 2, columns) if columns > 1 else [width / 2]
    ys = np.linspace(side / 2, height - side / 2, rows) if rows > 1 else [height / 2]
    return [Region((float(x), float(y)), side) for y in ys for x in xs]
