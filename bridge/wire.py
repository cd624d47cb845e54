# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Message <-> one line of JSON: `{"v": 1, "type": "cancel", "job": "job7"}`, UTF-8, at most MAX_LINE bytes.

Every line carries the protocol's version, so that processes of different versions part at the first word. What `encode`
lets through, `decode` takes; what either refuses is a ProtocolError that names the place.
"""

import json
from typing import IO, Any

from .errors import ProtocolError
from .messages import MAX_LINE, PROTOCOL, TYPES, Message
from .plain_data import from_plain, to_plain

_REMEDY = "If it happens again, report it with the log."
_OTHER_VERSION = "Restart Blender after updating Pastiche, so that both of its processes are of the same version."


def encode(message: Message) -> bytes:
    """The message as one line, newline included. Raises ProtocolError when a value has the wrong type or size."""
    plain = to_plain(message)
    try:
        from_plain(type(message), plain, message.type)
        line = json.dumps({"v": PROTOCOL, "type": message.type, **plain}, allow_nan=False).encode("ascii")
    except (ValueError, TypeError, RecursionError) as error:
        raise ProtocolError(f"A message cannot be sent: {error}.", _REMEDY) from error
    if len(line) >= MAX_LINE:
        raise ProtocolError(f"A {message.type} message of {len(line)} bytes is too long to be sent.", _REMEDY)
    return line + b"\n"


def decode(line: bytes) -> Message:
    """The message in a line. Raises ProtocolError for anything but a whole, known, well-typed message."""
    if len(line) > MAX_LINE:
        raise ProtocolError(f"A message is longer than {MAX_LINE} bytes.", _REMEDY)
    try:
        data = json.loads(line.decode("utf-8"), parse_constant=_refuse_constant, object_pairs_hook=_table)
        if not isinstance(data, dict):
            raise ValueError("it is no table")
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"A message is not understood: {_brief(error)}.", _REMEDY) from error
    version = data.pop("v", None)
    if type(version) is not int or version != PROTOCOL:
        shown = repr(version)[:20] if isinstance(version, int | str) else "none"
        raise ProtocolError(f"A message speaks protocol {shown}, this is protocol {PROTOCOL}.", _OTHER_VERSION)
    name = data.pop("type", None)
    if not isinstance(name, str) or name not in TYPES:
        raise ProtocolError(f"A message of type {str(name)[:40]!r} is unknown.", _REMEDY)
    try:
        message: Message = from_plain(TYPES[name], data, name)
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"A message is not understood: {_brief(error)}.", _REMEDY) from error
    return message


def read_line(stream: IO[bytes]) -> bytes | None:
    """The next line of a buffered stream, None at its end; of an oversized line only the first MAX_LINE + 1 bytes.

    The rest of an oversized line is skipped, so memory stays bounded and the next line is whole again.
    """
    line = rest = stream.readline(MAX_LINE + 1)
    while len(rest) > MAX_LINE and not rest.endswith(b"\n"):
        rest = stream.readline(MAX_LINE + 1)
    return line or None


def _table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        raise ValueError("a key stands twice")
    return table


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number")


def _brief(error: Exception) -> str:
    return str(error)[:200] or type(error).__name__
