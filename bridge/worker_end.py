# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the artist reads when the worker ended by itself: what happened, where the log is, what to do."""

import re
import signal
from pathlib import Path

from .errors import ProtocolError, WorkerError
from .messages import PROTOCOL

_AGAIN = "Start the job again: finished frames are kept."
_TAIL = 4000  # bytes of the log


def explain(code: int | None, was_ready: bool, log: Path, log_start: int) -> WorkerError:
    """For a worker that exited. code: its exit status, negative for a signal.   log_start: where its log begins."""
    last_words = _last_line(log, log_start)
    reason = f" Its last words: {last_words}" if last_words else ""
    if not was_ready and code is not None and code >= 0:  # a signal is nothing that another Python would mend
        what = f"The background process could not start ({_exit(code)}).{reason}"
        return WorkerError(what, f"Check the Python of the worker in the preferences. The log is {log}.")
    return WorkerError(f"The background process ended ({_exit(code)}).{reason}", f"{_AGAIN} The log is {log}.")


def silence(seconds: float, log: Path) -> WorkerError:
    """For a worker whose heartbeats stopped."""
    what = f"The background process has not answered for {seconds:.0f} seconds and was ended."
    return WorkerError(what, f"{_AGAIN} The log is {log}.")


def other_version(protocol: int) -> ProtocolError:
    """For a worker that speaks another protocol."""
    return ProtocolError(
        f"The background process speaks protocol {protocol}, Blender's side speaks {PROTOCOL}.",
        "Restart Blender after updating Pastiche, so that both are of the same version.",
    )


def _exit(code: int | None) -> str:
    if code is None:
        return "without a status"
    if code >= 0:
        return f"exit status {code}" if code < 1 << 16 else f"exit status {code:#x}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = "unknown"
    hint = ", as the system does when memory runs out" if name == "SIGKILL" else ""
    return f"killed by signal {-code}, {name}{hint}"


def _last_line(log: Path, start: int) -> str:
    """The last line that this worker wrote to its log, if it is an error."""
    try:
        with log.open("rb") as file:
            end = file.seek(0, 2)
            file.seek(max(start, end - _TAIL))
            lines = file.read(_TAIL).decode("utf-8", "replace").split("\n")
    except OSError:
        return ""
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    return last[:300] if re.match(r"[\w.]*(Error|Exception|Fatal)", last) else ""
