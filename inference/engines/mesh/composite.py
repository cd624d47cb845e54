# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Source pixels through a map of motion onto the card: what moved is drawn, what did not stays bit for bit.

Three pictures meet in a pixel: the source itself where motion is below what can be seen (resampling would only soften
it), the source resampled, and the background plate where the person was and no longer is. Resampling goes by bands that
are large enough for OpenCV to share them out among cores; whatever else there is to do is done only in tiles that need
it, so that cost follows motion.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import cv2
import numpy as np
from numpy.typing import NDArray

from .background_plate import Plate
from .box import Box, blend, shade, to_bytes
from .outer_mesh import smoothstep
from .raster import Grid
from .survey import Survey, upsampled
from .texture import Texture, sharp_texture, soft_texture

_BAND = 1 << 18  # pixels: two cores have something to do, and what is written is still in their caches when read again
_HARDLY = 5  # of 255: a share that nobody sees
# What a tile needs beside resampling; KEPT alone: not even that.
_KEPT, _REPLACED, _STREAKS, _SHADED, _MIXED, _FADED = (1 << bit for bit in range(6))


@dataclass(frozen=True)
class _Maps:
    """Of one frame. Of the grid: source: where from, in pixels of the sharp texture; shading: factors, or None.

    Of the survey, shares 0..255: change: keep .. draw.   streaks: of the soft texture.   background: of the plate where
    there is no person, and person, or None.
    """

    source: NDArray[np.float32]
    shading: NDArray[np.float32] | None
    change: NDArray[np.uint8]
    streaks: NDArray[np.uint8]
    background: NDArray[np.uint8] | None
    person: NDArray[np.uint8] | None


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
        right, bottom = grid.left + grid.columns * grid.step, grid.top + grid.rows * grid.step
        box = Box(max(0, grid.left), max(0, grid.top), min(width, right), min(height, bottom))
        self._survey = Survey(grid, box)
        self.texture = sharp_texture(image, box)
        self.soft_texture = soft_texture(image, box, unit_px)
        self._at_rest = self.texture.coordinates(grid.points())
        cell = self._survey.grid.step
        if plate is not None:
            person = continued(coverage)
            self._absent = Texture(255 - person, box, self.texture.scale, cv2.BORDER_REPLICATE)
            self._person = Texture(person, box, 1.0 / cell, cv2.BORDER_REPLICATE)
            self._person_at_rest = self._person.coordinates(self._survey.grid.points())
            share = Texture(plate.share, box, 1.0 / cell)
            self._open = to_bytes(1 - share.sample(share.coordinates(self._survey.grid.points())))
            self._is_open = self._survey.least(self._open) == 255
        eye_px = 0.55 * unit_px  # about the distance of the outer eye corners
        self._seen_motion = (0.05, max(0.35, 0.0012 * eye_px))  # pixels: nobody sees less, everybody more
        self._revealing_motion = (0.0013 * eye_px, 0.0085 * eye_px)
        self._reveal_reach = max(1, round(0.03 * unit_px / cell))
        n_bands = max(1, round(box.size[0] * box.size[1] / _BAND))
        ends = np.linspace(0, self._survey.shape[0], min(n_bands, self._survey.shape[0]) + 1).astype(int)
        self._bands = [slice(*each) for each in zip(ends[:-1], ends[1:], strict=True)]

    def compose(self, motion: NDArray[np.float32], shading: NDArray[np.float32] | None, out: NDArray) -> None:
        """Draw what moved into `out`, which holds the source.

        motion: (rows, columns, 2), of the grid, see Raster.   shading: (rows, columns, 4), factors, or None.
        """
        maps = self._maps(motion, shading)
        needs = self._needs(maps)
        for rows in self._bands:
            self._compose_band(maps, needs[rows], rows.start, out)

    def _maps(self, motion: NDArray[np.float32], shading: NDArray[np.float32] | None) -> _Maps:
        seen = self._survey.look(motion)
        length = cv2.magnitude(*cv2.split(seen))
        change = smoothstep(*self._seen_motion, length)
        if shading is not None:
            lit = self._survey.look(shading[..., 1])
            change = np.maximum(change, smoothstep(0.002, 0.01, np.abs(lit - 1)))
        change = cv2.dilate(to_bytes(change), np.ones((3, 3), np.uint8))
        background = person = None
        if self._plate is not None:
            background = np.maximum(self._reveal(length), self._open)
            person = self._person.sample(cv2.scaleAdd(seen, self._person.scale, self._person_at_rest))
        source = cv2.scaleAdd(motion, self.texture.scale, self._at_rest)
        return _Maps(source, shading, change, _streaks(seen, self._survey.grid.step), background, person)

    def _reveal(self, length: NDArray[np.float32]) -> NDArray[np.uint8]:
        """0..255: how much the background may be seen, wherever something near has moved."""
        size = 2 * self._reveal_reach + 1
        near = cv2.dilate(to_bytes(smoothstep(*self._revealing_motion, length)), np.ones((size, size), np.uint8))
        return cv2.blur(near, (size, size))

    def _needs(self, maps: _Maps) -> NDArray[np.int64]:
        """What there is to do in each tile, (rows, columns)."""
        most, least = self._survey.most, self._survey.least
        is_drawn = most(maps.change) > 0
        needs = _FADED * (least(maps.change) < 255) + _STREAKS * (most(maps.streaks) > _HARDLY)
        if maps.shading is not None:
            lit = np.abs(self._survey.look(maps.shading[..., 1]) - 1)
            needs += _SHADED * (most(lit) > _HARDLY / 1000)
        if maps.background is not None:
            is_empty = (most(maps.person) < _HARDLY) & (least(maps.background) > 255 - _HARDLY)
            is_mixed = (least(maps.person) < 255 - _HARDLY) & (most(maps.background) > _HARDLY)
            needs = np.where(is_empty, needs & _FADED | _REPLACED, needs + _MIXED * is_mixed)
            is_drawn &= ~(is_empty & self._is_open)
        return np.where(is_drawn, needs, _KEPT)

    def _compose_band(self, maps: _Maps, needs: NDArray[np.int64], top: int, out: NDArray) -> None:
        """Draw some rows of tiles, `top` the first of them."""

        def pixels(rows: slice, columns: slice) -> Box:
            return self._survey.pixels(slice(top + rows.start, top + rows.stop), columns)

        sampled = _around(needs & (_KEPT | _REPLACED) == 0)
        if sampled is not None:
            band = pixels(*sampled)
            source = upsampled(maps.source, self._grid, band)
            self.texture.sample(source, out[band.slices])
            uncovered = np.empty(source.shape[:2], np.uint8)
            for is_mixed, columns in _stretches((needs & _MIXED > 0).any(axis=0).tolist()):
                if is_mixed:
                    part = pixels(sampled[0], columns)
                    in_band = part.shifted(-band.left, -band.top).slices
                    uncovered[in_band] = self._uncovered(maps, source[in_band], part)
        for rows, columns, need in _rectangles(needs):
            box = pixels(rows, columns)
            here = out[box.slices]
            if need == _KEPT and sampled is not None:
                kept = box.within(band)
                out[kept.slices] = self._image[kept.slices]
            if need & _REPLACED:
                here[:] = self._plate.pixels[box.slices]
            if need & _STREAKS:
                where = self.soft_texture.from_other(self.texture, source[box.shifted(-band.left, -band.top).slices])
                blend(self.soft_texture.sample(where), here, upsampled(maps.streaks, self._survey.grid, box), here)
            if need & _SHADED:
                shade(here, upsampled(maps.shading, self._grid, box))
            if need & _MIXED:
                share = uncovered[box.shifted(-band.left, -band.top).slices]
                blend(self._plate.pixels[box.slices], here, share, here)
            if need & _FADED:
                blend(here, self._image[box.slices], upsampled(maps.change, self._survey.grid, box), here)

    def _uncovered(self, maps: _Maps, source: NDArray[np.float32], box: Box) -> NDArray[np.uint8]:
        """0..255: how much of the plate is seen; a matte is smooth enough to be looked up at every second pixel."""
        half = (max(1, box.size[0] // 2), max(1, box.size[1] // 2))
        absent = self._absent.sample(cv2.resize(source, half, interpolation=cv2.INTER_LINEAR))
        absent = cv2.resize(absent, box.size, interpolation=cv2.INTER_LINEAR)
        return cv2.multiply(absent, upsampled(maps.background, self._survey.grid, box), scale=1 / 255)


def _around(is_needed: NDArray[np.bool_]) -> tuple[slice, slice] | None:
    """The smallest rows and columns that hold everything that is needed; None when nothing is."""
    rows, columns = (np.flatnonzero(is_needed.any(axis=axis)) for axis in (1, 0))
    return (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)) if len(rows) else None


def _stretches(values: list[int]) -> Iterator[tuple[int, slice]]:
    """Stretches of equal values."""
    start = 0
    for value, stretch in groupby(values):
        stop = start + len(list(stretch))
        yield value, slice(start, stop)
        start = stop


def _rectangles(needs: NDArray[np.int64]) -> Iterator[tuple[slice, slice, int]]:
    """Rows, columns and value of rectangles of equal needs: stretches of a row that repeat in the rows below."""
    growing: dict[tuple[int, int, int], int] = {}  # start, stop, need: the first row
    for row, of_row in enumerate([*needs.tolist(), []]):
        found = {}
        for need, columns in _stretches(of_row):
            if need:
                key = columns.start, columns.stop, need
                found[key] = growing.pop(key, row)
        for (start, stop, need), first in growing.items():
            yield slice(first, row), slice(start, stop), need
        growing = found


def _streaks(motion: NDArray[np.float32], cell: int) -> NDArray[np.uint8]:
    """0..255: how far the source is drawn out in one direction. motion: (rows, columns, 2).   cell: pixels."""
    right, down = (cv2.Sobel(motion, cv2.CV_32F, *axis, ksize=1, scale=0.5 / cell) for axis in ((1, 0), (0, 1)))
    (right_x, right_y), (down_x, down_y) = cv2.split(right), cv2.split(down)
    right_x, down_y = right_x + 1, down_y + 1
    area = np.abs(right_x * down_y - right_y * down_x)
    longest = np.sqrt(right_x**2 + right_y**2 + down_x**2 + down_y**2)
    shortest = area / np.maximum(longest, 1e-3)  # singular values, about
    shortest[[0, -1]] = shortest[:, [0, -1]] = 1  # the border has no neighbors to tell
    return to_bytes(1 - smoothstep(0.15, 0.5, shortest))


def continued(coverage: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Coverage 0..255 whose edge pixels say whether the person goes on beyond: only where the edge cuts through."""
    result = np.rint(np.clip((coverage - 0.04) / 0.92, 0, 1) * 255).astype(np.uint8)
    for edge in (result[0], result[-1], result[:, 0], result[:, -1]):
        edge[edge < 200] = 0
    return result
