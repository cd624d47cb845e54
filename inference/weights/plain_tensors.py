# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tensors out of files in the safetensors layout, which hold nothing else. Not for: checkpoints (safe_open.py)."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ...bridge.motion_file import open_motion_file


def read_tensors(path: Path) -> dict[str, Tensor]:
    """The tensors of a file, in memory of their own. Raises InputError for a file that is damaged or none of these."""
    with open_motion_file(path) as file:
        return {
            key: torch.from_numpy(np.frombuffer(bytearray(file.read(key)), entry.code).reshape(entry.shape))
            for key, entry in file.tensors.items()
        }


def read_sections(path: Path) -> dict[str, dict[str, Tensor]]:
    """The tensors of a file as a checkpoint of several networks, whose names stand before the first dot; floats as
    float32. Raises InputError."""
    sections: dict[str, dict[str, Tensor]] = {}
    for key, value in read_tensors(path).items():
        section, _, name = key.partition(".")
        sections.setdefault(section, {})[name] = value.float() if value.is_floating_point() else value
    return sections
