# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""One step of Catmull and Clark's subdivision (1978) as a matrix: the rounder mesh is a linear map of the coarse one.

Not for: adaptive or repeated subdivision, creases.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


def subdivision(quads: NDArray, count: int) -> tuple[Tensor, NDArray]:
    """The matrix (V2, V) and the four times as many quads (4F, 4) of a mesh of quads (F, 4) with `count` vertices.

    New vertices: the old ones moved, then one per edge, then one per face. Vertices of no face stay where they are.
    """
    quads = quads.astype(np.int64)
    corners = quads.reshape(-1)
    sides = np.stack((quads, np.roll(quads, -1, 1)), -1).reshape(-1, 2)  # (4F, 2), side i of a quad starts at corner i
    edges, edge_of = np.unique(np.sort(sides, 1), axis=0, return_inverse=True)
    edge_of = edge_of.reshape(-1)
    face_of = np.repeat(np.arange(len(quads)), 4)
    uses = np.bincount(edge_of, minlength=len(edges))
    is_border = uses != 2

    # Every entry is (row, column, value) over old vertices; a face point is a quarter of each corner, an edge's middle
    # half of each end.
    beside = np.where(is_border[edge_of], 0.0, 0.25)
    edge_points = _join(
        _ends(np.arange(len(edges)), edges, np.where(is_border, 1.0, 0.5)), _faces(edge_of, quads[face_of], beside)
    )

    valence = np.bincount(corners, minlength=count)
    on_border = np.zeros(count, bool)
    on_border[edges[is_border]] = True
    inner = (valence > 0) & ~on_border
    n = np.maximum(valence, 1).astype(np.float64)
    rim = np.bincount(edges[is_border].reshape(-1), minlength=count)
    ends, spokes = edges.reshape(-1), edges.repeat(2, 0)
    along = np.where(inner[ends], 2 / n[ends] ** 2, np.where(is_border.repeat(2) & on_border[ends], 0.25, 0.0))
    own = np.where(inner, (n - 3) / n, np.where(on_border, 1 - 0.25 * rim, 1.0))
    old_points = _join(
        _faces(corners, quads[face_of], inner[corners] / n[corners] ** 2),
        _ends(ends, spokes, along),
        (np.arange(count), np.arange(count), own),
    )
    face_points = _faces(np.arange(len(quads)), quads, np.ones(len(quads)))

    edge_ids = count + edge_of.reshape(-1, 4)
    middle = np.broadcast_to(count + len(edges) + np.arange(len(quads))[:, None], quads.shape)
    finer = np.stack((quads, edge_ids, middle, np.roll(edge_ids, 1, 1)), -1).reshape(-1, 4)
    shift = (0, count, count + len(edges))
    parts = (old_points, edge_points, face_points)
    rows, columns, values = _join(*((rows + by, *rest) for by, (rows, *rest) in zip(shift, parts, strict=True)))
    where = torch.from_numpy(np.stack((rows, columns)))
    values = torch.from_numpy(values.astype(np.float32))
    size = (count + len(edges) + len(quads), count)
    return torch.sparse_coo_tensor(where, values, size, check_invariants=True).coalesce(), finer


def _join(*parts: tuple[NDArray, NDArray, NDArray]) -> tuple[NDArray, ...]:
    return tuple(np.concatenate(arrays) for arrays in zip(*parts, strict=True))


def _faces(rows: NDArray, quads: NDArray, weights: NDArray) -> tuple[NDArray, NDArray, NDArray]:
    """To each of `rows` (N,) the middle of a quad (N, 4), times a weight (N,)."""
    return rows.repeat(4), quads.reshape(-1), (weights / 4).repeat(4)


def _ends(rows: NDArray, edges: NDArray, weights: NDArray) -> tuple[NDArray, NDArray, NDArray]:
    """To each of `rows` (N,) the middle of an edge (N, 2), times a weight (N,)."""
    return rows.repeat(2), edges.reshape(-1), (weights / 2).repeat(2)
