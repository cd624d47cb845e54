# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Source pixels through a sampling map onto the card: what moved is drawn, what did not stays bit for bit.

Three pictures meet in a pixel: the source itself where motion is below what can be seen (resampling would only soften
it), the source resampled, and the background plate where the person was and no longer is. Work goes tile by tile over
what moved, so that cost follows motion and memory does not follow the size of the picture.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .background_plate import Plate
from .box import Box, blend
from .outer_mesh import smoothstep
from .raster import Grid

_TILE = 112  # pixels, about
_HARDLY = 0.02  # a share that nobody sees
# Pixels of texture. A region smaller than this is kept at twice its size, cubic: reading it bilinearly then loses
# hardly any sharpness, at a seventh of the time of cubic sampling.
_SHARP_BELOW = 1_600_000
_EVEN = 0.35  # source pixels (sigma): as soft as bilinear sampling on average, but the same wherever a pixel comes from


class Texture:
    """The part of the source that can move, ready to be sampled; beyond the source's border its mirror goes on."""

    def __init__(self, image: NDArray, box: Box, scale: float = 1.0, border: int = cv2.BORDER_REFLECT) -> None:
        """image: (H, W, C) or (H, W), uint8 or uint16.   scale: of the stored pixels.   border: OpenCV's name."""
        self.left, self.top, self.scale = box.left, box.top, scale
        self._border = border
        part = image[box.slices]
        method = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
        size = (max(1, round(box.size[0] * scale)), max(1, round(box.size[1] * scale)))
        self.pixels = np.ascontiguousarray(part) if scale == 1 else cv2.resize(part, size, interpolation=method)

    def sample(self, x: NDArray, y: NDArray) -> NDArray:
        """The colors at `coordinates`, in the fixed point of cv2.convertMaps."""
        return cv2.remap(self.pixels, x, y, cv2.INTER_LINEAR, borderMode=self._border)

    def sample_at(self, points: NDArray[np.float32]) -> NDArray:
        """The colors at points (2, h, w), source pixels."""
        return self.sample(*cv2.convertMaps(*self.coordinates(points), cv2.CV_16SC2))

    def coordinates(self, points: NDArray[np.float32]) -> NDArray[np.float32]:
        """Source pixels (centers at integers + 0.5), (2, h, w), to this texture's (centers at integers)."""
        result = points * np.float32(self.scale)
        for plane, corner in zip(result, (self.left, self.top), strict=True):
            plane -= np.float32(corner * self.scale + 0.5)
        return result


@dataclass(frozen=True)
class _Maps:
    """Of one frame, over the grid. sharp, soft: where from, in pixels of either texture.   change: 0 keep .. 1 draw.

    streaks: how much of the soft texture.   shading: factors, or None.   background: how much of the plate where there
    is no person; person: how much there is; or None.
    """

    sharp: NDArray[np.float32]
    soft: NDArray[np.float32]
    change: NDArray[np.float32]
    streaks: NDArray[np.float32]
    shading: NDArray[np.float32] | None
    background: NDArray[np.float32] | None
    person: NDArray[np.float32] | None


