# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens torch checkpoints as what they should be: named tensors in plain containers, and nothing else.

For every downloaded file. No code of the file's choosing can run (see pickle_machine), which is stricter than
`torch.load(weights_only=True)`; no number is read before it is asked for, so that half a gigabyte of optimizer state
costs nothing; looking at a checkpoint needs no torch. Not for: NVIDIA's network pickles (network_pickle).
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...bridge.errors import InputError
from .pickle_machine import DamagedError, Name, RefusedError, Shell
from .torch_container import Place, read_container

if TYPE_CHECKING:
    from torch import Tensor

MAX_FILE_BYTES = 16 << 30
MAX_ITEMS = 2_000_000  # in all containers together
MAX_DEPTH = 32
ELEMENTS = {  # torch's storage class -> dtype, bytes
    Name("torch", f"{prefix}Storage"): (dtype, size)
    for prefix, dtype, size in (
        ("Float", "float32", 4),
        ("Double", "float64", 8),
        ("Half", "float16", 2),
        ("BFloat16", "bfloat16", 2),
        ("Long", "int64", 8),
        ("Int", "int32", 4),
        ("Short", "int16", 2),
        ("Char", "int8", 1),
        ("Byte", "uint8", 1),
        ("Bool", "bool", 1),
    )
}


@dataclass(frozen=True)
class Storage:
    """A run of numbers: `count` of them, starting `start` numbers into the storage `key`."""

    key: str
    dtype: str
    element_size: int
    start: int
    count: int


@dataclass(frozen=True)
class StoredTensor:
    """A tensor still in its file; `load` reads it."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]
    path: Path | None = None
    place: Place | None = None

    @property
    def dtype(self) -> str:
        """Torch's name of the element type."""
        return self.storage.dtype

    @property
    def size(self) -> int:
        """Bytes."""
        return math.prod(self.shape) * self.storage.element_size

    def load(self) -> "Tensor":
        """The tensor, contiguous, in memory of its own. Raises InputError when the file no longer holds it."""
        import torch

        dtype = getattr(torch, self.dtype)
        if 0 in self.shape:
            return torch.empty(self.shape, dtype=dtype)
        assert self.path and self.place
        buffer = bytearray(_span(self) * self.storage.element_size)
        with self.path.open("rb") as file:
            file.seek(self.place.offset + (self.storage.start + self.offset) * self.storage.element_size)
            if file.readinto(buffer) != len(buffer):
                raise InputError(f"{self.path.name} is truncated.", "Download it again.")
        return torch.frombuffer(buffer, dtype=dtype).as_strided(self.shape, self.stride).contiguous()


