# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages on their way from the thread that reads the pipe to the one that polls.

Bounded: when nobody polls, the reader waits, then the pipe fills, then the worker waits. Of what only tells how a job
stands, the newest alone waits, so a flood of it costs the poller nothing.
"""

import threading
from collections import deque

from .messages import Dragging, Message, Picture, Playing, Progress

CAPACITY = 10_000
STANDINGS = (Progress, Picture, Dragging, Playing)


class Inbox:
    """A queue of messages between one writer and one reader; None stands for the end."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._cells: deque[list[Message | None]] = deque()  # a cell is a list of one, to be replaced
        self._waiting: dict[tuple[str, str], list[Message | None]] = {}  # (type, job) -> the standing that waits
        self._changed = threading.Condition()
        self._is_closed = False

    def put(self, message: Message | None) -> None:
        """Add a message, waiting while the box is full; after `close` it is dropped."""
        with self._changed:
            if isinstance(message, STANDINGS) and (message.type, message.job) in self._waiting:
                self._waiting[message.type, message.job][0] = message
                return
            self._changed.wait_for(lambda: len(self._cells) < self._capacity or self._is_closed)
            cell: list[Message | None] = [message]
            if isinstance(message, STANDINGS):
                self._waiting[message.type, message.job] = cell
            if not self._is_closed:
                self._cells.append(cell)

    def take(self, most: int) -> list[Message | None]:
        """Up to `most` messages that have arrived, in order; never waits for more."""
        with self._changed:
            cells = [self._cells.popleft() for _ in range(min(most, len(self._cells)))]
            for cell in cells:
                if isinstance(cell[0], STANDINGS):
                    self._waiting.pop((cell[0].type, cell[0].job), None)
            self._changed.notify()
            return [cell[0] for cell in cells]

    def close(self) -> None:
        """Let a waiting writer go."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
