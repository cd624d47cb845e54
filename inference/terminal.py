# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person at a terminal sees of a job: a bar that fills, warnings, one sentence when it fails.

Results go to stdout, everything else to stderr. What libraries print by themselves is left out, unless asked for: their
chatter would tear the bar and stand before the one line of JSON that a script reads.
"""

import faulthandler
import json
import logging
import os
import sys
import time
from typing import IO, Any

from ..bridge import messages
from ..bridge.errors import PasticheError

_BAR = 24  # characters


class Terminal:
    """Listens to the messages of jobs."""

    def __init__(self, is_verbose: bool = False) -> None:
        """is_verbose: libraries may print, and the log is shown."""
        if is_verbose:
            logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
            self._out, self._err = sys.stdout, sys.stderr
        else:
            logging.getLogger().setLevel(logging.INFO)  # for the job's own log
            logging.getLogger().addHandler(logging.NullHandler())
            self._out, self._err = _claimed(1), _claimed(2)
            faulthandler.enable(self._err)
        self._is_live = self._err.isatty() and not is_verbose
        self._text = ""
        self._width = 0
        self.warnings: list[str] = []
        self.error: dict[str, str] | None = None

    def hear(self, message: messages.Message) -> None:
        """Show a message."""
        match message:
            case messages.Status(text=text):
                self._text = text
                self._draw(text)
            case messages.Progress():
                self._draw(f"{self._text:<24} {_bar(message)}")
            case messages.Warning(text=text):
                self.warnings.append(text)
                self.say(f"Warning: {text}")
            case messages.Error(error=error):
                self.error = error
                self.say(str(PasticheError.from_dict(error)))

    def say(self, text: str) -> None:
        """A line for the person."""
        self.clear()
        self._err.write(text + "\n")
        self._err.flush()

    def tell(self, text: str) -> None:
        """A line of the result."""
        self.clear()
        self._out.write(text + "\n")
        self._out.flush()

    def tell_json(self, result: dict[str, Any]) -> None:
        """The result as one line of JSON."""
        self.tell(json.dumps(result, ensure_ascii=True))

    def clear(self) -> None:
        """Take the bar away."""
        self._draw("")

    def _draw(self, line: str) -> None:
        if self._is_live:
            line = line[: _columns(self._err) - 1]
            self._err.write("\r" + line.ljust(self._width) + ("\r" if not line else ""))
            self._err.flush()
            self._width = len(line)


def _bar(progress: messages.Progress) -> str:
    filled = _BAR * progress.done // progress.total if progress.total else 0
    bar = "#" * filled + "-" * (_BAR - filled)
    of = f"{progress.done}/{progress.total}" if progress.total else str(progress.done)
    rate = f", {progress.rate:.1f} {progress.unit}/s" if progress.rate > 0 else ""
    left = f", {_clock(progress.seconds_left)} left" if progress.seconds_left >= 0 else ""
    return f"[{bar}] {of} {progress.unit}{rate}{left}"


def _clock(seconds: float) -> str:
    return time.strftime("%H:%M:%S" if seconds >= 3600 else "%M:%S", time.gmtime(seconds))


def _columns(stream: IO[str]) -> int:
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80  # some terminals do not know
    except OSError:
        return 80


def _claimed(descriptor: int) -> IO[str]:
    """Our own way to a standard stream; whoever else writes to it writes to nowhere."""
    (sys.stdout if descriptor == 1 else sys.stderr).flush()
    stream = os.fdopen(os.dup(descriptor), "w", encoding="utf-8", errors="backslashreplace")
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, descriptor)
    os.close(nothing)
    return stream
