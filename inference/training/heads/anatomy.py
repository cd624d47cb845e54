# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parametric head: weights of shape targets and expression units -> vertices.

Geometry and targets are MakeHuman's (CC0), packed by tools/pack_heads.py into head.npz beside this file. Units:
decimeters; x to the subject's left, y up, z out of the face; the origin lies between the centers of the eyes.
Not for: who a head belongs to (person.py), hair, eyeballs.
"""

import json
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from .subdivision import subdivision

FILE = Path(__file__).parent / "head.npz"
SKIN, LASHES, TEETH, TONGUE, RIGHT_EYE, LEFT_EYE = 0, 1, 2, 3, 5, 4
POPULATIONS, SEXES, AGES = ("african", "asian", "caucasian"), ("female", "male"), ("baby", "child", "young", "old")


class Anatomy:
    """One head file, opened. Identity targets and expression units are told apart by their names."""

    def __init__(self, device: torch.device | str = "cpu", file: Path = FILE) -> None:
        with np.load(file, allow_pickle=False) as arrays:
            packed = {name: arrays[name] for name in arrays.files}
        names = json.loads(bytes(packed["names"]))
        self.device = torch.device(device)
        self.vertices = torch.from_numpy(packed["vertices"]).to(device)  # (V, 3)
        self.targets = tuple(name for name in names if not name.startswith("unit/"))
        self.units = tuple(name.removeprefix("unit/") for name in names if name.startswith("unit/"))
        dense = np.zeros((len(names), *packed["vertices"].shape), np.float32)
        for row, scale in enumerate(packed["scales"]):
            part = slice(packed["starts"][row], packed["starts"][row + 1])
            dense[row, packed["indices"][part]] = packed["deltas"][part] * scale
        is_unit = np.array([name.startswith("unit/") for name in names])
        self.target_offsets = torch.from_numpy(dense[~is_unit]).to(device)  # (T, V, 3)
        self.unit_offsets = torch.from_numpy(dense[is_unit]).to(device)  # (U, V, 3)

        quads, parts = packed["quads"].astype(np.int64), packed["parts"]
        is_drawn = parts < min(LEFT_EYE, RIGHT_EYE)  # eyeballs are spheres of our own
        matrix, finer = subdivision(quads[is_drawn], len(self.vertices))
        self.finer = matrix.to(device)  # (W, V)
        self.quads = torch.from_numpy(finer).to(device)  # (4F, 4)
        self.parts = torch.from_numpy(np.repeat(parts[is_drawn], 4)).to(device)  # (4F,)
        self.eye_vertices = tuple(
            torch.from_numpy(np.unique(quads[parts == part])).to(device) for part in (RIGHT_EYE, LEFT_EYE)
        )
        self._packed = packed

    @cached_property
    def triangles(self) -> Tensor:
        """(8F, 3), two for each quad in turn."""
        return torch.stack((self.quads[:, [0, 1, 2]], self.quads[:, [0, 2, 3]]), 1).reshape(-1, 3)

    def mask(self, name: str) -> Tensor:
        """A region of the skin, 0..1 (W,): lips, scalp, eyelids, face or mouth (the inside)."""
        coarse = torch.from_numpy(self._packed[f"mask_{name}"].astype(np.float32) / 255).to(self.device)
        return torch.sparse.mm(self.finer, coarse[:, None])[:, 0].clamp(0, 1)

    @cached_property
    def openness(self) -> Tensor:
        """How much of the sky each vertex of the mean head sees, 0..1 (W,)."""
        packed = self._packed.get("openness", np.full(self.finer.shape[0], 255, np.uint8))
        return torch.from_numpy(packed.astype(np.float32) / 255).to(self.device)

    @cached_property
    def landmarks(self) -> tuple[Tensor, Tensor]:
        """Vertices (468, 3) of the finer mesh and their weights (468, 3): MediaPipe's landmarks of the skin."""
        corners, weights = self._packed["landmark_corners"], self._packed["landmark_weights"]
        return torch.from_numpy(corners.astype(np.int64)).to(self.device), torch.from_numpy(weights).to(self.device)

    @cached_property
    def mean(self) -> Tensor:
        """The mean young adult at rest, (V, 3): where skin is painted and hair is combed."""
        young = [index for index, name in enumerate(self.targets) if name.endswith("-young")]
        return self.vertices + self.target_offsets[young].mean(0)

    @cached_property
    def places(self) -> dict[str, Tensor]:
        """Coarse vertices by place: lips, nose (its tip), ears (one on each side, right first)."""
        mean = self.mean
        lips = torch.from_numpy(np.flatnonzero(self._packed["mask_lips"] > 128)).to(self.device)
        skin = torch.from_numpy(np.unique(self._packed["quads"][self._packed["parts"] == SKIN]).astype(np.int64)).to(
            self.device
        )
        middle = skin[mean[skin, 0].abs() < 0.03]
        head = skin[mean[skin, 1] > -1]
        ears = torch.stack((head[mean[head, 0].argmin()], head[mean[head, 0].argmax()]))
        return {"lips": lips, "nose": middle[mean[middle, 2].argmax()], "ears": ears}

    def shape(self, targets: Tensor, units: Tensor) -> Tensor:
        """Coarse vertices (B, V, 3) for weights of the targets (B, T) and of the units (B, U)."""
        offsets = torch.einsum("bt,tvc->bvc", targets, self.target_offsets)
        return self.vertices + offsets + torch.einsum("bu,uvc->bvc", units, self.unit_offsets)

    def refine(self, coarse: Tensor) -> Tensor:
        """Coarse vertices (B, V, C) -> those of the finer mesh (B, W, C)."""
        batch, count, width = coarse.shape
        return (
            torch.sparse.mm(self.finer, coarse.permute(1, 0, 2).reshape(count, -1))
            .view(-1, batch, width)
            .transpose(0, 1)
        )


def vertex_normals(points: Tensor, quads: Tensor) -> Tensor:
    """Unit normals (B, V, 3) of a mesh of quads (F, 4), counterclockwise seen from outside."""
    a, b, c, d = (points[:, quads[:, corner]] for corner in range(4))
    normal = torch.linalg.cross(c - a, d - b)
    total = torch.zeros_like(points)
    for corner in range(4):
        total.index_add_(1, quads[:, corner], normal)
    return torch.nn.functional.normalize(total, dim=-1, eps=1e-12)
