# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The device that networks run on, by the name a person chose. Not for: listing devices without torch (devices.py)."""

import torch

from ..bridge.errors import InputError


def choose_device(name: str) -> torch.device:
    """The device AUTO, CPU or CUDA stands for. Raises InputError when it is not there, or unknown."""
    if name not in ("AUTO", "CPU", "CUDA"):
        raise InputError(f"There is no device {name[:40]!r}.", "Choose AUTO, CPU or CUDA.")
    if name == "CUDA" and not torch.cuda.is_available():
        raise InputError("No graphics card can be used: torch finds no CUDA.", "Choose the processor, or AUTO.")
    return torch.device("cuda" if name != "CPU" and torch.cuda.is_available() else "cpu")
