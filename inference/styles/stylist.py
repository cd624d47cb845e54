# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Portraits in pictures, stylized: cut upright, encoded, drawn in a look, put back (DualStyleGAN, Yang et al. 2022)."""

from typing import Protocol

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ...bridge.errors import FaceNotFoundError
from ...bridge.requests import Look
from ..faces import topology
from ..faces.region import Region
from .aligned_face import aligned_square, cut
from .dualstylegan import Encoder, Style
from .paste_back import eight_bits, paste_back

MIN_FACE = 48  # pixels from forehead to chin
_UNDER_ALPHA = 128  # gray, where the picture is transparent


class Matting(Protocol):
    """What tells a person from the background (faces/matte.py)."""

    def matte(self, image: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The matte of a picture (H, W, 3) uint8 RGB: (H, W) float32, 0 background .. 1 person."""


class Stylist:
    """A style and an encoder, ready for any number of faces. With `matting` the background is the picture's own."""

    def __init__(
        self, style: Style, encoder: Encoder, matting: Matting | None = None, dtype: torch.dtype = torch.float32
    ) -> None:
        self.style, self.encoder, self.matting, self.dtype = style, encoder, matting, dtype

    @property
    def device(self) -> torch.device:
        """What it computes on."""
        return self.style.device

    def encode(self, image: NDArray, square: Region) -> Tensor:
        """A face of a picture as W+ (1, L, S).   image: (H, W, 4) RGBA, uint8 or uint16."""
        return self.encoder.code(cut(over_gray(image), square), self.style)

    def stylize(self, image: NDArray, landmarks: NDArray, look: Look, surroundings: str = 'KEEP') -> NDArray:
        """A picture with one of its faces stylized.

        image: (H, W, 4) RGBA, uint8 or uint16.   landmarks: (478, 2 or 3), its pixels.   surroundings: as `paste_back`.
        Several faces, each with a look of its own, are stylized one after the other. Raises FaceNotFoundError for a
        face too small or outside, InputError for a look that the style does not have.
        """
        square = face_square(image, landmarks)
        return self.draw(image, square, self.encode(image, square), look, surroundings)

    def draw(
        self,
        image: NDArray,
        square: Region,
        latent: Tensor,
        look: Look,
        surroundings: str = 'KEEP',
        least_side: int | None = None,
    ) -> NDArray:
        """A picture with the face of a square drawn from its latent, W+ (1, L, S); others as `stylize`.

        least_side: draw the face no larger than the first resolution that has it, for a preview.
        """
        face = self.style.picture(latent, look, self.dtype, least_side)
        matte = self._matte(cut(over_gray(image), square), face) if self.matting else None
        return paste_back(image, square, face, surroundings, matte)

    def _matte(self, source: NDArray[np.uint8], face: NDArray[np.float32]) -> NDArray[np.float32]:
        """Where the person is, before or after: a style changes the outline."""
        before, after = self.matting.matte(source), self.matting.matte(np.uint8(np.rint(face * 255)))
        return np.maximum(before, cv2.resize(after, before.shape[::-1], interpolation=cv2.INTER_LINEAR))


def face_square(image: NDArray, landmarks: NDArray) -> Region:
    """The square of a face that is large enough and in the picture. Raises FaceNotFoundError when it is not."""
    if not np.isfinite(landmarks).all():
        raise FaceNotFoundError("The face has no place in the picture.", "Place the face by hand.")
    height_of_face = np.ptp(landmarks[list(topology.FACE_OVAL), :2], axis=0).max()
    if height_of_face < MIN_FACE:
        what = f"The face is {height_of_face:.0f} pixels high; {MIN_FACE} is the least that can be stylized."
        raise FaceNotFoundError(what, "Use a larger picture.")
    square = aligned_square(landmarks)
    height, width = image.shape[:2]
    if not (0 <= square.center[0] <= width and 0 <= square.center[1] <= height):
        raise FaceNotFoundError("The middle of the face lies outside the picture.", "Place the face by hand.")
    return square


def over_gray(image: NDArray) -> NDArray[np.uint8]:
    """An RGBA picture, uint8 or uint16, as RGB (H, W, 3) uint8; gray shows through where it is transparent."""
    pixels = eight_bits(image)
    alpha = pixels[..., 3:]
    if alpha.min() == 255:
        return np.ascontiguousarray(pixels[..., :3])
    share = alpha.astype(np.float32) / 255
    return np.uint8(np.rint(pixels[..., :3] * share + _UNDER_ALPHA * (1 - share)))
