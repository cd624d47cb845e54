# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether an error means that there is not enough memory, in this process or on a graphics card. Needs no torch."""

from ..bridge.errors import InputError

OUT_OF_MEMORY = InputError("The memory does not suffice.", "Use a smaller picture or network, or close other programs.")
_WORDS = ("not enough memory", "can't allocate memory", "out of memory")  # of torch's plain RuntimeErrors


def is_out_of_memory(error: BaseException) -> bool:
    """True for MemoryError and for what torch raises."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    return isinstance(error, RuntimeError) and any(words in str(error).lower() for words in _WORDS)
