# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens DualStyleGAN's codes (`exstyle_code.npy`, `refined_exstyle_code.npy`, `instyle_code.npy`) as plain numbers.

The authors saved a dictionary, so the file is a pickle in a NumPy wrapping, which NumPy itself would run to open. Here
it is read as data by pickle_machine: names of pictures and arrays of numbers come out, anything else ends the reading.
Trainings of our own save tables of tensors instead, which are read as well.
"""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...bridge.errors import InputError
from .network_names import NAMES, ArrayView, DType
from .pickle_machine import DamagedError, Name, PickleMachine, RefusedError, Shell
from .safe_open import load_tensors, open_checkpoint

MAX_BYTES = 1 << 30  # the largest published style, 317 exemplars, takes 12 MB
MAX_NAME = 255  # characters of a file name
EXTRINSIC, INTRINSIC = "extrinsic", "intrinsic"  # sections of a training's file
MAGIC = b"\x93NUMPY"
HEADER = b"{'descr': '|O', 'fortran_order': False, 'shape': (), }"  # of one Python object, pickled
_ORIGINAL = "Use the style's original file, from a source you trust."


@dataclass(frozen=True)
class StyleCodes:
    """The exemplars of a style: `names[k]` is the picture that `codes[k]` came from; codes (N, L, S) float32, z+."""

    names: tuple[str, ...]
    codes: NDArray[np.float32]

    def index(self, exemplar: str | int) -> int:
        """The place of an exemplar given by number, name, or name without suffix. Raises InputError: none such."""
        wanted = str(exemplar)
        if wanted.isdecimal() and int(wanted) < len(self.names):
            return int(wanted)
        for place, name in enumerate(self.names):
            if wanted in (name, Path(name).stem):
                return place
        numbered = f"it has {len(self.names)}, numbered from 0, such as {self.names[0]}"
        raise InputError(f"The style has no exemplar {wanted!r}: {numbered}.", "Choose another exemplar.")


def read_style_codes(path: Path, section: str = EXTRINSIC) -> StyleCodes:
    """The exemplars of a style file, in the file's order, which is the authors' numbering.

    section: of a file of our own trainings, which holds EXTRINSIC codes (of styles) and INTRINSIC ones (of the faces
    behind them). Raises InputError, naming the file and what is wrong: missing, damaged, no style codes, more than
    numbers.
    """
    path = Path(path)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"{path.name} is larger than any file of style codes.", _ORIGINAL)
        with path.open("rb") as file:
            is_authors = file.read(len(MAGIC)) == MAGIC
        return _style_codes(_published(path) if is_authors else _trained(path, section))
    except FileNotFoundError as error:
        raise InputError(f"There is no file {path}.", "Check the name.") from error
    except OSError as error:
        raise InputError(f"{path.name} cannot be read ({error.strerror}).", "Check the file's permissions.") from error
    except RefusedError as refusal:
        what = f"{path.name} was not opened: it holds {refusal}, and style codes need nothing of the kind."
        raise InputError(what, _ORIGINAL) from refusal
    except DamagedError as damage:
        raise InputError(
            f"{path.name} is damaged or holds no style codes ({damage}).", "Download it again."
        ) from damage


class _ObjectType(DType):
    """numpy.dtype, of a plain number or, for the wrapping alone, of any object."""

    def __init__(self, code: Any, *arguments: Any) -> None:
        self.is_object = code == "O8"
        if not self.is_object:
            super().__init__(code, *arguments)

    def build(self, state: Any) -> None:
        if not self.is_object:
            super().build(state)
        elif type(state) is not tuple or state[:1] != (3,):
            raise RefusedError("an odd type of objects")


class _Array(Shell):
    """numpy.ndarray: numbers as an ArrayView, or the one object of the wrapping."""

    def __init__(self) -> None:
        self.numbers: ArrayView | None = None
        self.object: Any = None

    def build(self, state: Any) -> None:
        if type(state) is tuple and len(state) == 5 and isinstance(state[2], _ObjectType) and state[2].is_object:
            _, shape, _, _, items = state
            if shape != () or type(items) is not list or len(items) != 1:
                raise RefusedError("an array of objects")
            self.object = items[0]
        else:
            self.numbers = ArrayView()
            self.numbers.build(state)


def _array(kind: Any, shape: Any, _: Any) -> _Array:
    if kind != Name("numpy", "ndarray") or shape != (0,):
        raise RefusedError("an odd array")
    return _Array()


_NAMES = {
    **{name: _array for name in NAMES if name.name == "_reconstruct"},
    Name("numpy", "dtype"): _ObjectType,
    Name("numpy", "ndarray"): None,
    Name("_codecs", "encode"): NAMES[Name("_codecs", "encode")],
}


def _published(path: Path) -> dict[str, NDArray]:
    """The authors' file: by name, arrays (1, L, S)."""
    table = _read_dictionary(path.read_bytes())
    if not isinstance(table, dict):
        raise DamagedError("it holds no dictionary")
    return {name: _numbers(name, array) for name, array in table.items()}


def _read_dictionary(data: bytes) -> Any:
    """The object in a NumPy file of one pickled object."""
    if data[6:7] not in (b"\x01", b"\x02"):
        raise DamagedError("it is no NumPy file")
    width = "<H" if data[6] == 1 else "<I"
    start = 8 + struct.calcsize(width)
    if len(data) < start:
        raise DamagedError("it ends too early")
    end = start + struct.unpack(width, data[8:start])[0]
    if data[start:end].strip() != HEADER:
        raise DamagedError("it holds no dictionary")
    wrapping = PickleMachine(memoryview(data)[end:], _NAMES).read()
    return wrapping.object if isinstance(wrapping, _Array) else None


def _trained(path: Path, section: str) -> dict[str, Any]:
    """A section of the weights of a training: by name, arrays (1, L, S)."""
    contents = open_checkpoint(path)
    if not isinstance(contents, dict) or section not in contents:
        raise DamagedError(f"it has no {section} codes")
    return {name: tensor.numpy() for name, tensor in load_tensors(contents[section], section).items()}


def _style_codes(table: dict[Any, NDArray]) -> StyleCodes:
    if not table:
        raise DamagedError("it holds no codes")
    codes = [_code(name, numbers) for name, numbers in table.items()]
    if len({code.shape for code in codes}) != 1:
        raise DamagedError("its codes differ in size")
    return StyleCodes(tuple(table), np.stack(codes))


def _numbers(name: Any, array: Any) -> NDArray:
    if not isinstance(array, _Array) or array.numbers is None:
        raise RefusedError(f"something other than numbers for {str(name)[:40]}")
    return array.numbers.read()


def _code(name: Any, numbers: NDArray) -> NDArray[np.float32]:
    """One exemplar's code, (L, S)."""
    if type(name) is not str or not 0 < len(name) <= MAX_NAME or not name.isprintable():
        raise RefusedError("an exemplar without a name")
    if numbers.dtype.kind != "f" or numbers.ndim != 3 or numbers.shape[0] != 1 or 0 in numbers.shape:
        raise DamagedError(f"the code of {name} has shape {numbers.shape} and type {numbers.dtype}")
    if not np.isfinite(numbers).all():
        raise DamagedError(f"the code of {name} is not finite")
    return numbers[0].astype(np.float32)
