# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A drawn portrait on known landmarks: the face of the poses' thumbnails."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from ..inference.faces import topology
from ..inference.faces.face_frame import Pose
from ..inference.portrait import Portrait

SIZE = 640
_FINE = 3  # drawn so many times larger
_WALL, _HAIR, _SKIN, _SHIRT = (92, 138, 150), (74, 44, 34), (238, 190, 160), (208, 92, 72)
_SHADE, _BLUSH, _LIP, _INK = (196, 128, 104), (232, 128, 112), (196, 92, 88), (58, 34, 30)
_IRIS, _WHITE = (64, 124, 116), (250, 247, 242)
_FACE_SCALE = 20.5  # pixels per centimeter
_IRIS_RADIUS = 0.78  # centimeters
_EYE_GROWTH = (1.3, 2.0)  # across, upright


def drawn_portrait() -> Portrait:
    """The portrait: a friendly face that looks ahead, eyes open, mouth closed."""
    shape = _drawn_shape(topology.canonical_shape().astype(np.float32))
    pose = Pose(np.float64(_FACE_SCALE), np.eye(3), np.array((SIZE / 2, 0.53 * SIZE, 0.0)))
    landmarks = pose.to_image(shape).astype(np.float32)
    image = np.array(_Drawing(landmarks).finish())
    return Portrait(image, landmarks, pose, None, "0" * 64)


def _drawn_shape(shape: NDArray[np.float32]) -> NDArray[np.float32]:
    """The canonical face with the larger eyes of a drawing."""
    shape = shape.copy()
    for ring, creases, iris in (
        (topology.RIGHT_LID_RING, topology.RIGHT_UPPER_CREASE + topology.RIGHT_LOWER_CREASE, topology.RIGHT_IRIS),
        (topology.LEFT_LID_RING, topology.LEFT_UPPER_CREASE + topology.LEFT_LOWER_CREASE, topology.LEFT_IRIS),
    ):
        middle = shape[list(ring)].mean(axis=0)
        for rows, share in ((ring, 1.0), (creases, 0.6)):
            growth = share * (np.array(_EYE_GROWTH) - 1)
            shape[list(rows), :2] += growth * (shape[list(rows), :2] - middle[:2])
        shape[list(iris), :2] = middle[:2] + _IRIS_RADIUS * _unit_ring(len(iris))
    return shape


def _unit_ring(count: int) -> NDArray[np.float32]:
    angle = np.arange(count - 1) * np.pi / 2
    return np.concatenate([np.zeros((1, 2)), np.stack([np.cos(angle), -np.sin(angle)], axis=1)]).astype(np.float32)


