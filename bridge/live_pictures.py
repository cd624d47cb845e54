# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of a running job, and the mask of a drag, in memory that both processes share.

The worker makes the memory and tells its name (Screen); Blender opens it by that name. Pictures are RGBA float32, 0..1,
sRGB-encoded, the bottom row first, as Image.pixels takes them. They lie in turns in SLOTS places: one can be read while
the next is written. The mask is one byte a pixel, the bottom row first, 0 free, anything else fixed.

Python's multiprocessing.shared_memory is not used: until Python 3.13 whoever opens such memory starts a process that
takes it away from everybody (CPython issue 82300), and inside Blender that process would be another Blender.
"""

import mmap
import os
import secrets
import struct
import sys
from contextlib import suppress
from importlib import import_module

SLOTS = 3
MOST_PIXELS = 4096 * 4096
_POSIX = "_posixshmem"  # the standard library's own way to shared memory
_MAGIC = b"PASTICHE"
_HEAD = 64  # bytes: magic, width, height, sequence number in each slot
_PIXEL = 16  # bytes
_made: set[str] = set()  # names that nobody took away yet, as far as this process knows
_SHAPE = struct.Struct("<8sII")
_SEQUENCE = struct.Struct("<Q")


class LivePictures:
    """The memory of one job, `name`d; `width` x `height` pixels."""

    def __init__(self, name: str, memory: mmap.mmap, width: int, height: int) -> None:
        """Use `make` or `open`."""
        self.name, self.width, self.height = name, width, height
        self._memory = memory
        self._bytes = memoryview(memory)
        self._sequence = 0

    @classmethod
    def make(cls, width: int, height: int) -> "LivePictures":
        """New memory with an empty mask and no picture yet. Raises OSError when there is none to be had."""
        name = f"pastiche{secrets.token_hex(8)}"  # macOS takes 30 characters
        memory = _map(name, _size(width, height), is_new=True)
        _made.add(name)
        memory[: _SHAPE.size] = _SHAPE.pack(_MAGIC, width, height)
        return cls(name, memory, width, height)

    @classmethod
    def open(cls, name: str, width: int, height: int) -> "LivePictures":
        """The memory of that name, once: where possible the name is gone afterwards, so that nothing is left over.

        Raises OSError when there is none, ValueError when it is not as told.
        """
        if not name.isalnum() or not 0 < width * height <= MOST_PIXELS:
            raise ValueError(f"{name[:40]!r} is no memory of {width} x {height} pixels")
        pictures = cls(name, _map(name, _size(width, height), is_new=False), width, height)
        if _SHAPE.unpack_from(pictures._bytes) != (_MAGIC, width, height):
            pictures.close()
            raise ValueError(f"{name} holds no pictures of {width} x {height} pixels")
        forget(name)
        return pictures

    def write(self, pixels: bytes | memoryview) -> int:
        """Add a picture of `width * height * 16` bytes; returns its sequence number, from 1 on."""
        self._sequence += 1
        slot = self._sequence % SLOTS
        self._mark(slot, 0)
        self._picture(slot)[:] = pixels
        self._mark(slot, self._sequence)
        return self._sequence

    def view(self, sequence: int) -> "memoryview[float] | None":
        """That picture's numbers (format 'f', not to be written), None when it was overwritten or never there.

        Ask `holds` after using them: the worker may have gone on meanwhile.
        """
        return self._picture(sequence % SLOTS).cast("f").toreadonly() if self.holds(sequence) else None

    def holds(self, sequence: int) -> bool:
        """Whether that picture is whole and not overwritten."""
        place = _SHAPE.size + _SEQUENCE.size * (sequence % SLOTS)
        return sequence > 0 and bool(_SEQUENCE.unpack_from(self._bytes, place) == (sequence,))

    @property
    def mask(self) -> memoryview:
        """The mask's bytes, to be read and written."""
        begin = _HEAD + SLOTS * self.width * self.height * _PIXEL
        return self._bytes[begin : begin + self.width * self.height]

    def close(self) -> None:
        """Let go of the memory; a view still in use keeps it until it is gone as well."""
        forget(self.name)
        with suppress(BufferError):
            self._bytes.release()
            self._memory.close()

    def _picture(self, slot: int) -> memoryview:
        count = self.width * self.height * _PIXEL
        return self._bytes[_HEAD + slot * count : _HEAD + (slot + 1) * count]

    def _mark(self, slot: int, sequence: int) -> None:
        _SEQUENCE.pack_into(self._bytes, _SHAPE.size + _SEQUENCE.size * slot, sequence)


def forget(name: str) -> None:
    """Take a name away, so that the memory ends with its last user; without one, nothing happens."""
    _made.discard(name)
    if sys.platform != "win32":  # where it does so by itself
        with suppress(OSError):
            import_module(_POSIX).shm_unlink(f"/{name}")


def forget_all() -> None:
    """Take away every name that was made here and may still be there; for the end of a process."""
    for name in tuple(_made):
        forget(name)


def _size(width: int, height: int) -> int:
    return _HEAD + width * height * (SLOTS * _PIXEL + 1)


def _map(name: str, size: int, is_new: bool) -> mmap.mmap:
    if sys.platform == "win32":
        return mmap.mmap(-1, size, tagname=name)
    flags = os.O_RDWR | (os.O_CREAT | os.O_EXCL if is_new else 0)
    descriptor = import_module(_POSIX).shm_open(f"/{name}", flags, mode=0o600)
    try:
        if is_new:
            os.ftruncate(descriptor, size)
        return mmap.mmap(descriptor, size)
    except (OSError, ValueError) as error:
        if is_new:
            forget(name)
        raise OSError(f"{size} bytes of shared memory cannot be had ({error})") from error
    finally:
        os.close(descriptor)
