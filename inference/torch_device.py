# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What torch computes on, and how exactly, by the names that requests give. Not for: naming devices (devices.py)."""

import functools
import time

import torch

from ..bridge.errors import InputError

_PRECISIONS = {"FLOAT32": torch.float32, "BFLOAT16": torch.bfloat16, "FLOAT16": torch.float16}


def choose_device(name: str) -> torch.device:
    """The device of that name. Raises InputError when it is not there."""
    if name not in ("AUTO", "CPU", "CUDA"):
        raise InputError(f"There is no device {name[:40]!r}.", "Choose AUTO, CPU or CUDA.")
    if name == "CUDA" and not torch.cuda.is_available():
        raise InputError("No graphics card can be used: torch finds no CUDA.", "Choose the processor, or AUTO.")
    return torch.device("cuda" if name != "CPU" and torch.cuda.is_available() else "cpu")


def choose_precision(device: torch.device, name: str) -> torch.dtype:
    """The precision of that name; AUTO: half precision where this device gains from it. Raises InputError."""
    if name not in ("AUTO", *_PRECISIONS):
        raise InputError(f"There is no precision {name[:40]!r}.", f"Choose AUTO, {', '.join(_PRECISIONS)}.")
    if name != "AUTO":
        return _PRECISIONS[name]
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    return torch.bfloat16 if _processor_gains_from_bfloat16() else torch.float32


@functools.cache
def _processor_gains_from_bfloat16() -> bool:
    """Whether a convolution like those of the bottleneck is a third faster: many processors only emulate the type."""
    least = {}
    for dtype in (torch.float32, torch.bfloat16):
        x = torch.rand(1, 128, 32, 32).to(dtype).contiguous(memory_format=torch.channels_last)
        weight = torch.rand(128, 128, 3, 3).to(dtype).contiguous(memory_format=torch.channels_last)
        times = []
        for _ in range(5):
            begin = time.perf_counter()
            torch.nn.functional.conv2d(x, weight, padding=1)
            times.append(time.perf_counter() - begin)
        least[dtype] = min(times)
    return least[torch.bfloat16] * 1.33 < least[torch.float32]
