# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens NVIDIA's network pickles (StyleGAN2-ADA, -3, -Human, TensorFlow's StyleGAN2) without running them.

Such a file carries its classes as source code and expects to be executed. Here it is read as data: the tensors of the
generator and its numbers come out, everything else is refused by name or ignored. Needs no torch. Not for: torch
checkpoints (safe_open).
"""

import mmap
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from ...bridge.errors import InputError
from .found_network import FoundNetwork
from .network_names import MAKES, NAMES, STORAGES, LegacyNetwork, ModuleNode, StorageView, storage_reference
from .network_shape import shape_of
from .network_tree import walk
from .pickle_machine import DamagedError, PickleMachine, RefusedError
from .tensorflow_network import convert_tensorflow

MAX_BYTES = 16 << 30
MAX_ENTRIES = 10_000  # of a zip archive
_ORIGINAL = "Use the original file, from a source you trust."


def read_network_pickle(path: Path) -> FoundNetwork:
    """The generator in a network pickle, or in a zip archive that torch made of one (as pivotal tuning does).

    Raises InputError, naming the file and what is wrong: it carries code, holds another network, is damaged or missing.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        if len(data) > MAX_BYTES:
            raise RefusedError("more bytes than any network")
        if data[:4] == b"PK\x03\x04":
            return _generator(_read_zip(path, data))
        if data[:1] != b"\x80":
            raise DamagedError("it does not start as a pickle")
        return _generator(PickleMachine(data, NAMES, MAKES).read())
    except RefusedError as refusal:
        what = f"{path.name} was not opened: it holds {refusal}, and a network needs nothing of the kind."
        raise InputError(what, _ORIGINAL) from refusal
    except DamagedError as damage:
        raise InputError(f"{path.name} is damaged or no network ({damage}).", "Download it again.") from damage
    except FileNotFoundError as error:
        raise InputError(f"There is no file {path}.", "Check the name.") from error
    except (OSError, ValueError) as error:  # ValueError: nothing to map in an empty file
        raise InputError(f"{path.name} cannot be read ({error}).", "Check the file and its permissions.") from error


def _generator(top: Any) -> FoundNetwork:
    """The smoothed generator of a snapshot, a generator by itself, or the last of TensorFlow's three networks."""
    if isinstance(top, tuple) and len(top) == 3 and all(isinstance(network, LegacyNetwork) for network in top):
        return convert_tensorflow(top[2].state)
    if isinstance(top, dict):
        top = top.get("G_ema") or top.get("G")
    if not isinstance(top, ModuleNode):
        raise RefusedError("no generator")
    tree = walk(top)
    if not all(np.dtype(tensor.storage.dtype).kind == "f" for tensor in tree.tensors.values()):
        raise RefusedError("weights that are not fractional numbers")
    return FoundNetwork(shape_of(tree), dict(tree.tensors))


def _read_zip(path: Path, data: memoryview) -> Any:
    """The pickle of a torch archive, its tensors as views into the file."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = {info.filename: info for info in archive.infolist()}
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError, struct.error) as error:
        raise DamagedError(str(error)) from error
    roots = [name.removesuffix("data.pkl") for name in members if name.endswith("/data.pkl")]
    if len(roots) != 1 or len(members) > MAX_ENTRIES:
        raise RefusedError("an archive that torch did not make")
    order = members.get(roots[0] + "byteorder")
    if order and bytes(_member(data, order)) != b"little":
        raise RefusedError("numbers of a big-endian computer")
    storages: dict[str, StorageView] = {}

    def outside(*reference: Any) -> StorageView:
        dtype, key, count = storage_reference(*reference)
        if key not in storages:
            info = members.get(f"{roots[0]}data/{key}")
            if info is None:
                raise DamagedError(f"the numbers '{key[:20]}' are missing")
            view = _member(data, info)
            if len(view) != count * np.dtype(dtype).itemsize:
                raise DamagedError("a storage of two sizes")
            storages[key] = StorageView(dtype, view)
        return storages[key]

    return PickleMachine(_member(data, members[roots[0] + "data.pkl"]), NAMES | STORAGES, MAKES, outside).read()


def _member(data: memoryview, info: zipfile.ZipInfo) -> memoryview:
    """The bytes of an archive's member, which must be stored as they are."""
    if info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 1:
        raise RefusedError("compressed or encrypted parts")
    lengths = info.header_offset + 26  # of the name and of what follows it, before the contents
    if not 0 <= lengths <= len(data) - 4:
        raise DamagedError("it ends too early")
    start = lengths + 4 + sum(struct.unpack_from("<HH", data, lengths))
    if info.file_size != info.compress_size or start + info.file_size > len(data):
        raise DamagedError("it ends too early")
    return data[start : start + info.file_size]
