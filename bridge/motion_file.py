# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Named tensors in a file, in the safetensors layout: what motion files are made of, readable without numpy.

8 bytes little-endian header length, JSON header, raw little-endian tensors without gaps (the safetensors project's
"Format"). Nothing in it can run, and every length is checked against the file before it is believed. Not for: what the
tensors mean (ARCHITECTURE.md; inference/motion/take.py).

    with open_motion_file(path) as motion:
        channels = numpy.frombuffer(motion.read("channels"), motion.tensors["channels"].code)
"""

import json
import mmap
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from .errors import InputError
from .whole_file import whole_file

MAX_HEADER = 1 << 22  # bytes
MAX_TENSORS = 4096
MAX_DIMENSIONS = 8
CODES = {"U8": "|u1", "I32": "<i4", "I64": "<i8", "F16": "<f2", "F32": "<f4", "F64": "<f8"}  # dtype -> numpy's name
_REMEDY = "Choose another file, or make it again."

Data = Any  # anything with Python's buffer protocol, C-contiguous and little-endian


@dataclass(frozen=True)
class Tensor:
    """Where a tensor lies. dtype: a key of CODES.   first, last: bytes from the end of the header, last excluded."""

    dtype: str
    shape: tuple[int, ...]
    first: int
    last: int

    @property
    def code(self) -> str:
        """The dtype as numpy writes it."""
        return CODES[self.dtype]


class MotionFile:
    """An open file: `metadata`, `tensors` by name, and their bytes."""

    def __init__(self, path: Path, file: IO[bytes]) -> None:
        """Read and check the header of an open file. Raises ValueError."""
        self.path = path
        self._file = file
        size = file.seek(0, 2)
        file.seek(0)
        self.metadata, self.tensors, self._start = _read_header(file, size)

    def read(self, name: str) -> memoryview:
        """A tensor's bytes, in memory. Raises InputError when there is no such tensor."""
        tensor = self._tensor(name)
        try:
            self._file.seek(self._start + tensor.first)
            data = self._file.read(tensor.last - tensor.first)
        except OSError as error:
            raise InputError(f"{self.path} cannot be read ({error.strerror or error}).", _REMEDY) from error
        if len(data) != tensor.last - tensor.first:
            raise InputError(f"{self.path} has become shorter while it was read.", _REMEDY)
        return memoryview(data)

    def map(self, name: str) -> memoryview:
        """A tensor's bytes, mapped from disk; they stay valid when the file is closed. Raises InputError."""
        tensor = self._tensor(name)
        if tensor.first == tensor.last:
            return memoryview(b"")
        try:
            whole = memoryview(mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ))
        except (OSError, ValueError) as error:
            raise InputError(f"{self.path} cannot be mapped ({error}).", _REMEDY) from error
        return whole[self._start + tensor.first : self._start + tensor.last]

    def close(self) -> None:
        """Close the file; what was read or mapped stays."""
        self._file.close()

    def __enter__(self) -> "MotionFile":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _tensor(self, name: str) -> Tensor:
        if name not in self.tensors:
            raise InputError(f"{self.path} holds no {name!r}.", _REMEDY)
        return self.tensors[name]


def open_motion_file(path: Path | str) -> MotionFile:
    """Open a file and check its header. Raises InputError when it is missing, truncated or anything but sound."""
    path = Path(path)
    try:
        if path.exists() and not path.is_file():
            raise InputError(f"{path} is a folder or a device, no motion file.", _REMEDY)
        file = path.open("rb")
    except FileNotFoundError as error:
        raise InputError(f"There is no file {path}.", "Check the path.") from error
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be opened ({getattr(error, 'strerror', '') or error}).", _REMEDY) from error
    try:
        return MotionFile(path, file)
    except (OSError, ValueError, RecursionError) as error:
        file.close()
        raise InputError(f"{path} is damaged or no motion file: {str(error)[:200]}.", _REMEDY) from error


