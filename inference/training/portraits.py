# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Square portraits to learn from: the pictures of a folder, or people rendered as they are needed.

Data named `heads` or `heads:SEED` are rendered on the device, so that no picture is ever seen twice.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ...bridge.errors import InputError
from ..media.pictures import read_picture

RENDERED = "heads"
_ENDINGS = {".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".bmp"}


class Folder:
    """Pictures of a folder and of the folders in it, cut to squares and brought to one size, held as bytes.

    names: of the pictures, with the folders they are in.
    """

    def __init__(self, path: Path, side: int, mirror: bool) -> None:
        """Raises InputError for a folder without pictures."""
        self._side, self._mirror = side, mirror
        self._paths = sorted(p for p in path.rglob("*") if p.suffix.lower() in _ENDINGS) if path.is_dir() else []
        if not self._paths:
            remedy = f"Give a folder of PNG or JPEG pictures, or `{RENDERED}` for rendered people."
            raise InputError(f"There are no pictures to learn from in {path}.", remedy)
        self._pictures: NDArray[np.uint8] | None = None
        self.names = tuple(found.relative_to(path).as_posix() for found in self._paths)

    def prepare(self, on_progress: Callable[[int, int], None]) -> None:
        """Read all pictures."""
        found = []
        for index, path in enumerate(self._paths):
            on_progress(index, len(self._paths))
            found.append(squared(read_picture(path)[..., :3], self._side))
        self._pictures = np.stack(found)

    def draw(self, dice: np.random.Generator, count: int) -> Tensor:
        """(count, 3, side, side) uint8."""
        chosen = self._pictures[dice.integers(len(self._pictures), size=count)]
        if self._mirror:
            flipped = dice.random(count) < 0.5
            chosen[flipped] = chosen[flipped][:, :, ::-1]
        return torch.from_numpy(chosen).permute(0, 3, 1, 2)

    def pictures(self, places: Sequence[int]) -> Tensor:
        """Those at some places among `names`: (n, 3, side, side) uint8."""
        return torch.from_numpy(self._pictures[list(places)]).permute(0, 3, 1, 2)


class Rendered:
    """People of a seed, in a style, each drawn once."""

    def __init__(self, seed: int, side: int, style: str, device: torch.device) -> None:
        """Raises InputError for a style that is not known."""
        from .heads.data_set import Heads, HeadSet

        self._heads = Heads(HeadSet((style,), side, seed), device)
        self._style = style

    def prepare(self, on_progress: Callable[[int, int], None]) -> None:
        """Nothing is to be read."""

    def draw(self, dice: np.random.Generator, count: int) -> Tensor:
        """(count, 3, side, side) uint8, on the device."""
        cast = self._heads.cast(dice.integers(1 << 31, size=count).tolist())
        return (self._heads.draw(self._style, cast).picture * 255).round().byte()


def open_portraits(data: str, side: int, style: str, mirror: bool, device: torch.device) -> Folder | Rendered:
    """The portraits that `data` names. Raises InputError."""
    name, _, seed = Path(data).name.partition(":")
    if name == RENDERED and not Path(data).exists():
        if seed and not seed.isdecimal():
            raise InputError(f"{seed[:40]!r} is no seed of rendered people.", "Give a whole number.")
        return Rendered(int(seed or 0), side, style, device)
    return Folder(Path(data), side, mirror)


def squared(image: NDArray, side: int) -> NDArray[np.uint8]:
    """The middle of a picture (H, W, 3) as (side, side, 3) uint8."""
    if image.dtype == np.uint16:
        image = (image >> 8).astype(np.uint8)
    height, width = image.shape[:2]
    least = min(height, width)
    top, left = (height - least) // 2, (width - least) // 2
    cut = image[top : top + least, left : left + least]
    return cv2.resize(cut, (side, side), interpolation=cv2.INTER_AREA if least > side else cv2.INTER_CUBIC)


def as_bytes(pictures: Tensor) -> list[NDArray[np.uint8]]:
    """-1..1 (B, 3, H, W) -> B pictures (H, W, 3)."""
    scaled = ((pictures.float().clamp(-1, 1) + 1) * 127.5).round().byte()
    return list(scaled.permute(0, 2, 3, 1).contiguous().cpu().numpy())


def as_signed(pictures: Tensor, device: torch.device) -> Tensor:
    """Bytes (B, 3, H, W) -> -1..1 on the device."""
    return pictures.to(device).float() / 127.5 - 1
