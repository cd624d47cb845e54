# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything a network pickle may name, and the inert value that stands for it.

A module becomes a ModuleNode (its class as a word, its attributes as plain data; the source code in it is dropped), a
tensor a TensorView, a NumPy array an ArrayView: views into the file with checked bounds. Nothing else may be named.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .pickle_machine import DamagedError, LongText, Name, PickleMachine, RefusedError, Shell

MAX_RANK = 5
MAX_SET = 1000
STORAGE_INSTRUCTIONS = 200  # a real one has about forty
PERSISTENT_VERSION = 6
STORAGE_DTYPES = {  # torch's storage class -> NumPy's little-endian code
    "FloatStorage": "<f4",
    "DoubleStorage": "<f8",
    "HalfStorage": "<f2",
    "LongStorage": "<i8",
    "IntStorage": "<i4",
    "ShortStorage": "<i2",
    "CharStorage": "<i1",
    "ByteStorage": "<u1",
    "BoolStorage": "<b1",
}
ARRAY_DTYPES = {f"{kind}{size}" for kind in "iu" for size in (1, 2, 4, 8)} | {"f2", "f4", "f8", "b1"}


@dataclass(frozen=True)
class ModuleNode:
    """A persistent object: the name of its class and its attributes."""

    class_name: str
    state: dict[Any, Any]


@dataclass(frozen=True)
class StorageView:
    """The numbers behind tensors: a view into the file."""

    dtype: str
    data: memoryview


@dataclass(frozen=True)
class TensorView:
    """A tensor, still in the file."""

    storage: StorageView
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]

    def read(self) -> NDArray:
        """A contiguous copy."""
        flat = np.frombuffer(self.storage.data, self.storage.dtype)[self.offset :]
        steps = tuple(step * flat.itemsize for step in self.stride)
        return np.array(np.lib.stride_tricks.as_strided(flat, self.shape, steps), order="C")


class DType(Shell):
    """numpy.dtype, of a plain number."""

    def __init__(self, code: Any, *_: Any) -> None:
        if type(code) is not str or code not in ARRAY_DTYPES:
            raise RefusedError("an array of something other than numbers")
        self.code, self.order = code, "|"

    def build(self, state: Any) -> None:
        """Take over the byte order."""
        if type(state) is not tuple or len(state) != 8 or state[1] not in ("<", "|"):
            raise RefusedError("an odd type of numbers")
        if state[0] != 3 or state[2:7] != (None, None, None, -1, -1):
            raise RefusedError("an odd type of numbers")
        self.order = state[1]


class ArrayView(Shell):
    """numpy.ndarray, still in the file once it is built."""

    def __init__(self) -> None:
        self.shape: tuple[int, ...] = (0,)
        self.fill("<f4", (0,), memoryview(b""), False)

    def fill(self, dtype: str, shape: Any, data: Any, is_fortran: Any) -> None:
        """Take over contents of exactly that size."""
        if type(shape) is not tuple or len(shape) > MAX_RANK or not all(_is_count(size) for size in shape):
            raise RefusedError("an array without a possible shape")
        if not isinstance(data, memoryview) or math.prod(shape) * np.dtype(dtype).itemsize != len(data):
            raise RefusedError("an array whose bytes do not fit its shape")
        self.dtype, self.shape, self.data, self.order = dtype, shape, data, "F" if is_fortran else "C"

    def build(self, state: Any) -> None:
        """(version, shape, type, is Fortran-ordered, bytes)."""
        if type(state) is not tuple or len(state) != 5 or state[0] != 1 or not isinstance(state[2], DType):
            raise RefusedError("an odd array")
        _, shape, dtype, is_fortran, data = state
        self.fill(_code(dtype), shape, data, is_fortran)

    def read(self) -> NDArray:
        """A contiguous copy."""
        return np.array(np.frombuffer(self.data, self.dtype).reshape(self.shape, order=self.order), order="C")


class LegacyNetwork(Shell):
    """A network of the TensorFlow programs: its attributes."""

    def __init__(self) -> None:
        self.state: dict[Any, Any] = {}

    def build(self, state: Any) -> None:
        """Take over the attributes, once."""
        if not isinstance(state, dict) or self.state:
            raise RefusedError("an odd TensorFlow network")
        self.state = state


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value < 1 << 40


def _code(dtype: DType) -> str:
    return "<" + dtype.code if dtype.order == "<" else "|" + dtype.code


def _module(meta: Any) -> ModuleNode:
    if not isinstance(meta, dict) or meta.get("type") != "class" or meta.get("version") != PERSISTENT_VERSION:
        raise RefusedError("an object stored in an unknown way")
    class_name, state = meta.get("class_name"), meta.get("state")
    if type(class_name) is not str or not class_name.isidentifier() or not isinstance(state, dict):
        raise RefusedError("an object without class or attributes")
    return ModuleNode(class_name, state)


