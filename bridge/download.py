# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A large file from where its authors publish it: goes on where it broke off, and is believed only by its hash.

Where a hash is published it must be met. Where none is, the first download's is written down, and a later download that
differs is told. Nothing here asks whether the network may be used: the caller does. Not for: Python packages (uv.py).
"""

import http.client
import json
import os
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from .errors import InputError, PasticheError
from .file_hash import hash_of
from .style_pack import MAX_FILE
from .whole_file import PART, storage_error, write_whole

TIMEOUT_SECONDS = 30.0
PINS = "pins.json"  # beside the downloads: url -> SHA-256 of its first download
_PIECE = 1 << 18  # bytes


class CancelledError(PasticheError):
    """The person stopped it; what had come stays and is gone on with."""

    code = "cancelled"


@dataclass(frozen=True)
class Downloaded:
    """A whole file. warning: a sentence for the person, "" for none."""

    path: Path
    sha256: str
    warning: str = ""


def download(
    url: str,
    path: Path,
    sha256: str = "",
    on_progress: Callable[[int, int], None] = lambda done, total: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Downloaded:
    """Bring a file to `path`, in a folder that exists or can be made.

    sha256: as published, "" for none.   on_progress: (bytes, of how many or 0).
    Raises InputError (no such file, broken connection, another hash, a page instead of a file), StorageError (full
    disk), CancelledError. What had come by then lies beside `path` and is gone on with.
    """
    _check_address(url)
    part, note = path.with_name(f".{path.name}{PART}"), path.with_name(f".{path.name}.json")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file():
            _fetch(url, part, note, on_progress, is_cancelled)
            found = hash_of(part)
            if sha256 and found != sha256:
                part.unlink()
                raise InputError(f"{path.name} from {_host(url)} is not the published file.", "Download it again.")
            os.replace(part, path)
            note.unlink(missing_ok=True)
        found = hash_of(path)
    except OSError as error:
        raise storage_error(path, error) from error
    return Downloaded(path, found, "" if sha256 else _pinned(url, path, found))


def _pinned(url: str, path: Path, sha256: str) -> str:
    """Write the hash of a first download down; of a later one that differs, say so."""
    file = path.parent / PINS
    pins: dict[str, Any] = {}
    with suppress(OSError, ValueError, RecursionError):
        loaded = json.loads(file.read_bytes())
        pins = loaded if isinstance(loaded, dict) else {}
    known = pins.setdefault(url, sha256)
    if known == sha256:
        write_whole(file, json.dumps(pins, indent=1).encode())
        return ""
    what = f"{path.name} is not the file that was downloaded from {_host(url)} before."
    return f"{what} Its authors may have replaced it; if you do not expect that, do not use it."


def _fetch(
    url: str, part: Path, note: Path, on_progress: Callable[[int, int], None], is_cancelled: Callable[[], bool]
) -> None:
    have = part.stat().st_size if part.exists() and _note(note).get("url") == url else 0
    headers = {"User-Agent": "Pastiche", "Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
        if _note(note).get("tag"):
            headers["If-Range"] = str(_note(note)["tag"])
    try:
        with _open(urllib.request.Request(url, headers=headers)) as answer:
            have = have if answer.status == 206 and _starts_at(answer, have) else 0
            if have == 0 and "text/html" in answer.headers.get("Content-Type", ""):
                remedy = "Download it in a browser, and add it from where it lies."
                raise InputError(f"{_host(url)} answers with a page instead of a file.", remedy)
            length = answer.headers.get("Content-Length") or ""
            total = have + int(length) if length.isdecimal() and len(length) < 16 else 0
            write_whole(note, json.dumps({"url": url, "tag": answer.headers.get("ETag", "")}).encode())
            with part.open("ab" if have else "wb") as file:
                _copy(answer, file, have, total, on_progress, is_cancelled)
    except urllib.error.HTTPError as error:
        if error.code == 416 and have:  # the part is as long as the file, or longer: begin anew
            part.unlink()
            return _fetch(url, part, note, on_progress, is_cancelled)
        what = f"{_host(url)} refuses the download ({error.code})."
        raise InputError(what, "Try later, or use a browser.") from error
    except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
        reason = getattr(error, "reason", None) or error
        what = f"The download from {_host(url)} broke off ({str(reason)[:200] or type(error).__name__})."
        raise InputError(what, "Start it again: it goes on where it stopped.") from error


def _copy(
    answer: http.client.HTTPResponse,
    file: IO[bytes],
    have: int,
    total: int,
    on_progress: Callable[[int, int], None],
    is_cancelled: Callable[[], bool],
) -> None:
    while piece := answer.read(_PIECE):
        if is_cancelled():
            raise CancelledError("The download was stopped.", "Start it again: it goes on where it stopped.")
        file.write(piece)
        have += len(piece)
        if have > MAX_FILE:
            raise InputError(f"The file is larger than {MAX_FILE >> 30} GB.", "Check where it comes from.")
        on_progress(have, total)
    if total and have < total:
        raise http.client.IncompleteRead(b"", total - have)


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows only to places that may be asked."""

    def redirect_request(self, request: Any, file: Any, code: int, message: str, headers: Any, url: str) -> Any:
        _check_address(url)
        return super().redirect_request(request, file, code, message, headers, url)


def _open(request: urllib.request.Request) -> Any:
    return urllib.request.build_opener(_Redirects).open(request, timeout=TIMEOUT_SECONDS)


def _check_address(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname == "127.0.0.1"):
        raise InputError(f"{url[:100]} is no address for a download.", "It begins with https://.")


def _starts_at(answer: http.client.HTTPResponse, have: int) -> bool:
    return answer.headers.get("Content-Range", "").startswith(f"bytes {have}-")


def _note(note: Path) -> dict[str, Any]:
    try:
        found = json.loads(note.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _host(url: str) -> str:
    return urlsplit(url).hostname or url[:60]