class Compositor:
    """Composes frame after frame of one source."""

    def __init__(
        self, image: NDArray, coverage: NDArray[np.float32] | None, plate: Plate | None, grid: Grid, unit_px: float
    ) -> None:
        """image: (H, W, 4), premultiplied.   coverage: (H, W), 0 background .. 1 person.   plate: None: none is used.

        grid: over what can move.   unit_px: height of the face.
        """
        height, width = image.shape[:2]
        self._image, self._plate, self._grid = image, plate, grid
        self._identity = grid.points()
        right, bottom = grid.left + grid.columns * grid.step, grid.top + grid.rows * grid.step
        box = Box(max(0, grid.left), max(0, grid.top), min(width, right), min(height, bottom))
        self.texture = _sharp_texture(image, box)
        self.soft_texture = _soft_texture(image, box, unit_px)
        self._tiles = list(_tiles(grid, box))
        self._blocks = _Blocks(self._tiles)
        if plate is not None:
            person = continued(coverage)
            self._person = Texture(person, box, self.texture.scale, cv2.BORDER_REPLICATE)
            self._person_coarse = Texture(person, box, 1.0 / grid.step, cv2.BORDER_REPLICATE)
            self._open = 1 - Texture(plate.share, box, 1.0 / grid.step).sample_at(self._identity)
            self._is_open = self._blocks.extremes(self._open)[0] == 1
        eye_px = 0.55 * unit_px  # about the distance of the outer eye corners
        self._seen_motion = (0.05, max(0.35, 0.0012 * eye_px))  # pixels: nobody sees less, everybody more
        self._revealing_motion = (0.0013 * eye_px, 0.0085 * eye_px)
        self._reveal_reach = max(1, round(0.03 * unit_px / grid.step))

    def compose(self, sampling: NDArray[np.float32], shading: NDArray[np.float32] | None, out: NDArray) -> None:
        """Draw what moved into `out`, which holds the source.

        sampling: (2, rows, columns), of the grid.   shading: (rows, columns, 4), factors, or None.
        """
        motion = cv2.magnitude(*(sampling - self._identity))
        change = smoothstep(*self._seen_motion, motion)
        if shading is not None:
            change = np.maximum(change, smoothstep(0.002, 0.01, np.abs(shading[..., 1] - 1)))
        change = cv2.dilate(change, np.ones((3, 3), np.uint8)).astype(np.float32)
        background = person = None
        if self._plate is not None:
            background = np.maximum(self._reveal(motion), self._open)
            person = self._person_coarse.sample_at(sampling).astype(np.float32) / 255
        textures = (self.texture, self.soft_texture)
        sharp, soft = (texture.coordinates(sampling) for texture in textures)
        maps = _Maps(sharp, soft, change, _streaks(sampling, self._grid), shading, background, person)
        needs = self._needs(maps)
        for tile, *need in zip(self._tiles, *needs, strict=True):
            if need[0] > 0:
                self._compose_tile(maps, out, *tile, *need)

    def _needs(self, maps: _Maps) -> tuple[NDArray, ...]:
        """What there is to do per tile: change at most and least, streaks and shading at most, and the background:
        0 none, 1 some, 2 all of the plate, 3 all of the source's own.
        """
        extremes = self._blocks.extremes
        none = np.zeros(len(self._tiles))
        least, most = extremes(maps.change)
        streaks = extremes(maps.streaks)[1]
        shading = none if maps.shading is None else np.abs(extremes(maps.shading[..., 1]) - 1).max(axis=0)
        background = none
        if maps.background is not None:
            (least_person, most_person), (least_open, most_open) = extremes(maps.person), extremes(maps.background)
            is_empty = (most_person < _HARDLY) & (least_open > 1 - _HARDLY)
            is_mixed = (least_person < 1 - _HARDLY) & (most_open > _HARDLY)
            background = np.where(is_empty, np.where(self._is_open, 3, 2), is_mixed)
        return most, least, streaks, shading, background

    def _reveal(self, motion: NDArray[np.float32]) -> NDArray[np.float32]:
        """0..1: how much the background may be seen, wherever something near has moved."""
        size = 2 * self._reveal_reach + 1
        near = cv2.dilate(smoothstep(*self._revealing_motion, motion), np.ones((size, size), np.uint8))
        return cv2.blur(near, (size, size)).astype(np.float32)

    def _compose_tile(
        self,
        maps: _Maps,
        out: NDArray,
        tile: Box,
        box: Box,
        _: float,
        change: float,
        streaks: float,
        shading: float,
        background: int,
    ) -> None:
        """Draw one tile; most of them need only a part of this. The numbers are those of `_needs`."""

        def full(coarse: NDArray) -> NDArray:
            return _upsampled(coarse, tile, self._grid, box)

        if background == 3:
            return
        if background == 2:
            pixels = self._plate.pixels[box.slices]
        else:
            source = [full(plane) for plane in maps.sharp]
            pixels = self.texture.sample(*cv2.convertMaps(*source, cv2.CV_16SC2))
            if streaks > _HARDLY:
                soft = self.soft_texture.sample(*cv2.convertMaps(*map(full, maps.soft), cv2.CV_16SC2))
                pixels = blend(soft, pixels, full(maps.streaks))
            if shading > _HARDLY / 4:
                pixels = _shaded(pixels, full(maps.shading))
            if background == 1:
                pixels = blend(self._plate.pixels[box.slices], pixels, full(maps.background) * self._absent(source))
        out[box.slices] = pixels if change == 1 else blend(pixels, self._image[box.slices], full(maps.change))

    def _absent(self, source: list[NDArray[np.float32]]) -> NDArray[np.float32]:
        """1 where there is no person; a matte is smooth enough to be looked up at every second pixel."""
        height, width = source[0].shape
        half = (max(1, width // 2), max(1, height // 2))
        places = (cv2.resize(plane, half, interpolation=cv2.INTER_LINEAR) for plane in source)
        person = self._person.sample(*cv2.convertMaps(*places, cv2.CV_16SC2))
        absent = cv2.resize(cv2.bitwise_not(person), (width, height), interpolation=cv2.INTER_LINEAR)
        return absent.astype(np.float32) * np.float32(1 / 255)


class _Blocks:
    """Extremes of grid maps over tiles, with the ring of neighbors that interpolation reads."""

    def __init__(self, tiles: list[tuple[Box, Box]]) -> None:
        self._parts = [_around(cells) for cells, _ in tiles]

    def extremes(self, coarse: NDArray[np.float32]) -> NDArray[np.float64]:
        """(2, tiles): least and most of a map (rows, columns)."""
        return np.array([cv2.minMaxLoc(coarse[part])[:2] for part in self._parts]).T


def _tile_cells(grid: Grid) -> int:
    return max(8, round(_TILE / grid.step))


def _tiles(grid: Grid, box: Box) -> Iterator[tuple[Box, Box]]:
    """Grid cells and the pixels of the card they stand for, cut to `box`."""
    side = _tile_cells(grid)
    for top in range(0, grid.rows, side):
        for left in range(0, grid.columns, side):
            tile = Box(left, top, min(left + side, grid.columns), min(top + side, grid.rows))
            pixels = Box(
                grid.left + tile.left * grid.step,
                grid.top + tile.top * grid.step,
                min(box.right, grid.left + tile.right * grid.step),
                min(box.bottom, grid.top + tile.bottom * grid.step),
            )
            yield tile, pixels


def _sharp_texture(image: NDArray, box: Box) -> Texture:
    """The source at twice its size where that is affordable."""
    if box.size[0] * box.size[1] > _SHARP_BELOW:
        return Texture(image, box)
    texture = Texture(image, box, scale=2.0)
    texture.pixels = cv2.GaussianBlur(texture.pixels, (0, 0), 2 * _EVEN)
    return texture


def _soft_texture(image: NDArray, box: Box, unit_px: float) -> Texture:
    """The source without what would become streaks where it is drawn out to several times its length."""
    scale = min(1.0, (_SHARP_BELOW / (box.size[0] * box.size[1])) ** 0.5)
    texture = Texture(image, box, scale)
    texture.pixels = cv2.GaussianBlur(texture.pixels, (0, 0), max(0.6, 0.010 * unit_px * scale))
    return texture


def _streaks(sampling: NDArray[np.float32], grid: Grid) -> NDArray[np.float32]:
    """0..1, (rows, columns): how strongly the source is stretched in one direction; looked at in every second cell."""
    thinned = np.ascontiguousarray(sampling[:, ::2, ::2])
    scale = 0.25 / grid.step
    right_x, right_y = (cv2.Sobel(plane, cv2.CV_32F, 1, 0, ksize=1, scale=scale) for plane in thinned)
    down_x, down_y = (cv2.Sobel(plane, cv2.CV_32F, 0, 1, ksize=1, scale=scale) for plane in thinned)
    area = np.abs(right_x * down_y - right_y * down_x)
    longest = np.sqrt(right_x**2 + right_y**2 + down_x**2 + down_y**2)
    shortest = area / np.maximum(longest, 1e-3)  # singular values, about
    shortest[[0, -1]] = shortest[:, [0, -1]] = 1  # the border has no neighbors to tell
    streaks = 1 - smoothstep(0.15, 0.5, shortest)
    return cv2.resize(streaks, (grid.columns, grid.rows), interpolation=cv2.INTER_LINEAR)


def continued(coverage: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Coverage 0..255 whose edge pixels say whether the person goes on beyond: only where the edge cuts through."""
    result = np.rint(np.clip((coverage - 0.04) / 0.92, 0, 1) * 255).astype(np.uint8)
    for edge in (result[0], result[-1], result[:, 0], result[:, -1]):
        edge[edge < 200] = 0
    return result


def _around(tile: Box) -> tuple[slice, slice]:
    """The tile and the ring of grid points that interpolation reads around it."""
    return slice(max(0, tile.top - 1), tile.bottom + 1), slice(max(0, tile.left - 1), tile.right + 1)


def _upsampled(coarse: NDArray, tile: Box, grid: Grid, box: Box) -> NDArray:
    """Bilinear, one value per pixel of `box`, the same whatever the tiling."""
    rows, columns = _around(tile)
    part = coarse[rows, columns]
    size = (part.shape[1] * grid.step, part.shape[0] * grid.step)
    full = cv2.resize(part, size, interpolation=cv2.INTER_LINEAR)
    top, left = grid.top + rows.start * grid.step, grid.left + columns.start * grid.step
    return full[box.top - top : box.bottom - top, box.left - left : box.right - left]


def _shaded(pixels: NDArray, factors: NDArray[np.float32]) -> NDArray:
    return cv2.multiply(pixels, factors, dtype=cv2.CV_8U if pixels.dtype == np.uint8 else cv2.CV_16U)
