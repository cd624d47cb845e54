# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a perceptual loss compares: features of a picture at five scales, from VGG-19 or from no weights at all.

`Scattering` stands in where VGG-19's weights are not at hand, and says so. It is the scattering transform (J. Bruna,
S. Mallat, "Invariant Scattering Convolution Networks", 2013): sizes of oriented edges, then sizes of the edges of
those, from fine to coarse. It knows shapes and textures, but no faces; its numbers compare with each other only.
"""

import math
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ...bridge.errors import InputError
from ...vendor.vgg.vgg19 import VGG19, build_vgg19
from ..weights.safe_open import StoredTensor, load_tensors, open_checkpoint

LEVELS = 5
VGG_LAYERS = tuple(f"relu{block}_1" for block in range(1, LEVELS + 1))


class VGGFeatures(nn.Module):
    """The first rectified layer of each of VGG-19's five blocks."""

    note = ""

    def __init__(self, network: VGG19) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: Tensor) -> list[Tensor]:
        """(N, 3, H, W), RGB 0..1 -> five tensors, fine to coarse; fewer for pictures too small for all."""
        found = self.network(image, VGG_LAYERS[: _levels(image)])
        return list(found.values())


class Scattering(nn.Module):
    """Colors, sizes of edges in four directions, and sizes of their edges, at 1, 1/2 ... 1/16 of the size."""

    note = "No weights of VGG-19 are given: a scattering transform, which needs none, judges likeness instead."
    GAIN = 60.0  # brings a loss of FOMM's weights to where VGG-19 has it (some hundreds at first, below 100 later)
    DIRECTIONS = 4
    SIZE, SIGMA, FREQUENCY = 7, 1.2, math.pi / 2  # of the wavelets, pixels and radians per pixel

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("wavelets", self._wavelets(), persistent=False)

    def forward(self, image: Tensor) -> list[Tensor]:
        """(N, 3, H, W), RGB 0..1 -> five tensors (N, 31 or 15, h, w), fine to coarse; fewer for small pictures."""
        x, found = image, []
        gray_edges = None
        for _ in range(_levels(image)):
            edges = self._edges(x)  # (N, 12, h, w)
            parts = [x, edges]
            if gray_edges is not None:
                parts.append(self._edges(gray_edges))
            found.append(self.GAIN * torch.cat(parts, 1))
            gray_edges = F.avg_pool2d(edges.unflatten(1, (3, -1)).mean(1), 2)
            x = F.avg_pool2d(x, 2)
        return found

    def _edges(self, x: Tensor) -> Tensor:
        """(N, C, h, w) -> (N, C * DIRECTIONS, h, w): how strong the edges of each direction are."""
        count, channels, height, width = x.shape
        margin = self.SIZE // 2
        mode = "reflect" if min(height, width) > margin else "replicate"
        padded = F.pad(x.reshape(-1, 1, height, width), (margin,) * 4, mode=mode)
        pairs = F.conv2d(padded, self.wavelets).unflatten(1, (self.DIRECTIONS, 2))
        return (pairs.square().sum(2) + 1e-6).sqrt().reshape(count, -1, height, width)

    def _wavelets(self) -> Tensor:
        """(2 * DIRECTIONS, 1, SIZE, SIZE): even and odd Morlet wavelets that answer nothing to an even color."""
        axis = torch.arange(self.SIZE, dtype=torch.float64) - self.SIZE // 2
        y, x = torch.meshgrid(axis, axis, indexing="ij")
        window = torch.exp(-(x**2 + y**2) / (2 * self.SIGMA**2))
        wavelets = []
        for index in range(self.DIRECTIONS):
            angle = math.pi * index / self.DIRECTIONS
            wave = self.FREQUENCY * (math.cos(angle) * x + math.sin(angle) * y)
            even = window * wave.cos()
            even -= window * (even.sum() / window.sum())
            odd = window * wave.sin()
            wavelets += [even, odd]
        return torch.stack(wavelets).div(window.sum()).float()[:, None]


def open_perceptual(path: str) -> VGGFeatures | Scattering:
    """VGG-19 from a checkpoint of torchvision's layout, or what stands in for it without one, frozen.

    Raises InputError for a file that holds no VGG-19.
    """
    if not path:
        return Scattering()
    contents = open_checkpoint(Path(path))
    tensors = {}
    if isinstance(contents, dict):
        tensors = {
            name: value
            for name, value in contents.items()
            if isinstance(name, str) and name.startswith("features.") and isinstance(value, StoredTensor)
        }
    try:
        return VGGFeatures(build_vgg19(load_tensors(tensors)))
    except ValueError as error:
        what = f"{Path(path).name} holds no VGG-19 ({' '.join(str(error).split())[:200]})."
        raise InputError(what, "Choose torchvision's vgg19 checkpoint, or none.") from error


def _levels(image: Tensor) -> int:
    """How many of the levels a picture is large enough for: the coarsest has two pixels a side."""
    return max(1, min(LEVELS, int(math.log2(min(image.shape[-2:])))))
