# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which frames of a job are finished: one line of JSON per frame, appended, never rewritten while a job runs.

A process killed while it appends leaves at most one torn line, which readers skip and the next line starts afresh.
"""

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

from .errors import InputError
from .plain_data import from_plain, to_plain
from .whole_file import storage_error, write_whole

MAX_LINE = 4096
SYNC_SECONDS = 2.0  # a killed process loses nothing; a power cut loses at most this


def frame_file(index: int) -> str:
    """Where frame `index` lies in the job folder; the number is the frame number."""
    return f"frames/frame_{index:06d}.png"


@dataclass(frozen=True)
class FrameRecord:
    """A finished frame. file: from the job folder.   sha256: of the file.   inputs: hash of all it was made from."""

    index: int
    file: str
    bytes: int
    sha256: str
    inputs: str


class Manifest:
    """The manifest file of one job folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._synced = 0.0

    def read(self) -> dict[int, FrameRecord]:
        """The last record of each frame, in the order of frames; empty when there is no manifest.

        Lines that are torn, malformed, or name another file than that frame's are skipped. Raises InputError when the
        file cannot be read.
        """
        records: dict[int, FrameRecord] = {}
        try:
            with self.path.open("rb") as file:
                while line := file.readline(MAX_LINE):
                    record = _parse(line)
                    if record is not None:
                        records[record.index] = record
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise InputError(f"{self.path} cannot be read ({error.strerror}).", "Check the folder's rights.") from error
        return dict(sorted(records.items()))

    def append(self, record: FrameRecord) -> None:
        """Add a line; when this returns, the line outlives the process. Raises StorageError."""
        try:
            with self.path.open("a+b") as file:
                end = file.seek(0, os.SEEK_END)
                file.seek(max(0, end - 1))
                is_torn = end > 0 and file.read(1) != b"\n"
                file.write(b"\n" * is_torn + _format(record))
                file.flush()
                self._sync(file.fileno())
        except OSError as error:
            raise storage_error(self.path, error) from error

    def compact(self) -> None:
        """Drop the lines that later ones replaced, once they are many. Raises StorageError."""
        records = self.read()
        try:
            size = self.path.stat().st_size
        except OSError:
            return
        lines = b"".join(_format(record) for record in records.values())
        if size > 4 * len(lines) + (1 << 16):
            write_whole(self.path, lines)

    def _sync(self, descriptor: int) -> None:
        now = time.monotonic()
        if now - self._synced > SYNC_SECONDS:
            os.fsync(descriptor)
            self._synced = now


def _format(record: FrameRecord) -> bytes:
    return json.dumps(to_plain(record)).encode("ascii") + b"\n"


def _parse(line: bytes) -> FrameRecord | None:
    try:
        record: FrameRecord = from_plain(FrameRecord, json.loads(line))
    except (ValueError, RecursionError):
        return None
    return record if record.file == frame_file(record.index) else None
