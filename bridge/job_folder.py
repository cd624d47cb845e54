# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The folder of one job, as both processes know it (ARCHITECTURE.md, "Job folder").

The worker writes it under a lock; anybody may read it at any time, because every file in it is whole or absent. Not
for: deciding what a frame depends on (inference/jobs).
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .errors import InputError
from .folder_lock import folder_lock
from .manifest import FrameRecord, Manifest, frame_file
from .plain_data import from_plain, to_plain
from .requests import JobRequest
from .whole_file import PART, storage_error, write_whole

VERSION = 1  # of the recipe
MAX_RECIPE = 1 << 20  # bytes


@dataclass(frozen=True)
class Recipe:
    """What a job was asked and with what: the same recipe gives the same frames.

    inputs: request field ("source", "footage" ...) -> sha256 of what it named.   engine: its name and version.
    versions: program or module -> version.
    """

    request: JobRequest
    inputs: dict[str, str] = field(default_factory=dict)
    engine: str = ""
    versions: dict[str, str] = field(default_factory=dict)


class JobFolder:
    """Names and files of a job folder."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.recipe = self.path / "request.json"
        self.manifest = Manifest(self.path / "manifest.jsonl")
        self.frames = self.path / "frames"
        self.movie = self.path / "movie.mp4"
        self.log = self.path / "log.txt"
        self.outcome = self.path / "outcome.json"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Make the folder when missing and hold it alone; what a killed process left half-written is removed.

        Raises BusyError while a job runs in it, StorageError when it cannot be made or written.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise storage_error(self.path, error) from error
        with folder_lock(self.path):
            for part in (*self.path.glob(f".*{PART}"), *self.frames.glob(f".*{PART}")):
                with suppress(OSError):
                    part.unlink()
            self.manifest.compact()
            yield

    def frame_path(self, index: int) -> Path:
        """Where frame `index` lies, or will."""
        return self.path / frame_file(index)

    def write_frame(self, index: int, data: bytes, inputs: str) -> FrameRecord:
        """Write a frame's file, whole. It counts once its record is in the manifest. Raises StorageError."""
        path = self.frame_path(index)
        try:
            if self.path.is_dir():  # a folder that vanished is not brought back
                self.frames.mkdir(exist_ok=True)
        except OSError as error:
            raise storage_error(path, error) from error
        write_whole(path, data)
        return FrameRecord(index, frame_file(index), len(data), hashlib.sha256(data).hexdigest(), inputs)

    def valid_frames(self) -> dict[int, FrameRecord]:
        """The finished frames whose files are there with the recorded size, by number, in order."""
        return {index: record for index, record in self.manifest.read().items() if self._has_size(record)}

    def is_intact(self, record: FrameRecord) -> bool:
        """Whether a frame's file holds exactly the recorded bytes."""
        try:
            with (self.path / record.file).open("rb") as file:
                return self._has_size(record) and hashlib.file_digest(file, "sha256").hexdigest() == record.sha256
        except OSError:
            return False

    def write_recipe(self, recipe: Recipe) -> None:
        """Write the recipe. Raises StorageError."""
        _write_json(self.recipe, {"pastiche": "recipe", "version": VERSION, **to_plain(recipe)})

    def read_recipe(self) -> Recipe:
        """The recipe. Raises InputError when it is missing, damaged or of another version."""
        return read_recipe(self.recipe)

    def write_outcome(self, outcome: str, error: dict[str, str] | None, result: dict[str, Any]) -> None:
        """Write how the job ended. Raises StorageError."""
        _write_json(self.outcome, {"outcome": outcome, "error": error, "result": to_plain(result)})

    def read_outcome(self) -> dict[str, Any] | None:
        """How the job ended ("outcome", "error", "result"); None while it runs and after it was killed."""
        try:
            data = json.loads(_read_text(self.outcome))
        except (InputError, ValueError, RecursionError):
            return None
        return data if isinstance(data, dict) else None

    def _has_size(self, record: FrameRecord) -> bool:
        try:
            return (self.path / record.file).stat().st_size == record.bytes
        except OSError:
            return False


def read_recipe(path: Path) -> Recipe:
    """The recipe in a file. Raises InputError when it is missing, damaged or of another version."""
    remedy = "Choose a folder in which Pastiche has worked, or start the job anew."
    try:
        data = json.loads(_read_text(path))
        if not isinstance(data, dict) or data.pop("pastiche", None) != "recipe":
            raise ValueError("it is not marked as one")
        if data.pop("version", None) != VERSION:
            raise ValueError("it is of another version")
        recipe: Recipe = from_plain(Recipe, data, "recipe")
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is no sound recipe: {str(error)[:200]}.", remedy) from error
    return recipe


def _read_text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_RECIPE + 1)
    except FileNotFoundError as error:
        raise InputError(f"There is no {path.name} in {path.parent}.", "Choose another folder.") from error
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}).", "Check its rights.") from error
    if len(data) > MAX_RECIPE:
        raise InputError(f"{path} is too large for a {path.name}.", "Choose another folder.")
    return data.decode("utf-8")


def _write_json(path: Path, data: dict[str, Any]) -> None:
    write_whole(path, json.dumps(data, indent=1, allow_nan=False).encode("ascii") + b"\n")
