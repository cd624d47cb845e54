# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A painted eye taken apart into two layers, once per source: the white of the eye, and the iris that glides over it.

What lids and iris hide is completed: the white smoothly from what is seen of it, the iris by its own symmetry. Where
nothing has moved the two layers together are the painted eye again.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from .curves import closed_curve, filled, shrunk
from .iris import Look, refine_irises
from .lids import LEFT, RIGHT
from .outer_mesh import smoothstep
from .push_pull import push_pull

_WIDTHS = (64.0, 480.0)  # pixels, smallest and largest resolution of the layers, corner to corner
_FIELD = (1.7, 1.3)  # of the eye's width: the layers' extent


def take_apart(image: NDArray, landmarks: NDArray) -> "tuple[EyeArt, EyeArt]":
    """Both eyes of a source, right and left.

    image: (H, W, 4), premultiplied, uint8 or uint16.   landmarks: (478, 3), its pixels.
    """
    eyes = [OpenedEye(image, landmarks[eye.ring, :2], landmarks[eye.iris, :2]) for eye in (RIGHT, LEFT)]
    irises = refine_irises([eye.look() for eye in eyes])
    right, left = (EyeArt(eye, *iris) for eye, iris in zip(eyes, irises, strict=True))
    return right, left


class OpenedEye:
    """One eye as painted, level, with what its lids leave visible."""

    def __init__(self, image: NDArray, ring: NDArray, iris: NDArray) -> None:
        """ring: (16, 2), lids from the outer corner.   iris: (5, 2), center and rim as guessed."""
        ring = ring.astype(np.float64)
        self.from_source, size = eye_frame(ring, _WIDTHS)
        self._dtype = image.dtype
        peak = np.float32(np.iinfo(image.dtype).max)
        self.picture = cut(image, self.from_source, size)[..., :3].astype(np.float32) / peak
        outline = apply(self.from_source, closed_curve(ring, corners=(0, 8)))
        self.width = float(np.linalg.norm(apply(self.from_source, ring[8]) - apply(self.from_source, ring[0])))
        self.middle = apply(self.from_source, (ring[0] + ring[8]) / 2)
        visible = shrunk(filled(outline, *size, 0.0), 0.03 * self.width)
        self.visible = cv2.GaussianBlur(visible, (0, 0), 0.012 * self.width)
        self._guess = apply(self.from_source, iris.astype(np.float64))

    def as_pixels(self, picture: NDArray[np.float32]) -> NDArray:
        """(H, W, 3) 0..1 to opaque (H, W, 4) in the source's dtype."""
        peak = np.iinfo(self._dtype).max
        opaque = np.dstack((picture, np.ones(picture.shape[:2], np.float32)))
        return np.rint(np.clip(opaque, 0, 1) * peak).astype(self._dtype)

    def look(self) -> Look:
        """What the search for the iris starts from."""
        radius = np.linalg.norm(self._guess[1:] - self._guess[0], axis=1).mean()
        return Look(self.picture.mean(axis=2), self.visible, self._guess[0], float(radius))


class EyeArt:
    """The layers of one eye, in a frame whose x axis runs along the eye as seen.

    from_source: (2, 3), source pixels to layer pixels; to_source: (2, 2), steps back.
    white, iris: (H, W, 4), the source's dtype, the iris where it was painted.   iris_share: (H, W), 1 on the iris.
    center, radius: of the iris; middle: between the corners; width: of the eye; all in layer pixels.
    shadow: 0..1, of the upper lid on the eye.   iris_error: (2,), from where the landmarks say the iris is to where the
    painter put it, source pixels.
    """

    def __init__(self, opened: OpenedEye, center: NDArray, radius: float) -> None:
        """center, radius: of the iris, in the opened eye's pixels."""
        self.from_source, self.width, self.middle = opened.from_source, opened.width, opened.middle
        self.to_source = np.linalg.inv(opened.from_source[:, :2])
        self.center, self.radius = center, radius
        self.iris_error = np.linalg.solve(opened.from_source[:, :2], center - opened.look().center)
        size = (opened.picture.shape[1], opened.picture.shape[0])
        distance = self._from_iris(size)
        white, self.shadow = _white(opened.picture, opened.visible, distance)
        self.white = opened.as_pixels(white)
        self.iris = opened.as_pixels(self._iris(opened.picture, opened.visible, size))
        self.iris_share = (1 - smoothstep(0.94, 1.08, distance)).astype(np.float32)

    def _from_iris(self, size: tuple[int, int]) -> NDArray[np.float32]:
        """Distance of each layer pixel from the iris's center, in radii."""
        y, x = np.indices((size[1], size[0]), dtype=np.float32) + np.float32(0.5)
        return np.hypot(x - self.center[0], y - self.center[1]) / np.float32(self.radius)

    def _iris(self, picture: NDArray, visible: NDArray, size: tuple[int, int]) -> NDArray[np.float32]:
        """The iris as if the lids were wide open: what is hidden comes from the mirrored other side."""
        colors, weights = [picture], [visible]
        for flip_x, flip_y in ((False, True), (True, False), (True, True)):
            mirror = np.float32([[-1 if flip_x else 1, 0, 0], [0, -1 if flip_y else 1, 0]])
            mirror[:, 2] = self.center - 0.5 - mirror[:, :2] @ (self.center - 0.5)
            for layers in (colors, weights):
                layers.append(cv2.warpAffine(layers[0], mirror, size, flags=cv2.INTER_LINEAR))
        seen = np.maximum.reduce(weights)
        result = push_pull(picture * 1.0, np.where(self._from_iris(size) < 1, visible, 0) + 1e-5)
        for color, weight in reversed(list(zip(colors, weights, strict=True))):
            result += weight[..., None] * (color - result)
        return result if seen.any() else picture


