# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two ways a torch file is packed: a zip archive (since 1.6), or pickles followed by raw numbers (before).

Both come down to one description of the contents and the places of the numbers in the file. Nothing is unpacked or
allocated by what the file claims: claims are compared with its real size first.
"""

import mmap
import struct
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from .pickle_machine import DamagedError, Name, PickleMachine, RefusedError

LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
LEGACY_VERSION = 1001
BROKEN_ZIP = (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, OverflowError, struct.error)


class Place(NamedTuple):
    """Where a storage's numbers lie: byte offset in the file and length."""

    offset: int
    size: int


Calls = Mapping[Name, Callable[..., Any] | None]
Contents = tuple[Any, dict[str, Place]]


def read_container(
    path: Path, names: Calls, makes: Calls, persistent: Callable[..., Any]
) -> tuple[Any, dict[str, Place]]:
    """What the file describes, and the place of each storage by key. For the rest see `PickleMachine`.

    Raises RefusedError, DamagedError, OSError.
    """
    with path.open("rb") as file:
        data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    if data[:4] == b"PK\x03\x04":
        members = _zip_members(path, data)
        description = data[slice(*_ends(members.pop("data.pkl")))]
        contents = PickleMachine(description, names, makes, persistent).read()
        return contents, {name.removeprefix("data/"): place for name, place in members.items()}
    if data[:1] == b"\x80":
        return _read_legacy(data, names, makes, persistent)
    if data[257:262] == b"ustar":
        raise RefusedError("a real tar archive (torch wrote them before 2017; unpack it and choose the file inside)")
    raise DamagedError("it does not start as one")


def _ends(place: Place) -> tuple[int, int]:
    return place.offset, place.offset + place.size


def _zip_members(path: Path, data: memoryview) -> dict[str, Place]:
    """The archive's members by their name below its one folder; all must be stored as they are."""
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
        roots = [info.filename.removesuffix("data.pkl") for info in infos if info.filename.endswith("/data.pkl")]
        if len(roots) != 1:
            raise RefusedError("an archive that torch did not make")
        members = {info.filename.removeprefix(roots[0]): _zip_place(data, info) for info in infos}
    except BROKEN_ZIP as error:
        raise DamagedError(str(error)) from error
    order = members.get("byteorder")
    if order and data[slice(*_ends(order))] != b"little":
        raise RefusedError("numbers of a big-endian computer")
    return members


def _zip_place(data: memoryview, info: zipfile.ZipInfo) -> Place:
    """Behind the member's own header, whose name and extra field differ in length from the directory's."""
    if info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 1:
        raise RefusedError("compressed or encrypted parts")
    start = info.header_offset + 30 + sum(struct.unpack_from("<HH", data, info.header_offset + 26))
    if start + info.file_size > len(data):
        raise DamagedError("it ends too early")
    return Place(start, info.file_size)


def _read_legacy(data: memoryview, names: Calls, makes: Calls, persistent: Callable[..., Any]) -> Contents:
    element_sizes: dict[str, int] = {}

    def remember(*reference: Any) -> Any:
        storage = persistent(*reference)
        element_sizes[storage.key] = storage.element_size
        return storage

    machine = PickleMachine(data, names, makes, remember)
    if machine.read() != LEGACY_MAGIC or machine.read() != LEGACY_VERSION:
        raise DamagedError("it is a pickle of another program")
    system = machine.read()
    if not isinstance(system, dict) or system.get("little_endian") is not True:
        raise RefusedError("numbers of a big-endian computer")
    contents, keys = machine.read(), machine.read()
    if not isinstance(keys, list) or not set(map(str, keys)) <= set(element_sizes):
        raise DamagedError("its list of numbers")
    places = {}
    for key in keys:  # each storage is its count of numbers in eight bytes, then the numbers
        size = machine.number("<q") * element_sizes[str(key)]
        places[str(key)] = Place(machine.position, size)
        machine.take(size)
    return contents, places