def open_checkpoint(path: Path) -> Any:
    """What the file holds: dictionaries, lists, tuples, text, numbers, and a StoredTensor wherever a tensor is.

    Raises InputError, naming the file and what is wrong: missing, truncated, too large, no checkpoint, carrying code.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"There is no file {path}.", "Check the name.")
    file_size = path.stat().st_size
    if not 0 < file_size <= MAX_FILE_BYTES:
        raise InputError(f"{path.name} holds {file_size} bytes.", "Choose a file with weights.")
    try:
        contents, places = read_container(path, _NAMES, _MAKES, _storage)
        return _Placer(path, places, 4 * file_size).plain(contents)
    except RefusedError as refusal:
        what = f"{path.name} was not opened: it holds {refusal}, and weights need nothing of the kind."
        raise InputError(what, "Use weights saved as plain tensors, from a source you trust.") from refusal
    except DamagedError as damage:
        raise InputError(f"{path.name} is damaged or no torch checkpoint ({damage}).", "Download it again.") from damage
    except OSError as error:
        raise InputError(f"{path.name} cannot be read ({error.strerror}).", "Check the file's permissions.") from error


def load_tensors(section: Any, name: str = "section") -> "dict[str, Tensor]":
    """The tensors of one dictionary of a checkpoint, read from the file. Raises InputError if there is more in it."""
    if not isinstance(section, Mapping) or not all(isinstance(value, StoredTensor) for value in section.values()):
        raise InputError(f"The checkpoint's {name} is not a table of tensors.", "Choose a checkpoint of this model.")
    return {str(key): value.load() for key, value in section.items()}


def tensors_in(contents: Any, prefix: str = "") -> Iterator[tuple[str, StoredTensor]]:
    """Every tensor with its dotted place in the containers."""
    if isinstance(contents, StoredTensor):
        yield prefix, contents
    elif isinstance(contents, Mapping | list | tuple):
        items = contents.items() if isinstance(contents, Mapping) else enumerate(contents)
        for key, value in items:
            yield from tensors_in(value, f"{prefix}.{key}" if prefix else str(key))


def _storage(kind: Any, storage_type: Any, key: Any, _device: Any, count: Any, view: Any = None) -> Storage:
    if kind != "storage" or not isinstance(storage_type, Name) or storage_type not in ELEMENTS:
        raise RefusedError(f"a reference to a {str(kind)[:40]}")
    start, count = (view[1], view[2]) if view is not None else (0, count)
    if not (isinstance(key, str) and _is_count(start) and _is_count(count)):
        raise DamagedError("a storage without a size")
    return Storage(key, *ELEMENTS[storage_type], start, count)


def _tensor(storage: Any, offset: Any, shape: Any, stride: Any, *_: Any) -> StoredTensor:
    if not isinstance(storage, Storage) or not _is_count(offset) or len(shape) != len(stride) or len(shape) > 8:
        raise DamagedError("a tensor without a shape")
    if not all(map(_is_count, (*shape, *stride))):
        raise DamagedError("a tensor with a negative size")
    return StoredTensor(storage, offset, tuple(shape), tuple(stride))


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value < 1 << 48


def _span(tensor: StoredTensor) -> int:
    """How many numbers lie between the tensor's first and last, both included."""
    return 1 + sum((size - 1) * step for size, step in zip(tensor.shape, tensor.stride, strict=True))


class _Table(dict[Any, Any], Shell):
    """An ordered dictionary; what it carries beside its entries is dropped."""

    def build(self, state: Any) -> None:
        """A state dict's versions of its modules."""


class _Options(dict[Any, Any], Shell):
    """argparse.Namespace, as StyleGAN2's files keep their training options: a dictionary."""

    def build(self, state: Any) -> None:
        """Take over the attributes."""
        if not isinstance(state, dict):
            raise RefusedError("odd options")
        self.update(state)


_NAMES = {
    Name("collections", "OrderedDict"): lambda: _Table(),
    Name("argparse", "Namespace"): None,
    Name("torch", "Size"): lambda sizes: tuple(sizes),
    Name("torch._utils", "_rebuild_tensor"): _tensor,
    Name("torch._utils", "_rebuild_tensor_v2"): _tensor,
    Name("torch._utils", "_rebuild_parameter"): lambda data, *_: data,
    **dict.fromkeys(ELEMENTS, None),
}
_MAKES = {Name("argparse", "Namespace"): lambda: _Options()}


@dataclass
class _Placer:
    """Ties tensors to their places in the file; checks that containers are finite and claims are covered by bytes."""

    path: Path
    places: Mapping[str, Place]
    bytes_left: int
    items_left: int = MAX_ITEMS

    def plain(self, value: Any, depth: int = 0) -> Any:
        self.items_left -= 1
        if self.items_left < 0 or depth > MAX_DEPTH:
            raise RefusedError("containers without end")
        if isinstance(value, dict):
            return {key: self.plain(item, depth + 1) for key, item in value.items()}
        if isinstance(value, list | tuple) and not isinstance(value, Name):
            return type(value)(self.plain(item, depth + 1) for item in value)
        if isinstance(value, StoredTensor):
            return self.placed(value)
        if value is None or isinstance(value, str | int | float):
            return value
        raise RefusedError("something that is neither tensor nor number")

    def placed(self, tensor: StoredTensor) -> StoredTensor:
        storage, place = tensor.storage, self.places.get(tensor.storage.key)
        self.bytes_left -= tensor.size
        if 0 in tensor.shape:
            return StoredTensor(storage, 0, tensor.shape, tensor.stride)
        end = tensor.offset + _span(tensor)
        fits = place and end <= storage.count and (storage.start + end) * storage.element_size <= place.size
        if not fits or math.prod(tensor.shape) > _span(tensor) or self.bytes_left < 0:
            raise DamagedError("it claims larger tensors than it holds")
        return StoredTensor(storage, tensor.offset, tensor.shape, tensor.stride, self.path, place)