def write_motion_file(
    path: Path | str,
    metadata: Mapping[str, str],
    tensors: Mapping[str, tuple[str, tuple[int, ...], Data | Iterable[Data]]],
) -> None:
    """Write a whole file, or none. tensors: name -> (dtype, shape, bytes or an iterable of pieces of them).

    Pieces let a tensor be written that was never in memory at once. Wide types come first, so that all are aligned.
    Raises StorageError when it cannot be written, ValueError when the bytes do not fill the shape.
    """
    order = sorted(tensors, key=lambda name: -_item_size(tensors[name][0]))
    header: dict[str, Any] = {"__metadata__": dict(metadata)}
    end = 0
    for name in order:
        dtype, shape, _ = tensors[name]
        first, end = end, end + prod(shape) * _item_size(dtype)
        header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [first, end]}
    text = json.dumps(header, separators=(",", ":")).encode("ascii")
    text += b" " * (-len(text) % 8)
    if len(text) > MAX_HEADER:
        raise ValueError(f"a header of {len(text)} bytes is too long")
    with whole_file(Path(path)) as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for name in order:
            first, last = header[name]["data_offsets"]
            _write_tensor(file, name, tensors[name][2], last - first)


def _write_tensor(file: IO[bytes], name: str, data: Data | Iterable[Data], length: int) -> None:
    views: Iterable[memoryview]
    try:
        views = [memoryview(data)]  # type: ignore[arg-type]
    except TypeError:  # no buffer: pieces
        views = map(memoryview, data)
    for view in views:
        length -= view.nbytes
        if view.nbytes:
            file.write(view.cast("B"))
    if length:
        raise ValueError(f"the bytes of {name!r} miss their shape by {abs(length)}")


def _item_size(dtype: str) -> int:
    if dtype not in CODES:
        raise ValueError(f"the type {str(dtype)[:20]!r} is unknown")
    return int(CODES[dtype][-1])


def _read_header(file: IO[bytes], size: int) -> tuple[dict[str, str], dict[str, Tensor], int]:
    prefix = file.read(8)
    length = struct.unpack("<Q", prefix)[0] if len(prefix) == 8 else 0
    if not 2 <= length <= min(MAX_HEADER, size - 8):
        raise ValueError("its header has no possible length")
    header = json.loads(file.read(length).decode("utf-8"), object_pairs_hook=_table)
    if not isinstance(header, dict) or len(header) > MAX_TENSORS:
        raise ValueError("its header is no table of tensors")
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(text, str) for text in metadata.values()):
        raise ValueError("its metadata is no text")
    tensors = {name: _read_entry(name, entry) for name, entry in header.items()}
    _check_layout(tensors, size - 8 - length)
    return metadata, tensors, 8 + length


def _read_entry(name: str, entry: Any) -> Tensor:
    if not isinstance(entry, dict) or set(entry) != {"dtype", "shape", "data_offsets"}:
        raise ValueError(f"the entry of {name[:40]!r} is malformed")
    dtype, shape, offsets = entry["dtype"], entry["shape"], entry["data_offsets"]
    numbers = [*shape, *offsets] if isinstance(shape, list) and isinstance(offsets, list) else [None]
    if not all(type(number) is int and 0 <= number < 1 << 62 for number in numbers) or len(offsets) != 2:
        raise ValueError(f"{name[:40]!r} has no possible shape")
    if not isinstance(dtype, str) or len(shape) > MAX_DIMENSIONS:
        raise ValueError(f"{name[:40]!r} has no possible type or shape")
    if offsets[1] - offsets[0] != prod(shape) * _item_size(dtype):
        raise ValueError(f"{name[:40]!r} has another size than its shape")
    return Tensor(dtype, tuple(shape), offsets[0], offsets[1])


def _check_layout(tensors: dict[str, Tensor], size: int) -> None:
    """Tensors follow each other without gaps or overlaps and fill the file."""
    end = 0
    for name, tensor in sorted(tensors.items(), key=lambda item: (item[1].first, item[1].last)):
        if tensor.first != end:
            raise ValueError(f"{name[:40]!r} overlaps another tensor or leaves a gap")
        end = tensor.last
    if end != size:
        raise ValueError(f"it is {'truncated' if end > size else 'longer than its tensors'}")


def _table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        raise ValueError("a name stands twice")
    return table
