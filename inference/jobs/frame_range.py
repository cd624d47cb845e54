# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which frames a job may be asked for."""

from ...bridge.errors import InputError

LARGEST = 1_048_574  # Blender's largest frame number
MOST = 200_000  # in one job: two hours at 24 frames per second and more


def check_range(first: int, last: int) -> None:
    """Raise InputError unless first..last is a possible range of frames."""
    if first > last or first < 0 or last > LARGEST or last - first >= MOST:
        remedy = f"Choose at most {MOST:,} frames between 0 and {LARGEST:,}, the first one first."
        raise InputError(f"Frames {first} to {last} cannot be rendered.", remedy)
