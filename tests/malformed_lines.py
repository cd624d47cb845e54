# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines that no sound process would send: random bytes, wrong JSON, and sound messages with something broken."""

import json
import random

from pastiche.bridge import drag_commands, messages, requests
from pastiche.bridge.wire import encode

SOUND = (
    messages.Submit("a", requests.DummyRequest("/nowhere/dummy")),
    messages.Submit("b", requests.RenderRequest("/r", "s.png", "m.motion", placement=requests.Placement((1, 2, 3, 4)))),
    messages.Submit("c", requests.CaptureRequest("/nowhere", "f.mp4", "m.motion")),
    messages.Submit("d", requests.DragRequest("/nowhere", "n.pkl", options=drag_commands.DragOptions(most_steps=9))),
    messages.Steer("d", 7, drag_commands.SetPoints(((1.0, 2.5),), ((3.0, 4.0),))),
    messages.Cancel("a"),
    messages.Progress("a", 1, 2, "frames", 1.5, -1.0),
    messages.Done("a", 'FINISHED', {"seconds": {"total": 1.0}, "list": [1, "x", None, True]}),
)
_JUNK = (
    None, True, -1, 1.5, 10**30, float("nan"), float("inf"), "", "x", "\0", "\ud800", "x" * 40_000, [], [[]], {},
    {"a": {}}, ["x"] * 5, {"kind": "render"}, {"kind": []},
)  # fmt: skip
_TEXTS = (
    b"", b" ", b"\xff\xfe", b"{", b"[]", b"null", b"1", b'"x"', b"{}", b'{"v": 1}', b'{"v": 1, "type": "x"}',
    b'{"v": 2, "type": "shutdown"}', b'{"v": "1", "type": "shutdown"}', b'{"v": true, "type": "shutdown"}',
    b'{"v": 1, "type": ["shutdown"]}', b'{"v": 1, "type": "cancel", "job": "a", "job": "b"}',
    b'{"v": 1, "type": "cancel"}', b'{"v": 1, "type": "cancel", "job": 1}', b"[" * 100_000, b'{"a":' * 100_000,
    b'{"v": 1, "type": "heartbeat", "job": "", "uptime": 1e999}', b"1" * 10_000, b'{"v": 1' + b" " * 2_000_000 + b"}",
    b'{"v": 1, "type": "submit", "job": "a", "request": {"kind": "exec", "code": "x"}}', b"x" * 2_000_000,
)  # fmt: skip


def malformed_lines(count, seed=0):
    """`count` lines without newline inside; a few of them may be sound by chance."""
    chance = random.Random(seed)
    yield from _TEXTS
    for i in range(count - len(_TEXTS)):
        yield (_random_bytes, _flipped, _replaced, _cut)[i % 4](chance).replace(b"\n", b" ")


def _random_bytes(chance):
    return chance.randbytes(chance.randrange(200))


def _flipped(chance):
    line = bytearray(encode(chance.choice(SOUND)))
    for _ in range(chance.randrange(1, 4)):
        line[chance.randrange(len(line))] = chance.randrange(256)
    return bytes(line)


def _cut(chance):
    line = encode(chance.choice(SOUND))
    return line[: chance.randrange(len(line))] + line[chance.randrange(len(line)) :]


def _replaced(chance):
    """A value somewhere in a sound message becomes junk, or a key too many, or one too few."""
    data = json.loads(encode(chance.choice(SOUND)))
    table = data["request"] if "request" in data and chance.random() < 0.7 else data
    key = chance.choice(list(table))
    match chance.randrange(4):
        case 0:
            del table[key]
        case 1:
            table[f"{key}_"] = chance.choice(_JUNK)
        case _:
            table[key] = chance.choice(_JUNK)
    return json.dumps(data).encode()