class _Drawing:
    """From the wall behind to the light in the eyes."""

    def __init__(self, landmarks: NDArray[np.float32]) -> None:
        self._points = landmarks[:, :2] * _FINE
        self._side = SIZE * _FINE
        self._unit = _FACE_SCALE * _FINE  # a centimeter
        self._image = Image.new("RGB", (self._side, self._side), _WALL)

    def finish(self) -> Image.Image:
        """Draw everything."""
        self._wall()
        self._body()
        self._head()
        self._brows()
        self._eyes()
        self._nose()
        self._mouth()
        self._fringe()
        return self._image.resize((SIZE, SIZE), Image.Resampling.LANCZOS).convert("RGBA")

    def _lay(self, mask: Image.Image, color: tuple[int, int, int], blur: float = 0.0, share: float = 1.0) -> None:
        if blur:
            mask = mask.filter(ImageFilter.GaussianBlur(blur * self._unit))
        self._image.paste(color, mask=mask.point(lambda value: round(value * share)))

    def _mask(self) -> tuple[Image.Image, ImageDraw.ImageDraw]:
        mask = Image.new("L", self._image.size, 0)
        return mask, ImageDraw.Draw(mask)

    def _shape(self, points: NDArray) -> Image.Image:
        mask, draw = self._mask()
        draw.polygon([tuple(point) for point in _smooth(points)], fill=255)
        return mask

    def _line(self, points: NDArray, width: float) -> Image.Image:
        mask, draw = self._mask()
        fine = _smooth(points, closed=False)
        for share, (x, y) in zip(np.linspace(0, 1, len(fine)), fine, strict=True):
            radius = width * self._unit * (0.25 + 0.75 * np.sin(np.pi * min(share * 1.25, 1.0))) / 2
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
        return mask

    def _disc(self, center: NDArray, radius: float, tall: float = 1.0) -> Image.Image:
        mask, draw = self._mask()
        x, y, r = *center, radius * self._unit
        draw.ellipse((x - r, y - r * tall, x + r, y + r * tall), fill=255)
        return mask

    def _at(self, x: float, y: float) -> NDArray:
        """A place in centimeters from between the eyes."""
        return self._points[168] + np.array((x, y)) * self._unit

    def _wall(self) -> None:
        self._lay(self._disc(self._at(-5, -6), 11), (124, 170, 176), blur=4)

    def _body(self) -> None:
        chin = self._points[topology.CHIN]
        shoulder = np.array([(-11, 9.5), (-7, 5.6), (-3, 4.0), (3, 4.0), (7, 5.6), (11, 9.5)]) * self._unit + chin
        self._lay(self._disc(self._at(0, 2.4), 9.0, 1.12), _HAIR)
        neck = np.array([(-3.1, -4), (-3.0, 4.2), (0, 5.2), (3.0, 4.2), (3.1, -4)]) * self._unit + chin
        self._lay(self._shape(shoulder), _SHIRT)
        self._lay(self._shape(neck), _SKIN)
        shadow = ImageChops.multiply(self._shape(neck), self._shape(self._oval(1.0, 1.6)))
        self._lay(shadow, _SHADE, blur=0.25, share=0.75)

    def _oval(self, growth: float, down: float) -> NDArray:
        oval = self._points[list(topology.FACE_OVAL)]
        middle = oval.mean(axis=0)
        return middle + growth * (oval - middle) + (0, down * self._unit)

    def _head(self) -> None:
        for side in (234, 454):
            self._lay(self._disc(self._points[side] + (0, 0.6 * self._unit), 1.25, 1.5), _SKIN)
            self._lay(self._disc(self._points[side] + (0, 0.7 * self._unit), 0.6, 1.6), _SHADE, blur=0.2, share=0.6)
        face = self._shape(self._oval(1.0, 0))
        self._lay(face, _SKIN)
        light = ImageChops.multiply(face, self._shape(self._oval(0.82, -0.5)))
        self._lay(ImageChops.subtract(face, light.filter(ImageFilter.GaussianBlur(self._unit))), _SHADE, share=0.42)
        for cheek in (50, 280):
            blush = self._disc(self._points[cheek] + (0, 0.3 * self._unit), 1.5, 0.8)
            blush = blush.filter(ImageFilter.GaussianBlur(0.6 * self._unit))
            self._lay(ImageChops.multiply(blush, face), _BLUSH, share=0.4)

    def _fringe(self) -> None:
        edge = [(8.2, 2.0), (7.4, -3.4), (3.2, -6.4), (0, -6.9), (-3.2, -6.6), (-7.4, -3.4), (-8.2, 2.0)]
        under = [
            (-7.3, 2.2),
            (-6.3, -0.8),
            (-3.2, -2.9),
            (1.6, -4.6),
            (2.4, -5.0),
            (4.6, -3.6),
            (6.4, -0.8),
            (7.3, 2.2),
        ]
        hair = self._shape(np.array([self._at(*place) for place in (*edge, *under)]))
        shadow = hair.filter(ImageFilter.GaussianBlur(0.4 * self._unit))
        self._lay(ImageChops.multiply(shadow, self._shape(self._oval(1.0, 0))), _SHADE, share=0.8)
        self._lay(hair, _HAIR)
        strand = np.array([self._at(*place) for place in ((-5.2, -3.6), (-2.4, -5.3), (1.2, -5.9))])
        self._lay(self._line(strand, 0.45), (128, 84, 62), blur=0.12, share=0.8)

    def _brows(self) -> None:
        for upper, lower in (
            (topology.RIGHT_BROW_UPPER, topology.RIGHT_BROW_LOWER),
            (topology.LEFT_BROW_UPPER, topology.LEFT_BROW_LOWER),
        ):
            self._lay(self._shape(self._points[[*upper, *reversed(lower)]]), _HAIR)

    def _eyes(self) -> None:
        for side in ("RIGHT", "LEFT"):
            ring, upper, corners, crease, iris = (
                getattr(topology, f"{side}_{part}")
                for part in ("LID_RING", "UPPER_LID", "EYE_CORNERS", "UPPER_CREASE", "IRIS")
            )
            eye, center = self._shape(self._points[list(ring)]), self._points[iris[0]]
            self._lay(self._line(self._points[list(crease)], 0.16), _SHADE, blur=0.04, share=0.8)
            self._lay(eye, _WHITE)
            for radius, color in ((0.85, _INK), (_IRIS_RADIUS, _IRIS), (0.38, (24, 22, 26))):
                self._lay(ImageChops.multiply(self._disc(center, radius), eye), color)
            lid = self._points[[corners[0], *upper, corners[1]]]
            shadow = self._shape(np.concatenate([lid, lid[::-1] + (0, 0.22 * self._unit)]))
            self._lay(ImageChops.multiply(shadow, eye), (170, 160, 160), blur=0.06, share=0.6)
            self._lay(self._disc(center + np.array((-0.26, -0.28)) * self._unit, 0.18), (255, 255, 255))
            self._lay(self._line(lid, 0.3), _INK)

    def _nose(self) -> None:
        tip = self._points[topology.NOSE_TIP]
        self._lay(self._disc(tip + (0, 0.1 * self._unit), 0.95, 0.8), _BLUSH, blur=0.35, share=0.45)
        self._lay(self._line(self._points[[129, 98, 97, 2, 326, 327, 358]], 0.22), _SHADE, blur=0.05)
        self._lay(self._disc(tip + np.array((-0.2, -0.3)) * self._unit, 0.28), (255, 232, 216), blur=0.15, share=0.8)

    def _mouth(self) -> None:
        self._lay(self._shape(self._points[list(topology.OUTER_LIPS)]), _LIP)
        seam = [topology.INNER_LIP_CORNERS[0], *topology.INNER_UPPER_LIP, topology.INNER_LIP_CORNERS[1]]
        self._lay(self._line(self._points[seam], 0.13), (130, 52, 54))
        below = self._points[17] + (0, 0.55 * self._unit)
        self._lay(self._disc(below, 0.9, 0.3), _SHADE, blur=0.2, share=0.6)


def _smooth(points: NDArray, closed: bool = True, steps: int = 8) -> NDArray:
    """A curve through points (E. Catmull, R. Rom 1974)."""
    count = len(points)
    around = (lambda i: points[i % count]) if closed else (lambda i: points[min(max(i, 0), count - 1)])
    curve = []
    for i in range(count if closed else count - 1):
        a, b, c, d = (around(i + k) for k in (-1, 0, 1, 2))
        for t in np.arange(steps) / steps:
            curve.append(b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a))))
    return np.array(curve if closed else [*curve, points[-1]])