def tensor(storage: Any, offset: Any, shape: Any, stride: Any, *_: Any) -> TensorView:
    """A tensor within its storage. Raises RefusedError when it reaches beyond, or is larger than what it is made of."""
    if not isinstance(storage, StorageView) or type(shape) is not tuple or type(stride) is not tuple:
        raise RefusedError("a tensor without a storage")
    if len(shape) != len(stride) or len(shape) > MAX_RANK or not all(map(_is_count, (offset, *shape, *stride))):
        raise RefusedError("a tensor without a possible shape")
    count = len(storage.data) // np.dtype(storage.dtype).itemsize
    last = offset + sum((size - 1) * step for size, step in zip(shape, stride, strict=True))
    size = math.prod(shape)
    if size > count or (size and last >= count):
        raise RefusedError("a tensor larger than its numbers")
    return TensorView(storage, offset if size else 0, shape, stride)


def _parameter(data: Any, *_: Any) -> TensorView:
    if not isinstance(data, TensorView):
        raise RefusedError("a parameter that is no tensor")
    return data


def _bytes(text: Any, encoding: Any) -> memoryview:
    if encoding != "latin1" or not isinstance(text, str | LongText):
        raise RefusedError("an unusual way to write bytes")
    return text.latin1 if isinstance(text, LongText) else memoryview(text.encode("latin1"))


def _scalar(dtype: Any, data: Any) -> int | float | bool:
    array = ArrayView()
    if not isinstance(dtype, DType):
        raise RefusedError("a number of no type")
    array.fill(_code(dtype), (), data, False)
    return array.read().item()


def _empty_array(kind: Any, shape: Any, _: Any) -> ArrayView:
    if not isinstance(kind, Name) or kind != Name("numpy", "ndarray") or shape != (0,):
        raise RefusedError("an odd array")
    return ArrayView()


def _array_of(data: Any, dtype: Any, shape: Any, order: Any) -> ArrayView:
    array = ArrayView()
    if not isinstance(dtype, DType) or order not in ("C", "F"):
        raise RefusedError("an odd array")
    array.fill(_code(dtype), shape, data, order == "F")
    return array


def _set(items: Any = ()) -> set[Any]:
    is_short = type(items) in (list, tuple) and len(items) <= MAX_SET
    if not is_short or not all(isinstance(item, str | int) for item in items):
        raise RefusedError("a set of more than plain values")
    return set(items)


def _easy_dict() -> dict[Any, Any]:
    return {}


STORAGES = {Name("torch", name): None for name in STORAGE_DTYPES}
LEGACY = [Name(module, "Network") for module in ("dnnlib.tflib.network", "tfutil")]


def read_storage(data: Any) -> StorageView:
    """Five pickles, then the numbers: how torch wrote a storage before its zip files.

    The same machine, one level deep.
    """
    if not isinstance(data, memoryview):
        raise RefusedError("a storage that is no byte string")
    machine = PickleMachine(data, STORAGES, limit=STORAGE_INSTRUCTIONS)
    if machine.read() != 0x1950A86A20F9469CFC6C or machine.read() != 1001:
        raise RefusedError("a storage of an unknown kind")
    system = machine.read()
    if not isinstance(system, dict) or system.get("little_endian") is not True:
        raise RefusedError("numbers of a big-endian computer")
    machine.persistent = storage_reference
    found = machine.read()
    machine.persistent = None
    if not isinstance(found, tuple) or machine.read() != [found[1]]:
        raise RefusedError("a storage that is not one")
    dtype, _, count = found
    if machine.number("<q") != count:
        raise DamagedError("a storage of two sizes")
    numbers = machine.take(count * np.dtype(dtype).itemsize)
    if machine.position != len(data):
        raise DamagedError("a storage with more behind it")
    return StorageView(dtype, numbers)


def storage_reference(
    kind: Any, name: Any, key: Any, _location: Any, count: Any, view: Any = None
) -> tuple[str, str, int]:
    """The reference to a storage: (NumPy code, key, how many numbers)."""
    is_plain = type(kind) is str and isinstance(name, Name) and type(key) is str and _is_count(count) and view is None
    if not is_plain or kind != "storage" or name not in STORAGES:
        raise RefusedError("a reference to something other than numbers")
    return STORAGE_DTYPES[name.name], key, count


_MULTIARRAY = ("numpy.core.multiarray", "numpy._core.multiarray")
_NUMERIC = ("numpy.core.numeric", "numpy._core.numeric")

NAMES: dict[Name, Any] = {
    Name("torch_utils.persistence", "_reconstruct_persistent_obj"): _module,
    Name("torch._utils", "_rebuild_parameter"): _parameter,
    Name("torch._utils", "_rebuild_tensor_v2"): tensor,
    Name("torch.storage", "_load_from_bytes"): read_storage,
    Name("collections", "OrderedDict"): _easy_dict,
    Name("dnnlib.util", "EasyDict"): None,
    **{Name(module, "scalar"): _scalar for module in _MULTIARRAY},
    **{Name(module, "_reconstruct"): _empty_array for module in _MULTIARRAY},
    **{Name(module, "_frombuffer"): _array_of for module in _NUMERIC},
    Name("numpy", "dtype"): DType,
    Name("numpy", "ndarray"): None,
    Name("builtins", "set"): _set,
    Name("__builtin__", "set"): _set,
    Name("_codecs", "encode"): _bytes,
    **dict.fromkeys(LEGACY),
}
MAKES = {Name("dnnlib.util", "EasyDict"): _easy_dict, **dict.fromkeys(LEGACY, LegacyNetwork)}
