# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of an edit, to go back and forth in: undo of one step, of one drag, and the strip of all of them."""

from typing import Any

from ....bridge.errors import InputError

MOST_STEPS = 5000  # of about 40 kB


class History:
    """What was remembered at each step, 0 the start; `step` is the shown one."""

    def __init__(self, start: dict[str, Any]) -> None:
        self._entries = [start]
        self._begins: list[int] = []  # the step that each drag began at
        self.step = 0

    @property
    def last(self) -> int:
        """The last step there is."""
        return len(self._entries) - 1

    @property
    def drags(self) -> int:
        """How many drags began before the shown step."""
        return sum(begin < self.step for begin in self._begins)

    @property
    def shown(self) -> dict[str, Any]:
        """What was remembered at the shown step."""
        return self._entries[self.step]

    @shown.setter
    def shown(self, entry: dict[str, Any]) -> None:
        self._entries[self.step] = entry

    def __getitem__(self, step: int) -> dict[str, Any]:
        return self._entries[step]

    def begin_drag(self) -> None:
        """The next step is the first of a drag; what came after the shown one is dropped.

        Raises InputError when the history is full.
        """
        if self.step >= MOST_STEPS:
            raise InputError(f"The history holds {MOST_STEPS} steps.", "Keep the expression, then reset.")
        self._drop()
        self._begins = [begin for begin in self._begins if begin < self.step] + [self.step]

    def add(self, entry: dict[str, Any]) -> None:
        """A new step after the shown one; it becomes the shown one."""
        self._drop()
        self._entries.append(entry)
        self.step += 1

    def show(self, step: int) -> None:
        """Show another step. Raises InputError when there is none of that number."""
        if not 0 <= step <= self.last:
            raise InputError(f"The history has no step {step}.", f"Choose one from 0 to {self.last}.")
        self.step = step

    def back(self) -> None:
        """Show where the drag before the shown step began. Raises InputError when there was none."""
        begins = [begin for begin in self._begins if begin < self.step]
        if not begins:
            raise InputError("There is no drag to undo.", "Drag first.")
        self.step = begins[-1]

    def _drop(self) -> None:
        del self._entries[self.step + 1 :]
