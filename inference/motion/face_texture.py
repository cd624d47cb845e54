# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a take keeps of the actor's looks per footage frame: the skin for wrinkles and the inside of the mouth.

One small picture, an atlas of FACE_SIDE columns, kept as a JPEG:

- rows 0..FACE_SIDE: the face, unrolled from a cylinder about a vertical axis. `texture_points()` says where each
  landmark lies in it; the same place is the same skin in every frame, whatever the head and the face do.
- the MOUTH_HEIGHT rows below: the opening between the inner lips. Columns run from the subject's right corner to the
  left one, through the eleven points (corner, nine of the lip, corner) at equal steps; rows from the upper to the lower
  lip.

What a turned head hides holds whatever the picture shows there instead. Not for: what an engine makes of it.
"""

from functools import cache
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from ...bridge.errors import InputError
from ..faces import topology

FACE_SIDE = 192
MOUTH_HEIGHT = 64
MOUTH_UPPER = (topology.INNER_LIP_CORNERS[0], *topology.INNER_UPPER_LIP, topology.INNER_LIP_CORNERS[1])
MOUTH_LOWER = (topology.INNER_LIP_CORNERS[0], *topology.INNER_LOWER_LIP, topology.INNER_LIP_CORNERS[1])

_QUALITY = 88
_AXIS_DEPTH = 8.0  # centimeters, face frame: of the cylinder's axis behind the eyes' outer corners
_MARGIN = 0.02  # of the atlas, around the face
_STEP = 2  # the map from atlas to picture is computed at every second pixel
_MAX_BYTES = 1 << 18


class FaceTexture(NamedTuple):
    """face (FACE_SIDE, FACE_SIDE, 3) and mouth (MOUTH_HEIGHT, FACE_SIDE, 3), uint8 RGB."""

    face: NDArray[np.uint8]
    mouth: NDArray[np.uint8]


@cache
def texture_points() -> NDArray[np.float32]:
    """Where each landmark lies in the face part: (478, 2) x, y in its pixels (centers at integers + 0.5). Read-only."""
    x, y, z = topology.canonical_shape().T
    unrolled = np.stack([np.arctan2(x, _AXIS_DEPTH - z), y / np.ptp(y)], axis=1)
    low, high = unrolled.min(axis=0), unrolled.max(axis=0)
    points = (_MARGIN + (1 - 2 * _MARGIN) * (unrolled - low) / (high - low)) * FACE_SIDE
    points.flags.writeable = False
    return points.astype(np.float32)


def make_texture(image: NDArray[np.uint8], landmarks: NDArray) -> NDArray[np.uint8]:
    """The atlas (FACE_SIDE + MOUTH_HEIGHT, FACE_SIDE, 3) uint8 RGB of a face.

    image: (H, W, 3) uint8 RGB.   landmarks: (478, 3), pixels of the image, unsmoothed: where the face is in this frame.
    """
    xy = np.asarray(landmarks, np.float32)[:, :2]
    image, offset, shrink = _near(image, xy)
    xy = (xy - offset) / shrink - 0.5  # to OpenCV's pixel centers
    vertices, weights = _face_grid()
    size = FACE_SIDE // _STEP
    face_map = np.einsum("nk,nkd->nd", weights, xy[vertices]).reshape(size, size, 2)
    face_map = cv2.resize(face_map, (FACE_SIDE, FACE_SIDE), interpolation=cv2.INTER_LINEAR)
    whole_map = np.concatenate([face_map, _mouth_map(xy)])
    return cv2.remap(image, whole_map, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def encode_texture(atlas: NDArray[np.uint8]) -> bytes:
    """The atlas as a JPEG."""
    return cv2.imencode(".jpg", atlas[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1].tobytes()


def decode_texture(jpeg: bytes) -> FaceTexture:
    """The textures in a JPEG that `encode_texture` made. Raises InputError when it is something else."""
    size = (FACE_SIDE + MOUTH_HEIGHT, FACE_SIDE, 3)
    atlas = None
    if 0 < len(jpeg) <= _MAX_BYTES and _jpeg_size(jpeg) == size[:2]:  # a small file can claim a huge picture
        atlas = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    if atlas is None or atlas.shape != size:
        raise InputError("A face texture of the take is damaged.", "Capture the footage again.")
    return FaceTexture(*np.split(np.ascontiguousarray(atlas[:, :, ::-1]), [FACE_SIDE]))


def _near(image: NDArray[np.uint8], xy: NDArray) -> tuple[NDArray[np.uint8], NDArray, int]:
    """The part of the image around the face, shrunk by a whole factor so that sampling it does not alias."""
    low, high = xy.min(axis=0), xy.max(axis=0)
    shrink = int(np.max(high - low) / FACE_SIDE / 1.5)
    if shrink < 2:
        return image, np.zeros(2, np.float32), 1
    left, top = np.maximum(low - 8 * shrink, 0).astype(int)
    right, bottom = np.minimum(high + 8 * shrink, image.shape[1::-1]).astype(int)
    columns, rows = max(1, (right - left) // shrink), max(1, (bottom - top) // shrink)
    part = image[top : top + rows * shrink, left : left + columns * shrink]
    if part.shape[:2] != (rows * shrink, columns * shrink):
        return image, np.zeros(2, np.float32), 1
    return cv2.resize(part, (columns, rows), interpolation=cv2.INTER_AREA), np.array([left, top], np.float32), shrink


def _mouth_map(xy: NDArray[np.float32]) -> NDArray[np.float32]:
    along = (np.arange(FACE_SIDE) + 0.5) / FACE_SIDE * (len(MOUTH_UPPER) - 1)
    knot = np.minimum(along.astype(int), len(MOUTH_UPPER) - 2)
    between = (along - knot)[:, None].astype(np.float32)
    upper, lower = (
        xy[list(lip)][knot] * (1 - between) + xy[list(lip)][knot + 1] * between for lip in (MOUTH_UPPER, MOUTH_LOWER)
    )
    down = ((np.arange(MOUTH_HEIGHT) + 0.5) / MOUTH_HEIGHT)[:, None, None].astype(np.float32)
    return upper * (1 - down) + lower * down  # (MOUTH_HEIGHT, FACE_SIDE, 2)


@cache
def _face_grid() -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """For every second pixel of the face part: three landmarks (N, 3) and their weights (N, 3), that sum to 1.

    Outside the mesh the nearest point of its outline stands in.
    """
    size = FACE_SIDE // _STEP
    centers = (np.arange(size) + 0.5) * _STEP
    vertices = np.zeros((size, size, 3), np.intp)
    weights = np.zeros((size, size, 3), np.float32)
    is_covered = np.zeros((size, size), bool)
    for triangle in topology.triangles():
        a, b, c = corners = texture_points()[triangle].astype(np.float64)
        columns, rows = (
            slice(*np.searchsorted(centers, (corners[:, axis].min(), corners[:, axis].max()))) for axis in (0, 1)
        )
        x, y = np.meshgrid(centers[columns] - a[0], centers[rows] - a[1])
        (bx, by), (cx, cy) = b - a, c - a
        area = bx * cy - by * cx
        second, third = (x * cy - y * cx) / area, (bx * y - by * x) / area
        candidates = np.stack([1 - second - third, second, third], axis=-1)
        is_inside = candidates.min(axis=-1) >= -1e-6
        vertices[rows, columns][is_inside] = triangle
        weights[rows, columns][is_inside] = candidates[is_inside]
        is_covered[rows, columns] |= is_inside
    for row, column in np.argwhere(~is_covered):
        vertices[row, column], weights[row, column] = _nearest_of_outline(centers[[column, row]])
    return vertices.reshape(-1, 3), weights.reshape(-1, 3)


def _nearest_of_outline(point: NDArray) -> tuple[tuple[int, int, int], tuple[float, float, float]]:
    oval = np.array(topology.FACE_OVAL)
    start = texture_points()[oval]
    side = np.roll(start, -1, axis=0) - start
    along = np.clip(((point - start) * side).sum(axis=1) / (side**2).sum(axis=1), 0, 1)
    k = np.linalg.norm(start + along[:, None] * side - point, axis=1).argmin()
    return (oval[k], oval[(k + 1) % len(oval)], oval[k]), (1 - along[k], along[k], 0)


def _jpeg_size(jpeg: bytes) -> tuple[int, int] | None:
    """Height and width as a JPEG's frame header says, None where there is none."""
    position = 2
    while jpeg[:2] == b"\xff\xd8" and position + 9 <= len(jpeg) and jpeg[position] == 0xFF:
        marker, length = jpeg[position + 1], int.from_bytes(jpeg[position + 2 : position + 4], "big")
        if marker in (0xC0, 0xC1, 0xC2):
            return tuple(int.from_bytes(jpeg[position + at : position + at + 2], "big") for at in (5, 7))
        position += 2 + length
    return None
