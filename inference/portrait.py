# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A source image and the face found in it: what every engine starts from. The face may be placed by hand."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ..bridge.errors import FaceNotFoundError, InputError
from ..bridge.requests import Placement
from .faces import topology
from .faces.corrections import corrected
from .faces.face_detector import overlap
from .faces.face_frame import Pose, fit_pose
from .faces.landmarks import LARGEST_MISFIT, LEAST_PRESENCE, MediaPipeBackend, find_faces, misfit, refine
from .faces.matte import Segmenter
from .faces.region import MARGIN, Region, region_of_landmarks
from .media.pictures import read_picture

_SEARCHED_SIDE = 4096  # pixels: larger pictures are searched at this size
_BY_HAND = "Place the face by hand: a box and five points are enough."
# subject's right eye, left eye, nose tip, right and left mouth corner, as Placement orders them
_PLACED = ((33, 133), (263, 362), (4,), (61,), (291,))
_NOSE_AHEAD = 3.9  # centimeters of the nose tip before the eyes, canonical face


@dataclass(frozen=True)
class Portrait:
    """image: (H, W, 4) uint8 or uint16 RGBA, sRGB, straight alpha.   landmarks: (478, 3), its pixels.

    pose: of the head, against the canonical face. Without a face (read_faceless) both are empty.
    matte: (H, W) float32, 0 background .. 1 person, or None.   sha256: of the pixels, hexadecimal.
    """

    image: NDArray
    landmarks: NDArray[np.float32]
    pose: Pose | None
    matte: NDArray[np.float32] | None
    sha256: str


def read_portrait(path: Path | str, face: int = 0, placement: Placement | None = None) -> Portrait:
    """The portrait in a picture file.

    face: which one, the largest first.   placement: where it is, when the artist says so; nothing is searched then.
    Raises InputError for a file that is no usable picture and a placement outside it, FaceNotFoundError without a face.
    """
    return make_portrait(read_picture(path), str(path), face, placement)


def make_portrait(image: NDArray, name: str, face: int = 0, placement: Placement | None = None) -> Portrait:
    """The portrait in a picture (H, W, 4) RGBA, as `read_portrait`; `name` is for messages."""
    return _with_landmarks(image, _as_seen(image)[0], face_landmarks(image, name, face, placement))


def _with_landmarks(image: NDArray, seen: NDArray[np.uint8], landmarks: NDArray[np.float32]) -> Portrait:
    matte = cv2.resize(Segmenter().matte(seen), (image.shape[1], image.shape[0]), interpolation=cv2.INTER_LINEAR)
    return Portrait(image, landmarks, fit_pose(landmarks, topology.canonical_shape()), matte, picture_sha256(image))


def changed_portrait(portrait: Portrait, image: NDArray) -> Portrait:
    """A portrait whose picture was painted over, the size unchanged; the face is fitted again where it was.

    Where no face is seen there any more, landmarks, pose and matte stay what they were.
    """
    seen, scale = _as_seen(image)
    landmarks, presence = refine(seen, region_of_landmarks(portrait.landmarks * np.float32(scale)), MediaPipeBackend())
    if presence < LEAST_PRESENCE or misfit(landmarks) > LARGEST_MISFIT or _has_moved(landmarks, portrait, scale):
        return replace(portrait, image=image, sha256=picture_sha256(image))
    return _with_landmarks(image, seen, (landmarks / scale).astype(np.float32))


def _has_moved(landmarks: NDArray, portrait: Portrait, scale: float) -> bool:
    """Whether the fit went to another place: a style changes a face by less than a quarter of its size."""
    before, after = region_of_landmarks(portrait.landmarks * scale), region_of_landmarks(landmarks)
    return overlap(before, after) < 0.5


def read_faceless(path: Path | str) -> Portrait:
    """A picture in which no face is looked for: no landmarks, no pose, no matte. Raises InputError."""
    image = read_picture(path)
    return Portrait(image, np.empty((0, 3), np.float32), None, None, picture_sha256(image))


def picture_sha256(image: NDArray) -> str:
    """SHA-256 of the pixels, hexadecimal; of size and type as well."""
    return hashlib.sha256(f"{image.shape}{image.dtype}".encode() + image.tobytes()).hexdigest()


def face_landmarks(image: NDArray, name: str, face: int = 0, placement: Placement | None = None) -> NDArray[np.float32]:
    """Landmarks (478, 3) of one face of a picture (H, W, 4) RGBA, its pixels; arguments and errors as above."""
    if placement is None:
        return chosen_face(faces_in(image), name, face)
    seen, scale = _as_seen(image)
    landmarks = _placed_landmarks(seen, placement, scale, name) / scale
    return corrected(landmarks, placement.corrections).astype(np.float32)


def faces_in(image: NDArray) -> list[NDArray[np.float32]]:
    """Landmarks (478, 3) of every face of a picture (H, W, 4) RGBA, its pixels, the largest face first."""
    seen, scale = _as_seen(image)
    return [(landmarks / scale).astype(np.float32) for landmarks in find_faces(seen)]


