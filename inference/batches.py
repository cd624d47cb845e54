# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many things through a network, as many at a time as memory allows."""

from collections.abc import Callable
from typing import TypeVar

import torch

from ..bridge.errors import InputError

T = TypeVar("T")


class Batches:
    """Work on many things, as many at a time as memory allows: when it does not suffice, half of them from then on."""

    def __init__(self, size: int, tell: Callable[[str], None]) -> None:
        """size: at first.   tell: takes a sentence for the artist."""
        self.size = size
        self._tell = tell

    def each(self, count: int, work: Callable[[slice], T]) -> list[T]:
        """What `work` makes of 0..count, piece by piece. Raises InputError when one is too many."""
        made: list[T] = []
        done = 0
        while done < count:
            piece = slice(done, min(done + self.size, count))
            try:
                made.append(work(piece))
                done = piece.stop
                continue
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
            if self.size == 1:  # outside the handler, so that what the failed attempt held is free
                remedy = "Close other programs, or use the processor."
                raise InputError("The memory does not suffice for one frame.", remedy)
            self.size = min(self.size, piece.stop - piece.start) // 2 or 1
            self._tell(f"The memory does not suffice: {self.size} frames at a time from now on.")
            if torch.cuda.is_available():
                torch.cuda.empty_cache()
        return made


def is_out_of_memory(error: BaseException) -> bool:
    """Whether torch, or Python, says that memory does not suffice; on the processor torch has no type for it."""
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or "can't allocate memory" in str(error)
