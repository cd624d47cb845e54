# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures of a style and what destylization found in them, matched by name."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ....bridge.errors import InputError
from ...styles.dualstylegan import code_file
from ...weights.style_codes import EXTRINSIC, INTRINSIC, read_style_codes
from ..portraits import Folder, as_signed

AUTHORS_INTRINSIC = "instyle_code.npy"
_REMEDY = "Give the weights of the training destylize, finished, and the pictures it was made with."


class Exemplars:
    """names: of the pictures, in the order of the codes.   extrinsic: of their styles, intrinsic: of the natural faces
    behind them, Z+ (N, L, S)."""

    def __init__(self, data: str, codes: str, side: int, device: torch.device, mirror: bool = False) -> None:
        """data: folder of pictures, more of which may have no codes.   codes: weights of the training destylize, or the
        authors' folder.   side: pixels.   mirror: half of the pictures that are drawn.

        Raises InputError without pictures or codes, and for codes without their pictures.
        """
        self.names, self.extrinsic, self.intrinsic = read_codes(codes, device)
        self._device = device
        self._folder = Folder(Path(data), side, mirror)
        places = {name: place for place, name in enumerate(self._folder.names)}
        missing = [name for name in self.names if name not in places]
        if missing:
            raise InputError(f"{len(missing)} exemplars have no picture in {data}, such as {missing[0]}.", _REMEDY)
        self._places = [places[name] for name in self.names]

    def __len__(self) -> int:
        """How many there are."""
        return len(self.names)

    def prepare(self, on_progress: Callable[[int, int], None]) -> None:
        """Read the pictures."""
        self._folder.prepare(on_progress)

    def draw(self, dice: np.random.Generator, count: int) -> Tensor:
        """Any pictures of the style, (count, 3, side, side) uint8."""
        return self._folder.draw(dice, count)

    def pictures(self, rows: Sequence[int]) -> Tensor:
        """Those of some rows, (n, 3, side, side), -1..1."""
        return as_signed(self._folder.pictures([self._places[row] for row in rows]), self._device)


def read_codes(path: str, device: torch.device) -> tuple[tuple[str, ...], Tensor, Tensor]:
    """Names, extrinsic and intrinsic codes (N, L, S) of the same exemplars. Raises InputError."""
    if not path:
        raise InputError("No codes of the exemplars are given, and this training needs them.", _REMEDY)
    source = Path(path)
    if source.is_dir():
        styles, faces = read_style_codes(code_file(source)), read_style_codes(source / AUTHORS_INTRINSIC)
    else:
        styles, faces = read_style_codes(source), read_style_codes(source, INTRINSIC)
    known = {name: place for place, name in enumerate(faces.names)}
    missing = [name for name in styles.names if name not in known]
    if missing or faces.codes.shape[1:] != styles.codes.shape[1:]:
        example = f", such as {missing[0]}" if missing else ""
        raise InputError(f"{source.name} lacks the natural faces of {len(missing)} exemplars{example}.", _REMEDY)
    chosen = faces.codes[[known[name] for name in styles.names]]
    return styles.names, torch.from_numpy(styles.codes).to(device), torch.from_numpy(chosen).to(device)


def coded(names: Sequence[str], extrinsic: Tensor, intrinsic: Tensor, done: Sequence[bool] | None = None) -> dict:
    """The codes as a training saves them; intrinsic ones of those alone that are done. (N, L, S) each."""
    is_done = done or [True] * len(names)
    tables: dict[str, dict[str, Any]] = {EXTRINSIC: {}, INTRINSIC: {}}
    for name, style, face, has_face in zip(names, extrinsic, intrinsic, is_done, strict=True):
        tables[EXTRINSIC][name] = style[None]
        if has_face:
            tables[INTRINSIC][name] = face[None]
    return tables