def chosen_face(faces: list[NDArray[np.float32]], name: str, face: int) -> NDArray[np.float32]:
    """One of the faces of the picture `name`. Raises FaceNotFoundError when there is no such face."""
    if not faces:
        raise FaceNotFoundError(f"No face was found in {name}.", _BY_HAND)
    if not 0 <= face < len(faces):
        raise FaceNotFoundError(f"{name} shows {len(faces)} faces, there is no face {face}.", "Choose another, from 0.")
    return faces[face]


def _as_seen(image: NDArray) -> tuple[NDArray[np.uint8], float]:
    """(h, w, 3) uint8 RGB for the networks, transparency over gray, and its size relative to the image."""
    height, width = image.shape[:2]
    scale = min(1.0, _SEARCHED_SIDE / max(height, width))
    if scale < 1:
        image = cv2.resize(image, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
    image = image if image.dtype == np.uint8 else (image // 257).astype(np.uint8)
    if image[..., 3].min() == 255:
        return np.ascontiguousarray(image[..., :3]), scale
    alpha = image[..., 3:].astype(np.float32) / 255
    return np.rint(image[..., :3] * alpha + 128 * (1 - alpha)).astype(np.uint8), scale


def _placed_landmarks(seen: NDArray[np.uint8], placement: Placement, scale: float, name: str) -> NDArray:
    box = np.array(placement.box, np.float64) * scale
    points = np.array(placement.points, np.float64).reshape(-1, 2) * scale
    _check_placement(box, points, seen.shape, name)
    angle = float(np.arctan2(*(points[1] - points[0])[::-1])) if len(points) else 0.0
    center = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    region = Region(center, MARGIN * float(max(box[2] - box[0], box[3] - box[1])), angle)
    landmarks, presence = refine(seen, region, MediaPipeBackend())
    if presence >= LEAST_PRESENCE and _agrees(landmarks, box, points):
        return landmarks
    return _canonical_at(box, points)


def _check_placement(box: NDArray, points: NDArray, shape: tuple[int, ...], name: str) -> None:
    height, width = shape[:2]
    is_number = np.isfinite(box).all() and np.isfinite(points).all()
    if not is_number or box[2] - box[0] < 8 or box[3] - box[1] < 8 or len(points) not in (0, 5):
        raise InputError(
            f"The face placed in {name} has no usable box.", "Draw a box around the face, and five points or none."
        )
    if box[2] <= 0 or box[3] <= 0 or box[0] >= width or box[1] >= height:
        raise InputError(f"The face placed in {name} lies outside the picture.", "Draw the box on the picture.")
    if len(points) and np.linalg.norm(points[1] - points[0]) < 2:
        raise InputError(f"Both eyes of the face placed in {name} are in one place.", "Set the five points again.")


def _agrees(landmarks: NDArray, box: NDArray, points: NDArray) -> bool:
    """Whether the network fitted the face that was meant."""
    size = max(box[2] - box[0], box[3] - box[1])
    middle = landmarks[: topology.N_SKIN, :2].mean(axis=0)
    if np.abs(middle - (box[:2] + box[2:]) / 2).max() > 0.35 * size:
        return False
    found = np.array([landmarks[list(each), :2].mean(axis=0) for each in _PLACED])
    return not len(points) or float(np.linalg.norm(found - points, axis=1).max()) < 0.14 * size


def _canonical_at(box: NDArray, points: NDArray) -> NDArray[np.float64]:
    """The canonical face laid on the box, or through the five points: for faces that no network knows."""
    shape = topology.canonical_shape().astype(np.float64)
    anchors = np.array([shape[list(each)].mean(axis=0) for each in _PLACED])
    if not len(points):
        low, high = shape[: topology.N_SKIN, :2].min(axis=0), shape[: topology.N_SKIN, :2].max(axis=0)
        scale = ((box[2:] - box[:2]) / (high - low)).mean()
        return scale * (shape - (*((low + high) / 2), 0)) + (*((box[:2] + box[2:]) / 2), 0)
    flat = cv2.estimateAffinePartial2D(anchors[[0, 1, 3, 4], :2], points[[0, 1, 3, 4]], method=cv2.LMEDS)[0]
    if flat is None:
        flat = np.array(((1.0, 0, points[:, 0].mean()), (0, 1.0, points[:, 1].mean())))
    scale = float(np.sqrt(abs(np.linalg.det(flat[:, :2]))))
    landmarks = np.column_stack((shape[:, :2] @ flat[:, :2].T + flat[:, 2], scale * shape[:, 2]))
    sideways = np.linalg.solve(flat[:, :2], points[2] - flat[:, 2])[0] / _NOSE_AHEAD  # sine of the yaw, about
    landmarks[:, :2] += np.outer(-np.clip(sideways, -0.6, 0.6) * (shape[:, 2] - anchors[:2, 2].mean()), flat[:, 0])
    moved = np.array([landmarks[list(each), :2].mean(axis=0) for each in _PLACED])
    distance = np.linalg.norm(landmarks[:, None, :2] - moved[None], axis=2)
    weights = 1 / np.maximum(distance, 0.02 * scale * 10) ** 2
    landmarks[:, :2] += (weights / weights.sum(axis=1, keepdims=True)) @ (points - moved)
    return landmarks
