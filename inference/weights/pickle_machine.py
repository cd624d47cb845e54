# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Follows the instructions of a pickle over inert values: it imports nothing, calls nothing of the file's choosing and
sets no attribute.

A subclass of Python's unpickler with its own `find_class` would not do: instructions that build state run on whatever
stands on its stack, and a memo index alone makes it allocate gigabytes. Here each instruction is one of a short list,
byte strings are views into the file, and every length is checked against what is left of it. What a name stands for is
handed in by the caller (network_names).
"""

import struct
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, NamedTuple

MAX_INSTRUCTIONS = 2_000_000
MAX_MEMO = 1_000_000
MAX_STACK = 100_000
MAX_CALLS = 100_000
MAX_TEXT = 1024  # bytes; longer text stays in the file: it is source code, or a byte string of protocol 2
MAX_LONG = 16  # bytes
MAX_NAME = 200


class RefusedError(Exception):
    """The stream holds something it has no need for; the text says what."""


class DamagedError(Exception):
    """The stream is no whole pickle."""


class Name(NamedTuple):
    """A global the stream mentions. Nothing is looked up."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


class LongText:
    """UTF-8 text too long to be a name or a key, still in the file."""

    def __init__(self, view: memoryview) -> None:
        self.view = view

    @cached_property
    def latin1(self) -> memoryview:
        """The bytes it stands for; made once, however often the stream asks."""
        return memoryview(str(self.view, "utf-8").encode("latin1"))


class Shell:
    """A value that one BUILD instruction may complete."""

    def build(self, state: Any) -> None:
        """Take over the state or raise RefusedError."""
        raise RefusedError("a state that nothing may have")


Caller = Callable[..., Any]


class PickleMachine:
    """One stream. `names`: what a call of each name gives, None where it may only be mentioned.

    `makes`: what NEWOBJ of a name gives.   `persistent`: what a persistent reference gives, None where there may be
    none. `limit`: instructions followed at most.
    """

    def __init__(
        self,
        data: memoryview,
        names: Mapping[Name, Caller | None],
        makes: Mapping[Name, Caller] | None = None,
        persistent: Caller | None = None,
        limit: int = MAX_INSTRUCTIONS,
    ) -> None:
        self.data, self.names, self.makes, self.persistent = data, names, makes or {}, persistent
        self.position = 0
        self.instructions_left = limit
        self.calls_left = MAX_CALLS

    def read(self) -> Any:
        """The next value of the stream; may be called again for the one behind it.

        Raises RefusedError, DamagedError.
        """
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}
        try:
            while True:
                code = self.take(1)[0]
                self.instructions_left -= 1
                if self.instructions_left < 0 or len(self.stack) > MAX_STACK:
                    raise RefusedError("a description without end")
                if code == 0x2E:  # STOP
                    (value,) = self.stack
                    if self.marks:
                        raise DamagedError("an open mark at the end")
                    return value
                step = _STEPS.get(code)
                if step is None:
                    raise RefusedError(f"the pickle instruction 0x{code:02x}")
                step(self)
        except (IndexError, ValueError, KeyError, TypeError, RecursionError, struct.error) as error:
            raise DamagedError(f"byte {self.position}: {error}") from error

    def take(self, length: int) -> memoryview:
        """The next bytes of the file, not copied."""
        end = self.position + length
        if length < 0 or end > len(self.data):
            raise DamagedError("it ends too early")
        view = self.data[self.position : end]
        self.position = end
        return view

    def number(self, code: str) -> Any:
        """The next number, by its code of the struct module."""
        return struct.unpack(code, self.take(struct.calcsize(code)))[0]

    def line(self) -> str:
        """The next text up to a line's end, for names."""
        view = self.data[self.position : self.position + MAX_NAME + 1].tobytes()
        length = view.index(b"\n")
        self.position += length + 1
        return view[:length].decode("utf-8")

    def push_text(self, length: int) -> None:
        """Text of that many bytes."""
        view = self.take(length)
        self.stack.append(LongText(view) if length > MAX_TEXT else str(view, "utf-8"))

    def since_mark(self) -> list[Any]:
        """What was pushed since the last mark, taken off."""
        start = self.marks.pop()
        items = self.stack[start:]
        del self.stack[start:]
        return items

    def pop(self, count: int) -> list[Any]:
        """The top values, taken off; never below a mark."""
        start = len(self.stack) - count
        if start < (self.marks[-1] if self.marks else 0):
            raise DamagedError("an empty stack")
        items = self.stack[start:]
        del self.stack[start:]
        return items

    def top(self, kind: type) -> Any:
        """The top value, which must be of that kind."""
        if not isinstance(self.stack[-1], kind):
            raise DamagedError(f"a {kind.__name__} was expected")
        return self.stack[-1]

    def remember(self, index: int) -> None:
        """Give the top value a number."""
        if index > MAX_MEMO:
            raise RefusedError("a memo index beyond reason")
        self.memo[index] = self.stack[-1]

    def mention(self, module: Any, name: Any) -> None:
        """Push a name, when it is one of those that may be mentioned."""
        if not isinstance(module, str) or not isinstance(name, str):
            raise RefusedError("a name that is no text")
        if Name(module, name) not in self.names:
            raise RefusedError(f"the name {module[:MAX_NAME]}.{name[:MAX_NAME]}")
        self.stack.append(Name(module, name))

    def call(self, table: Mapping[Name, Caller | None]) -> None:
        """What stands for a call: a function of ours, by the name."""
        name, arguments = self.pop(2)
        caller = table.get(name) if isinstance(name, Name) else None
        if caller is None or type(arguments) is not tuple:
            raise RefusedError(f"a call of {name if isinstance(name, Name) else 'something unnamed'}")
        self.calls_left -= 1
        if self.calls_left < 0:
            raise RefusedError("calls without end")
        self.stack.append(caller(*arguments))

    def fill(self, items: list[Any]) -> None:
        """Keys and values in turn into the dictionary on top. Only text and numbers are keys."""
        target = self.top(dict)
        for key, value in zip(items[::2], items[1::2], strict=True):
            if type(key) not in (str, int):
                raise RefusedError("a key that is neither text nor number")
            target[key] = value

    def add(self, items: list[Any]) -> None:
        """Into the set on top; sets hold plain values only."""
        if not all(isinstance(item, str | int | float | None) for item in items):
            raise RefusedError("a set of more than plain values")
        self.top(set).update(items)

    def build(self) -> None:
        """Complete the shell on top; nothing else has a state."""
        (state,) = self.pop(1)
        if not isinstance(self.stack[-1], Shell):
            raise RefusedError("a state for an object")
        self.stack[-1].build(state)

    def outside(self) -> None:
        """What a persistent reference gives."""
        (reference,) = self.pop(1)
        if self.persistent is None or type(reference) is not tuple:
            raise RefusedError("a reference to something outside")
        self.stack.append(self.persistent(*reference))

    def long(self) -> None:
        """A whole number of few bytes."""
        length = self.number("<B")
        if length > MAX_LONG:
            raise RefusedError("a number beyond reason")
        self.stack.append(int.from_bytes(self.take(length), "little", signed=True))


