# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dataclasses to plain JSON data and back, checked against their annotations.

What comes from outside (a pipe, a recipe, a manifest) is believed only after `from_plain`: every value has exactly the
annotated type, no key is unknown, no number is NaN or infinite. Not for: what a value means (the job that uses it).
"""

import dataclasses
import functools
import math
import types
import typing
from typing import Any

MAX_TEXT = 1 << 15  # characters of one string: longer than any path
MAX_DEPTH = 8  # of nested lists and tables in free-form data
MAX_INTEGER = 1 << 53  # every JSON reader holds these exactly


def to_plain(value: Any) -> Any:
    """A dataclass as a table, its requests with their kind; tuples become lists; anything else stays itself."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        table = {field.name: to_plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
        kind = getattr(value, "kind", None)
        return {"kind": kind, **table} if kind else table
    if isinstance(value, dict):
        return {key: to_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in value]
    return value


def from_plain(kind: Any, data: Any, name: str = "value") -> Any:
    """`data` as a `kind`: a dataclass, or any annotation that occurs in one. Fields with a default may be absent.

    Raises ValueError, whose text starts with the place: "render.first: a whole number is expected, not 'x'".
    """
    origin = typing.get_origin(kind)
    if dataclasses.is_dataclass(kind):
        return _dataclass(kind, data, name)
    if origin in (typing.Union, types.UnionType):
        return from_plain(_member(kind, data, name), data, name)
    if origin is list:
        (item_kind,) = typing.get_args(kind)
        return [from_plain(item_kind, item, f"{name}[{i}]") for i, item in enumerate(_expect(list, data, name))]
    if origin is tuple:
        return _tuple(typing.get_args(kind), data, name)
    if origin is dict:
        item_kind = typing.get_args(kind)[1]
        table = _expect(dict, data, name)
        return {_text(key, name): from_plain(item_kind, item, f"{name}.{key[:40]}") for key, item in table.items()}
    return _any(data, name) if kind is Any else _scalar(kind, data, name)


@functools.cache
def _fields(kind: type) -> dict[str, tuple[Any, bool]]:
    """Field name -> (annotation, whether it may be absent)."""
    hints = typing.get_type_hints(kind)
    missing = dataclasses.MISSING
    return {
        field.name: (hints[field.name], field.default is not missing or field.default_factory is not missing)
        for field in dataclasses.fields(kind)
    }


def _dataclass(kind: Any, data: Any, name: str) -> Any:
    fields = _fields(kind)
    table = dict(_expect(dict, data, name))
    if "kind" not in fields and table.get("kind") == getattr(kind, "kind", None):
        table.pop("kind", None)
    unknown = [key for key in table if key not in fields]
    if unknown:
        raise ValueError(f"{name}: {str(unknown[0])[:40]!r} is unknown")
    absent = [key for key, (_, may_be_absent) in fields.items() if key not in table and not may_be_absent]
    if absent:
        raise ValueError(f"{name}: {absent[0]!r} is missing")
    return kind(**{key: from_plain(fields[key][0], item, f"{name}.{key}") for key, item in table.items()})


def _member(union: Any, data: Any, name: str) -> Any:
    """The member of a union that the data claims to be."""
    members = typing.get_args(union)
    kinds = {getattr(member, "kind", None): member for member in members if dataclasses.is_dataclass(member)}
    if isinstance(data, dict) and kinds:
        wanted = data.get("kind")
        if not isinstance(wanted, str | None) or wanted not in kinds:
            raise ValueError(f"{name}: the kind {str(wanted)[:40]!r} is unknown")
        return kinds[wanted]
    if isinstance(data, list):
        lists = [member for member in members if typing.get_origin(member) in (list, tuple)]
        if lists:
            return lists[0]
    exact = [member for member in members if type(data) is member]
    if exact or (type(data) is int and float in members):
        return exact[0] if exact else float
    raise ValueError(f"{name}: {_shown(data)} is of the wrong type")


def _tuple(item_kinds: tuple[Any, ...], data: Any, name: str) -> tuple[Any, ...]:
    items = _expect(list, data, name)
    if item_kinds[-1] is Ellipsis:
        item_kinds = item_kinds[:1] * len(items)
    if len(items) != len(item_kinds):
        raise ValueError(f"{name}: {len(item_kinds)} values are expected, not {len(items)}")
    pairs = zip(item_kinds, items, strict=True)
    return tuple(from_plain(kind, item, f"{name}[{i}]") for i, (kind, item) in enumerate(pairs))


def _scalar(kind: Any, data: Any, name: str) -> Any:
    if kind is str:
        return _text(data, name)
    if kind is float and type(data) is int and abs(data) <= MAX_INTEGER:
        return float(data)
    if type(data) is not kind:
        words = {int: "a whole number", float: "a number", bool: "true or false", types.NoneType: "nothing"}
        raise ValueError(f"{name}: {words.get(kind, kind)} is expected, not {_shown(data)}")
    if kind is float and not math.isfinite(data):
        raise ValueError(f"{name}: {data} is not a finite number")
    if kind is int and abs(data) > MAX_INTEGER:
        raise ValueError(f"{name}: the number is too large")
    return data


def _text(data: Any, name: str) -> str:
    text: str = _expect(str, data, name)
    if len(text) > MAX_TEXT or "\0" in text:
        raise ValueError(f"{name}: the text is longer than {MAX_TEXT} characters or holds a zero")
    try:
        text.encode("utf-8", "surrogateescape")  # what Python makes of a path that is not UTF-8 may pass
    except UnicodeEncodeError as error:
        raise ValueError(f"{name}: the text is not Unicode") from error
    return text


def _any(data: Any, name: str, depth: int = 0) -> Any:
    if depth > MAX_DEPTH:
        raise ValueError(f"{name}: nested too deeply")
    if isinstance(data, dict):
        return {_text(key, name): _any(item, name, depth + 1) for key, item in data.items()}
    if isinstance(data, list):
        return [_any(item, name, depth + 1) for item in data]
    if data is None or isinstance(data, bool | int | float | str):
        return _scalar(type(data), data, name)
    raise ValueError(f"{name}: {_shown(data)} is not plain data")


def _expect(kind: type, data: Any, name: str) -> Any:
    if type(data) is not kind:
        words: dict[type, str] = {dict: "a table", list: "a list", str: "a text"}
        raise ValueError(f"{name}: {words[kind]} is expected, not {_shown(data)}")
    return data


def _shown(data: Any) -> str:
    if isinstance(data, int | float | str | None):
        return repr(data if not isinstance(data, str) else data[:40])[:60]
    return f"a {type(data).__name__}"
