# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which landmark is what: names for MediaPipe's face mesh indices, its triangles and a neutral shape in centimeters.

Right and left are the subject's own: the right eye lies on the left of an unmirrored picture. Lists that come in pairs
(upper and lower, right and left) correspond element by element. Not for: finding landmarks (landmarks.py).
Numbering: MediaPipe Face Mesh, 468 points of skin and lips, then 5 per iris (center, right, up, left, down as seen).
"""

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

N_SKIN = 468
N_LANDMARKS = 478  # 468 of skin and lips, 5 per iris

# Eyes. Lids run from the outer corner to the inner one, corners excluded.
RIGHT_EYE_CORNERS = (33, 133)  # outer, inner
RIGHT_UPPER_LID = (246, 161, 160, 159, 158, 157, 173)
RIGHT_LOWER_LID = (7, 163, 144, 145, 153, 154, 155)
RIGHT_UPPER_CREASE = (247, 30, 29, 27, 28, 56, 190)  # the row above the upper lid
RIGHT_UPPER_SOCKET = (113, 225, 224, 223, 222, 221, 189)  # the row above the crease, under the brow
RIGHT_LOWER_CREASE = (25, 110, 24, 23, 22, 26, 112)  # the row below the lower lid
RIGHT_LOWER_SOCKET = (31, 228, 229, 230, 231, 232, 233)  # the row below that
RIGHT_IRIS = (468, 469, 470, 471, 472)
RIGHT_BROW_UPPER = (70, 63, 105, 66, 107)  # from the temple to the nose
RIGHT_BROW_LOWER = (46, 53, 52, 65, 55)

LEFT_EYE_CORNERS = (263, 362)
LEFT_UPPER_LID = (466, 388, 387, 386, 385, 384, 398)
LEFT_LOWER_LID = (249, 390, 373, 374, 380, 381, 382)
LEFT_UPPER_CREASE = (467, 260, 259, 257, 258, 286, 414)
LEFT_UPPER_SOCKET = (342, 445, 444, 443, 442, 441, 413)
LEFT_LOWER_CREASE = (255, 339, 254, 253, 252, 256, 341)
LEFT_LOWER_SOCKET = (261, 448, 449, 450, 451, 452, 453)
LEFT_IRIS = (473, 474, 475, 476, 477)
LEFT_BROW_UPPER = (300, 293, 334, 296, 336)
LEFT_BROW_LOWER = (276, 283, 282, 295, 285)


def _ring(corners: tuple[int, ...], lower: tuple[int, ...], upper: tuple[int, ...]) -> tuple[int, ...]:
    outer, inner = corners
    return (outer, *lower, inner, *reversed(upper))


RIGHT_LID_RING = _ring(RIGHT_EYE_CORNERS, RIGHT_LOWER_LID, RIGHT_UPPER_LID)  # 16 points, closed
LEFT_LID_RING = _ring(LEFT_EYE_CORNERS, LEFT_LOWER_LID, LEFT_UPPER_LID)

# Mouth. Lips run from the subject's right corner to the left one, corners excluded.
INNER_LIP_CORNERS = (78, 308)  # right, left
INNER_UPPER_LIP = (191, 80, 81, 82, 13, 312, 311, 310, 415)
INNER_LOWER_LIP = (95, 88, 178, 87, 14, 317, 402, 318, 324)
OUTER_LIP_CORNERS = (61, 291)
OUTER_UPPER_LIP = (185, 40, 39, 37, 0, 267, 269, 270, 409)
OUTER_LOWER_LIP = (146, 91, 181, 84, 17, 314, 405, 321, 375)
INNER_LIPS = (78, *INNER_UPPER_LIP, 308, *reversed(INNER_LOWER_LIP))  # 20 points, closed
OUTER_LIPS = (61, *OUTER_UPPER_LIP, 291, *reversed(OUTER_LOWER_LIP))  # 20 points, closed

FACE_OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
CHIN = 152
NOSE_TIP = 4
NOSE_BASE = 2

# Points that expressions hardly move, and how much each says about the head's pose.
_STEADY = (33, 133, 362, 263, 168, 6, 197, 195, 5, 4, 122, 351, 188, 412)  # eye corners and nose bridge
RIGID = _STEADY + (
    10, 151, 9, 8, 127, 356, 234, 454, 54, 284, 103, 332, 67, 297, 109, 338, 162, 389, 21, 251, 193, 417,
)  # fmt: skip
RIGID_WEIGHTS = (2.0,) * len(_STEADY) + (1.0,) * (len(RIGID) - len(_STEADY))


@cache
def canonical_shape() -> NDArray[np.float32]:
    """The neutral, symmetric face, (478, 3), face frame: centimeters, x right, y down, z away. Read-only."""
    return _read_canonical_face()[0]


@cache
def triangles() -> NDArray[np.int32]:
    """Skin, lids and lips as triangles, (898, 3) landmark indices, counterclockwise as the viewer sees them (y up).

    The last 46 fill the eye and mouth openings: 14 of the right eye, 14 of the left, 18 of the mouth. Read-only.
    """
    return _read_canonical_face()[1]


N_OPENING_TRIANGLES = 14 + 14 + 18


@cache
def mirror_indices() -> NDArray[np.intp]:
    """For each landmark the index of its mirror image, (478,): `shape[mirror_indices()] * (-1, 1, 1)` is mirrored."""
    shape = canonical_shape()
    skin = shape[:N_SKIN]
    distance = np.abs(skin[:, None] * (-1, 1, 1) - skin[None]).sum(axis=2)
    irises = (473, 476, 475, 474, 477, 468, 471, 470, 469, 472)  # right and left change places within an iris too
    return np.concatenate([distance.argmin(axis=1), irises])


@cache
def _read_canonical_face() -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    points, faces = [], []
    for line in Path(__file__).with_name("canonical_face.obj").read_text(encoding="utf-8").splitlines():
        kind, *words = line.split()
        if kind == "v":
            points.append([float(word) for word in words])
        elif kind == "f":
            faces.append([int(word) - 1 for word in words])
    shape = np.array(points, np.float32) * np.array((1, -1, -1), np.float32)  # y up, z near -> y down, z away
    triangle_indices = np.array(faces, np.int32)
    shape.flags.writeable = triangle_indices.flags.writeable = False
    return shape, triangle_indices
