# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Triangles -> which triangle each pixel sees, for a batch at once and on any device.

Every triangle tests the pixels of its bounding box, or of the tiles that it may touch; the nearest one wins by an
integer minimum (a depth buffer after Catmull, 1974). Not for: shading, anti-aliasing (draw larger and average).
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

_SIDES = (1, 2, 3, 5)  # small bounding boxes, in pixels; larger ones are cut into tiles
_TILE = 6
_AT_ONCE = 1 << 20  # pixels tested in one go: bounds the memory
_NOTHING = (1 << 62) - 1
_DEPTHS = (1 << 30) - 1

Keep = Callable[[Tensor, Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Seen:
    """The pixels that see something, N of them, row by row of each picture.

    pixel: (N,) index into B * H * W.   triangle: (N,).   weights: (N, 3) of its corners, summing to 1.
    """

    pixel: Tensor
    triangle: Tensor
    weights: Tensor
    shape: tuple[int, int, int]

    @property
    def picture(self) -> Tensor:
        """Which picture of the batch each pixel is in, (N,)."""
        return self.pixel // (self.shape[1] * self.shape[2])

    def blend(self, values: Tensor, triangles: Tensor) -> Tensor:
        """Values of the vertices, (B, V, C) or (V, C), at each pixel: (N, C)."""
        corners = triangles[self.triangle]
        gathered = values[corners] if values.ndim == 2 else values[self.picture[:, None], corners]
        return (gathered * self.weights[..., None]).sum(1)

    def image(self, values: Tensor, empty: float = 0.0) -> Tensor:
        """Values (N, C) as pictures (B, C, H, W)."""
        batch, height, width = self.shape
        flat = values.new_full((batch * height * width, values.shape[1]), empty)
        flat[self.pixel] = values
        return flat.view(batch, height, width, -1).permute(0, 3, 1, 2).contiguous()


def rasterize(
    points: Tensor,
    triangles: Tensor,
    size: tuple[int, int],
    is_perspective: bool = True,
    is_drawn: Tensor | None = None,
    one_sided: Tensor | None = None,
    keep: Keep | None = None,
) -> Seen:
    """What each pixel of (height, width) sees.

    points: (B, V, 3), x and y in pixels (y down, pixel centers at integers + 0.5), nearness 0..1, which is linear on
    the screen: a constant over the distance for a perspective picture.   triangles: (T, 3).   is_drawn: (B, T).
    one_sided: (T,), triangles seen only from the side on which their corners run counterclockwise.
    keep: (picture, triangle, weights) of candidates (M,), (M,), (M, 3) -> which of them are not holes, (M,).
    """
    (height, width), batch = size, len(points)
    corners = points[:, triangles]  # (B, T, 3, 3)
    x, y, near = corners.unbind(-1)
    area = (x[..., 1] - x[..., 0]) * (y[..., 2] - y[..., 0]) - (x[..., 2] - x[..., 0]) * (y[..., 1] - y[..., 0])
    left, right = torch.ceil(x.amin(-1) - 0.5).clamp(min=0), torch.floor(x.amax(-1) - 0.5).clamp(max=width - 1)
    top, bottom = torch.ceil(y.amin(-1) - 0.5).clamp(min=0), torch.floor(y.amax(-1) - 0.5).clamp(max=height - 1)
    side = torch.maximum(right - left, bottom - top) + 1
    shown = (right >= left) & (bottom >= top) & (area.abs() > 1e-9) & (near.amin(-1) > 0)
    if is_drawn is not None:
        shown &= is_drawn
    if one_sided is not None:
        shown &= ~one_sided | (area < 0)

    best = torch.full((batch * height * width,), _NOTHING, dtype=torch.int64, device=points.device)
    smallest = 0
    for limit in _SIDES:
        picture, triangle = torch.nonzero(shown & (side > smallest) & (side <= limit), as_tuple=True)
        boxes = (picture, triangle, left[picture, triangle], top[picture, triangle])
        _draw_all(best, corners, boxes, limit, size, keep)
        smallest = limit
    picture, triangle = torch.nonzero(shown & (side > smallest), as_tuple=True)
    extent = torch.stack((left, right, top, bottom), -1)[picture, triangle]
    _draw_all(best, corners, _tiles(corners, picture, triangle, extent), _TILE, size, keep)
    pixel = torch.nonzero(best != _NOTHING).squeeze(1)
    triangle = best[pixel] & 0xFFFFFFFF
    seen = Seen(pixel, triangle, torch.empty(0), (batch, height, width))
    weights = _weights(corners[seen.picture, triangle], pixel % width + 0.5, pixel // width % height + 0.5)
    if is_perspective:
        weights = weights * corners[seen.picture, triangle][..., 2]
        weights = weights / weights.sum(1, keepdim=True)
    return Seen(pixel, triangle, weights, seen.shape)


Boxes = tuple[Tensor, Tensor, Tensor, Tensor]  # picture, triangle, left, top of each, (M,)


def _tiles(corners: Tensor, picture: Tensor, triangle: Tensor, extent: Tensor) -> Boxes:
    """The tiles of bounding boxes (M, 4: left, right, top, bottom) that triangles may touch."""
    wide = ((extent[:, 1] - extent[:, 0]) / _TILE).floor().long() + 1
    high = ((extent[:, 3] - extent[:, 2]) / _TILE).floor().long() + 1
    count = wide * high
    owner = torch.repeat_interleave(torch.arange(len(count), device=count.device), count)
    place = torch.arange(len(owner), device=count.device) - torch.repeat_interleave(count.cumsum(0) - count, count)
    left = extent[owner, 0] + _TILE * (place % wide[owner])
    top = extent[owner, 2] + _TILE * (place // wide[owner])
    picture, triangle = picture[owner], triangle[owner]
    x, y, _near = corners[picture, triangle].unbind(-1)
    middle_x, middle_y = left[:, None] + _TILE / 2, top[:, None] + _TILE / 2
    edge_x, edge_y = x.roll(-1, 1) - x, y.roll(-1, 1) - y
    inside = edge_x * (middle_y - y) - edge_y * (
        middle_x - x
    )  # of the tile's middle, per edge, times the edge's length
    turn = torch.sign(edge_x[:, :1] * (y[:, 2:] - y[:, :1]) - edge_y[:, :1] * (x[:, 2:] - x[:, :1]))
    touches = (inside * turn + (edge_x.abs() + edge_y.abs()) * (_TILE / 2) >= 0).all(1)
    return picture[touches], triangle[touches], left[touches], top[touches]


def _draw_all(
    best: Tensor, corners: Tensor, boxes: Boxes, limit: int, size: tuple[int, int], keep: Keep | None
) -> None:
    """Draw boxes of at most `limit` pixels' side into `best` (B * H * W,), some at a time."""
    count = max(_AT_ONCE // limit**2, 1)
    for part in zip(*(values.split(count) for values in boxes), strict=True):
        if len(part[0]):
            _draw(best, corners, part, limit, size, keep)


def _draw(best: Tensor, corners: Tensor, boxes: Boxes, limit: int, size: tuple[int, int], keep: Keep | None) -> None:
    (height, width), (picture, triangle, column, row) = size, boxes
    step = torch.arange(limit, device=best.device, dtype=corners.dtype)
    mine = corners[picture, triangle]
    # Weights of the second and third corner are linear on the screen: their values at the first pixel and two slopes.
    (x0, x1, x2), (y0, y1, y2) = mine[..., 0].unbind(-1), mine[..., 1].unbind(-1)
    area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
    slope = torch.stack((y2 - y0, x0 - x2, y0 - y1, x1 - x0), -1) / area[:, None]
    dx, dy = column + 0.5 - x0, row + 0.5 - y0
    first, second = slope[:, 0] * dx + slope[:, 1] * dy, slope[:, 2] * dx + slope[:, 3] * dy
    w1 = (first[:, None] + slope[:, 0, None] * step)[:, None] + (slope[:, 1, None] * step)[
        ..., None
    ]  # (M, rows, columns)
    w2 = (second[:, None] + slope[:, 2, None] * step)[:, None] + (slope[:, 3, None] * step)[..., None]
    inside = (w1 >= 0) & (w2 >= 0) & (w1 + w2 <= 1)
    which, down, along = torch.nonzero(inside, as_tuple=True)
    w1, w2 = w1[which, down, along], w2[which, down, along]
    weights = torch.stack((1 - w1 - w2, w1, w2), -1)
    column, row = column[which].long() + along, row[which].long() + down
    near = (weights * mine[which, :, 2]).sum(-1).clamp(0, 1)
    kept = (column < width) & (row < height)
    if keep is not None:
        kept &= keep(picture[which], triangle[which], weights)
    which, near, column, row = which[kept], near[kept], column[kept], row[kept]
    pixel = (picture[which] * height + row) * width + column
    key = (((1 - near.double()) * _DEPTHS).long() << 32) | triangle[which]
    best.scatter_reduce_(0, pixel, key, "amin")


def _weights(corners: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """Weights (..., 3) of the corners (..., 3, 3) at x, y (...), on the screen."""
    (x0, x1, x2), (y0, y1, y2) = corners[..., 0].unbind(-1), corners[..., 1].unbind(-1)
    area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
    w1 = ((x - x0) * (y2 - y0) - (x2 - x0) * (y - y0)) / area
    w2 = ((x1 - x0) * (y - y0) - (x - x0) * (y1 - y0)) / area
    return torch.stack((1 - w1 - w2, w1, w2), -1)