def _push(value: Callable[[PickleMachine], Any]) -> Callable[[PickleMachine], None]:
    return lambda m: m.stack.append(value(m))


_STEPS: dict[int, Callable[[PickleMachine], Any]] = {
    0x80: lambda m: m.take(1),  # PROTO
    0x95: lambda m: m.take(8),  # FRAME
    ord("("): lambda m: m.marks.append(len(m.stack)),  # MARK
    ord("N"): _push(lambda m: None),
    0x88: _push(lambda m: True),
    0x89: _push(lambda m: False),
    ord("J"): _push(lambda m: m.number("<i")),  # BININT
    ord("K"): _push(lambda m: m.number("<B")),  # BININT1
    ord("M"): _push(lambda m: m.number("<H")),  # BININT2
    0x8A: PickleMachine.long,  # LONG1
    ord("G"): _push(lambda m: m.number(">d")),  # BINFLOAT
    ord("X"): lambda m: m.push_text(m.number("<I")),  # BINUNICODE
    0x8C: lambda m: m.push_text(m.number("<B")),  # SHORT_BINUNICODE
    0x8D: lambda m: m.push_text(m.number("<Q")),  # BINUNICODE8
    ord("B"): _push(lambda m: m.take(m.number("<I"))),  # BINBYTES
    ord("C"): _push(lambda m: m.take(m.number("<B"))),  # SHORT_BINBYTES
    0x8E: _push(lambda m: m.take(m.number("<Q"))),  # BINBYTES8
    0x96: _push(lambda m: m.take(m.number("<Q"))),  # BYTEARRAY8
    ord("}"): _push(lambda m: {}),
    ord("]"): _push(lambda m: []),
    ord(")"): _push(lambda m: ()),
    0x8F: _push(lambda m: set()),  # EMPTY_SET
    ord("t"): _push(lambda m: tuple(m.since_mark())),  # TUPLE
    0x85: _push(lambda m: tuple(m.pop(1))),
    0x86: _push(lambda m: tuple(m.pop(2))),
    0x87: _push(lambda m: tuple(m.pop(3))),
    ord("s"): lambda m: m.fill(m.pop(2)),  # SETITEM
    ord("u"): lambda m: m.fill(m.since_mark()),  # SETITEMS
    ord("a"): lambda m: (lambda items: m.top(list).extend(items))(m.pop(1)),  # APPEND
    ord("e"): lambda m: (lambda items: m.top(list).extend(items))(m.since_mark()),  # APPENDS
    0x90: lambda m: m.add(m.since_mark()),  # ADDITEMS
    ord("q"): lambda m: m.remember(m.number("<B")),  # BINPUT
    ord("r"): lambda m: m.remember(m.number("<I")),  # LONG_BINPUT
    0x94: lambda m: m.remember(len(m.memo)),  # MEMOIZE
    ord("h"): _push(lambda m: m.memo[m.number("<B")]),  # BINGET
    ord("j"): _push(lambda m: m.memo[m.number("<I")]),  # LONG_BINGET
    ord("c"): lambda m: m.mention(m.line(), m.line()),  # GLOBAL
    0x93: lambda m: m.mention(*m.pop(2)),  # STACK_GLOBAL
    ord("R"): lambda m: m.call(m.names),  # REDUCE
    0x81: lambda m: m.call(m.makes),  # NEWOBJ
    ord("b"): PickleMachine.build,
    ord("Q"): PickleMachine.outside,  # BINPERSID
}