def _white(picture: NDArray, visible: NDArray, distance: NDArray) -> tuple[NDArray[np.float32], float]:
    """The eye without its iris, and how dark the upper lid's shadow on it is, 0..1.

    Clear white stays. The rest is completed in its color, whatever was there: iris, lashes, shadows and the reddish rim
    all belong to other things that move.
    """
    white = picture.mean(axis=2) - 0.8 * np.ptp(picture, axis=2)  # bright and without color
    clear = shrunk(visible, 0.03 * picture.shape[1] / _FIELD[0]) * smoothstep(1.1, 1.2, distance)
    if clear.sum() < 12:  # an eye without any white to see: an animal's, or nearly shut
        clear = visible * smoothstep(0.8, 1.0, distance) + 1e-4
    is_clear = clear > min(0.5, 0.9 * clear.max())
    dark, bright = np.percentile(white[is_clear], (5, 80))
    whiteness = 1 - (bright - white) / max(float(bright - dark), 0.02)
    color = picture[is_clear & (whiteness >= 0.85)].mean(axis=0)
    color = np.minimum(
        1.06 * (0.7 * color + 0.3 * color.mean()), 1.0
    )  # beside the iris is whiter than the corners seen
    local = push_pull(picture, (clear * smoothstep(0.5, 0.95, whiteness) + 1e-5).astype(np.float32))
    completed = (0.3 * local + 0.7 * color) * _roundness(picture.shape)
    seen = (visible * smoothstep(1.08, 1.22, distance) * smoothstep(0.5, 0.9, whiteness)).astype(np.float32)
    gray, bright = picture.mean(axis=2), max(float(color.mean()), 1e-3)
    upper_rim = (visible > 0.2) & (distance > 1.15) & (_shifted_down(visible, 0.1 * picture.shape[1] / _FIELD[0]) < 0.2)
    shadow = 1 - float(gray[upper_rim].mean()) / bright if upper_rim.any() else 0.3
    return completed + seen[..., None] * (picture - completed), float(np.clip(shadow, 0.15, 0.5))


def _shifted_down(mask: NDArray, by: float) -> NDArray:
    return cv2.warpAffine(mask, np.float32(((1, 0, 0), (0, 1, by))), (mask.shape[1], mask.shape[0]))


def _roundness(shape: tuple[int, ...]) -> NDArray[np.float32]:
    """An eyeball turns away from the light towards its corners."""
    x = np.abs((np.arange(shape[1]) + 0.5) / shape[1] - 0.5) * _FIELD[0]  # eye widths
    return (1 - 0.22 * smoothstep(0.15, 0.5, x)).astype(np.float32)[None, :, None]


def eye_frame(ring: NDArray, widths: tuple[float, float]) -> tuple[NDArray[np.float64], tuple[int, int]]:
    """A map from source pixels to a picture with a level eye in its middle, and that picture's (width, height).

    ring: (16, 2).   widths: smallest and largest width of the eye in that picture, pixels.
    """
    outer, inner = ring[0], ring[8]
    left, right = (outer, inner) if outer[0] < inner[0] else (inner, outer)
    along = right - left
    width = max(float(np.linalg.norm(along)), 1e-3)
    scale = np.clip(width, *widths) / width
    axis = along / width
    turn = scale * np.array(((axis[0], axis[1]), (-axis[1], axis[0])))
    size = tuple(int(np.ceil(extent * width * scale)) for extent in _FIELD)
    return np.column_stack((turn, np.array(size) / 2 - turn @ ring.mean(axis=0))), size


def apply(matrix: NDArray, points: NDArray) -> NDArray[np.float64]:
    """A (2, 3) affine map on points (..., 2)."""
    return points @ matrix[:, :2].T + matrix[:, 2]


def pixel_centers(matrix: NDArray) -> NDArray[np.float64]:
    """A map between coordinates with centers at integers + 0.5, as OpenCV wants it: centers at integers."""
    half = np.array((0.5, 0.5))
    return np.column_stack((matrix[:, :2], matrix[:, :2] @ half + matrix[:, 2] - half))


def cut(image: NDArray, matrix: NDArray, size: tuple[int, int]) -> NDArray:
    """The picture that `eye_frame` describes."""
    return cv2.warpAffine(image, pixel_centers(matrix), size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
