# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small pictures packed into one, each with a rim of its own border so that neighbors never bleed into it."""

import numpy as np
from numpy.typing import NDArray

_WIDTH = 2048
_RIM = 2  # pixels


class Atlas:
    """Pictures on shelves, in the order they come."""

    def __init__(self) -> None:
        self._placed: list[tuple[int, int, NDArray[np.uint8]]] = []
        self._left = self._top = self._shelf = 0

    def add(self, picture: NDArray[np.uint8]) -> "Region":
        """Place a picture (h, w, 4), straight alpha, at most 2044 wide."""
        rimmed = np.pad(picture, ((_RIM, _RIM), (_RIM, _RIM), (0, 0)), mode="edge")
        height, width = rimmed.shape[:2]
        if self._left + width > _WIDTH:
            self._left, self._top, self._shelf = 0, self._top + self._shelf, 0
        self._placed.append((self._left, self._top, rimmed))
        region = Region(self, self._left + _RIM, self._top + _RIM, *picture.shape[1::-1])
        self._left, self._shelf = self._left + width, max(self._shelf, height)
        return region

    @property
    def height(self) -> int:
        """Of the whole, pixels."""
        return max(1, self._top + self._shelf)

    def picture(self) -> NDArray[np.uint8]:
        """All of them, (height, 2048, 4)."""
        whole = np.zeros((self.height, _WIDTH, 4), np.uint8)
        for left, top, picture in self._placed:
            whole[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
        return whole


class Region:
    """Where a picture lies in the atlas."""

    def __init__(self, atlas: Atlas, left: int, top: int, width: int, height: int) -> None:
        self._atlas, self._corner, self._size = atlas, (left, top), (width, height)

    def uv(self, places: NDArray) -> NDArray[np.float64]:
        """Places (n, 2) in the picture, 0..1, right and down, as texture coordinates; when the atlas is complete."""
        x, y = (np.asarray(places) * self._size + self._corner).T
        return np.column_stack((x / _WIDTH, 1 - y / self._atlas.height))


def as_bytes(picture: NDArray) -> NDArray[np.uint8]:
    """RGBA (h, w, 4) in uint8, uint16 or 0..1 floats as uint8."""
    if picture.dtype == np.uint8:
        return picture
    if picture.dtype == np.uint16:
        return ((picture.astype(np.uint32) + 128) // 257).astype(np.uint8)
    return np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8)
