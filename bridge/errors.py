# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The errors a person may read: what failed, on what, and what to do next. They survive the pipe between processes."""

from typing import Any


class PasticheError(Exception):
    """An expected failure.

    what: one sentence that names the thing that failed, file or frame included.   remedy: one sentence, what to do.
    `str(error)` is both. `code` names the family on the wire.
    """

    code = "failed"

    def __init__(self, what: str, remedy: str = "") -> None:
        self.what = what
        self.remedy = remedy
        super().__init__(f"{what} {remedy}".strip())

    def to_dict(self) -> dict[str, str]:
        """The error as plain data, for the wire and for the job folder."""
        return {"code": self.code, "what": self.what, "remedy": self.remedy}

    @staticmethod
    def from_dict(data: dict[str, Any]) -> "PasticheError":
        """The error that `to_dict` described; an unknown code becomes a plain PasticheError."""
        family = _FAMILY.get(str(data.get("code")), PasticheError)
        return family(str(data.get("what", "Something failed.")), str(data.get("remedy", "")))


class InputError(PasticheError):
    """A file or value from outside is missing, damaged, too large or of the wrong kind."""

    code = "input"


class FaceNotFoundError(PasticheError):
    """No usable face was found in a picture or in footage."""

    code = "no_face"


class StorageError(PasticheError):
    """A folder is missing, read-only or full."""

    code = "storage"


class ProtocolError(PasticheError):
    """A message between the processes is malformed, oversized or unknown, or speaks another version."""

    code = "protocol"


class WorkerError(PasticheError):
    """The background process could not start, or ended."""

    code = "worker"


class RuntimeMissingError(PasticheError):
    """The background process's Python environment lacks something."""

    code = "runtime"


class BusyError(PasticheError):
    """The same card or folder is already being worked on."""

    code = "busy"


class InternalError(PasticheError):
    """A bug of ours; the log holds the traceback."""

    code = "internal"


_FAMILY: dict[str, type[PasticheError]] = {
    family.code: family
    for family in (
        PasticheError,
        InputError,
        FaceNotFoundError,
        StorageError,
        ProtocolError,
        WorkerError,
        RuntimeMissingError,
        BusyError,
        InternalError,
    )
}
