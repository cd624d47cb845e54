# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""How unlike two pictures are to an eye, as a number with a gradient.

The papers use LPIPS, whose trained weights do not come with Pastiche: whoever has them gives their file. `MultiScale`
stands in for it and needs none: it compares brightness, color and edges from fine to coarse. It is no LPIPS: its
numbers compare with each other only.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

from ....bridge.errors import InputError
from ....vendor.lpips.network import LEAST_SIDE, LPIPS, build_lpips, distance
from ...weights.safe_open import StoredTensor, load_tensors, open_checkpoint

LONGEST = 256  # pixels: pictures are compared at this size; twice as fine gives nearly the same gradient


class Perceptual(Protocol):
    """Features of a picture and the distance between features, so that those of a target are made once."""

    name: str

    def features(self, picture: Tensor) -> list[Tensor]:
        """(B, colors, H, W), nominally -1..1 -> features."""

    def distance(self, a: list[Tensor], b: list[Tensor]) -> Tensor:
        """A number, 0 for the same picture."""


def shrink(picture: Tensor) -> Tensor:
    """(B, C, H, W) to at most LONGEST a side, by the mean of what falls together."""
    longest = max(picture.shape[2:])
    if longest <= LONGEST:
        return picture
    size = [side * LONGEST // longest for side in picture.shape[2:]]
    return F.interpolate(picture, size, mode="area")


class MultiScale:
    """Mean absolute difference of the picture and of its edges, at 1, 1/2, 1/4 ... of its size."""

    name = "multi-scale"

    def features(self, picture: Tensor) -> list[Tensor]:
        """The picture and its horizontal and vertical differences at each scale."""
        x, found = shrink(picture), []
        while min(x.shape[2:]) >= 4:
            found += [x, x[:, :, :, 1:] - x[:, :, :, :-1], x[:, :, 1:] - x[:, :, :-1]]
            x = F.avg_pool2d(x, 2)
        return found

    def distance(self, a: list[Tensor], b: list[Tensor]) -> Tensor:
        """Mean over scales and kinds."""
        return torch.stack([(x - y).abs().mean() for x, y in zip(a, b, strict=True)]).mean()


class Learned:
    """LPIPS with its trained weights."""

    def __init__(self, network: LPIPS) -> None:
        self.network, self.name = network, f"LPIPS {network.name}"

    def features(self, picture: Tensor) -> list[Tensor]:
        """Of pictures too small for the network, those of an enlarged one."""
        least = LEAST_SIDE[self.network.name]
        if min(picture.shape[2:]) < least:
            picture = F.interpolate(picture, [max(side, least) for side in picture.shape[2:]], mode="bilinear")
        return self.network(picture if picture.shape[1] == 3 else picture.expand(-1, 3, -1, -1))

    def distance(self, a: list[Tensor], b: list[Tensor]) -> Tensor:
        """LPIPS, of one pair of pictures."""
        return distance(a, b).sum()


def open_perceptual(path: str, device: torch.device | str = "cpu") -> Perceptual:
    """LPIPS from a file, or what stands in for it for "".

    path: the authors' whole network, or their channel weights with torchvision's backbone ("alexnet...", "vgg16...") in
    the same folder. Raises InputError for another file.
    """
    if not path:
        return MultiScale()
    tensors = _tensors_of(Path(path))
    if not any(name.startswith(("net.", "features.")) for name in tensors):
        tensors |= _backbone_beside(Path(path), tensors)
    try:
        network = build_lpips(load_tensors(tensors))
    except ValueError as error:
        what = f"{Path(path).name} is not all of an LPIPS ({' '.join(str(error).split())[:200]})."
        remedy = "Choose the saved network, or lay torchvision's alexnet or vgg16 checkpoint beside its weights."
        raise InputError(what, remedy) from error
    return Learned(network.to(device))


def _tensors_of(path: Path) -> dict[str, StoredTensor]:
    """The tensors of a checkpoint that may be LPIPS's, still in their file."""
    contents = open_checkpoint(path)
    if not isinstance(contents, Mapping):
        return {}
    prefixes = ("net.", "features.", "lin", "scaling_layer.")
    return {
        name: value
        for name, value in contents.items()
        if isinstance(name, str) and name.startswith(prefixes) and isinstance(value, StoredTensor)
    }


def _backbone_beside(path: Path, weights: Mapping[str, StoredTensor]) -> dict[str, StoredTensor]:
    """What channel weights stand on: of AlexNet, whose second depth has 192 channels, or of VGG-16."""
    second = weights.get("lin1.model.1.weight")
    name = "alexnet" if second is not None and 192 in second.shape else "vgg16"
    found = sorted(path.parent.glob(f"{name}*.pth"))
    return _tensors_of(found[0]) if found else {}
