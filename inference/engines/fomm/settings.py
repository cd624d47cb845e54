# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be set on the FOMM engine: the `settings` of a render request with engine 'fomm'."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...settings import choice, number, read_settings


@dataclass(frozen=True)
class FommSettings:
    """How a card is driven.

    weights: path of the model's checkpoint.   relative: the card moves as the actor moves from the initial frame on,
    else it takes the actor's pose and proportions.   adapt_scale: a small face moves less than a large one (relative
    motion).   strength: of the motion; 1 as captured.   initial: footage seconds at which the actor looks most like the
    card; negative: found by landmarks.   full_resolution: the picture itself is bent and only what the network invents
    is painted on it, else the network's own 256 pixels are shown.
    batch: frames computed at a time; it halves by itself when memory does not suffice.   sampling: whether pictures are
    looked up as the published weights were TRAINED, or as the authors' program, SHIPPED today, does on a current torch:
    half a feature pixel off towards the border.   compiled: torch compiles what paints the frames first; that takes
    minutes once per job and gains a tenth on a processor, so it is for long clips and graphics cards.
    device, precision: AUTO takes the graphics card where there is one, and the precision that gains there.
    """

    weights: str = ""
    relative: bool = True
    adapt_scale: bool = True
    strength: float = number(1.0, 0.0, 2.0)
    initial: float = number(-1.0, -1.0, 1e6)
    full_resolution: bool = True
    batch: int = number(8, 1, 64)
    sampling: str = choice("TRAINED", "SHIPPED")
    compiled: bool = False
    device: str = choice("AUTO", "CPU", "CUDA")
    precision: str = choice("AUTO", "FLOAT32", "BFLOAT16", "FLOAT16")

    @staticmethod
    def read(values: Mapping[str, Any]) -> "FommSettings":
        """Settings from plain data. Raises InputError for an unknown name, a wrong type or a value out of range."""
        return read_settings(FommSettings, values, "the FOMM engine")
