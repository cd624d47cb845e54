# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import json
import os
import struct
from array import array

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pastiche.bridge.errors import InputError, StorageError
from pastiche.bridge.motion_file import MAX_HEADER, open_motion_file, write_motion_file
from safetensors.numpy import load_file, save_file

METADATA = {"pastiche": "motion", "version": "1", "fps": "30000/1001"}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "take.motion"


def raw(header, data=b"", length=None):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def entry(dtype="F32", shape=(2,), first=0, last=8):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": [first, last]}


def write(path, table=None):
    table = np.arange(12, dtype="<f4").reshape(4, 3) if table is None else table
    found = bytes([1, 2, 3, 1])
    write_motion_file(path, METADATA, {"found": ("U8", (4,), found), "channels": ("F32", table.shape, table.data)})
    return table


def test_what_is_written_is_read_back(path):
    table = write(path)
    with open_motion_file(path) as motion:
        assert motion.metadata == METADATA
        tensor = motion.tensors["channels"]
        for data in (motion.read("channels"), motion.map("channels")):
            assert np.array_equal(np.frombuffer(data, tensor.code).reshape(tensor.shape), table)
        assert bytes(motion.read("found")) == bytes([1, 2, 3, 1])


def test_other_readers_of_the_layout_read_it_and_we_read_theirs(path, tmp_path):
    table = write(path)
    assert np.array_equal(load_file(path)["channels"], table)
    theirs = tmp_path / "theirs.safetensors"
    save_file({"a": np.eye(3, dtype=np.float64), "b": np.ones((2, 5), np.uint8)}, theirs, {"x": "y"})
    with open_motion_file(theirs) as motion:
        assert motion.metadata == {"x": "y"}
        assert np.array_equal(np.frombuffer(motion.read("a"), "<f8").reshape(3, 3), np.eye(3))


def test_a_tensor_may_come_in_pieces(path):
    pieces = (bytes([i]) * 1000 for i in range(50))
    write_motion_file(path, {}, {"texture": ("U8", (50_000,), pieces), "times": ("F64", (3,), array("d", [0, 1, 2]))})
    with open_motion_file(path) as motion:
        assert motion.tensors["times"].first == 0  # wide types first: all are aligned
        assert bytes(motion.read("texture")[-1000:]) == bytes([49]) * 1000


def test_a_mapped_tensor_outlives_the_open_file(path):
    table = write(path)
    with open_motion_file(path) as motion:
        view = motion.map("channels")
    assert np.array_equal(np.frombuffer(view, "<f4"), table.ravel())


def test_an_empty_tensor_is_no_trouble(path):
    write(path, np.zeros((0, 3), "<f4"))
    with open_motion_file(path) as motion:
        assert motion.tensors["channels"].shape == (0, 3)
        assert len(motion.read("channels")) == len(motion.map("channels")) == 0


def test_bytes_that_miss_the_shape_leave_no_file(path):
    with pytest.raises(ValueError, match="miss their shape"):
        write_motion_file(path, {}, {"a": ("F32", (3,), b"1234")})
    assert not list(path.parent.iterdir())


def test_a_missing_folder_is_a_storage_error(path):
    with pytest.raises(StorageError, match="is missing"):
        write(path.parent / "gone" / "a.motion")


HOSTILE = {
    "empty": b"",
    "seven bytes": b"1234567",
    "a header longer than the file": raw(b"{}", length=1 << 20),
    "a header of nearly 2^64": raw(b"{}", length=(1 << 64) - 1),
    "a header beyond the limit": raw(b"{" + b" " * MAX_HEADER + b"}"),
    "no JSON": raw(b"\x80\x04cos\nsystem\n"),
    "not UTF-8": raw(b'{"\xff": 1}'),
    "deeply nested": raw(b"[" * 100_000),
    "a list": raw([]),
    "a name twice": raw(b'{"a": {"dtype":"U8","shape":[0],"data_offsets":[0,0]}, "a": {}}'),
    "metadata of numbers": raw({"__metadata__": {"a": 1}}),
    "an entry of another kind": raw({"a": [1, 2]}),
    "an entry with more keys": raw({"a": {**entry(), "code": "x"}}, bytes(8)),
    "an unknown type": raw({"a": entry("OBJ")}, bytes(8)),
    "a type that is a list": raw({"a": entry(["F32"])}, bytes(8)),
    "a negative side": raw({"a": entry(shape=(-2,))}, bytes(8)),
    "a fractional side": raw({"a": entry(shape=(2.0,))}, bytes(8)),
    "a true side": raw({"a": entry("U8", (True,), 0, 1)}, bytes(1)),
    "sides that overflow": raw({"a": entry(shape=(1 << 40, 1 << 40))}, bytes(8)),
    "too many sides": raw({"a": entry(shape=(1,) * 64, last=4)}, bytes(4)),
    "offsets backwards": raw({"a": entry(first=8, last=0)}, bytes(8)),
    "one offset": raw({"a": {"dtype": "F32", "shape": [2], "data_offsets": [8]}}, bytes(8)),
    "offsets beyond the end": raw({"a": entry(first=0, last=8)}, bytes(4)),
    "overlapping tensors": raw({"a": entry(), "b": entry(first=4, last=12)}, bytes(12)),
    "a gap": raw({"a": entry(first=8, last=16)}, bytes(16)),
    "something behind": raw({"a": entry()}, bytes(9)),
    "another size than its shape": raw({"a": entry(shape=(3,))}, bytes(8)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_an_unsound_file_is_refused_by_name(path, name):
    path.write_bytes(HOSTILE[name])
    with pytest.raises(InputError) as caught:
        open_motion_file(path)
    assert str(path) in caught.value.what and caught.value.remedy


@settings(max_examples=500, deadline=None)
@given(st.data())
def test_a_damaged_file_is_refused_or_safe_to_read(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "damaged.motion"
    write(path)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    try:
        with open_motion_file(path) as motion:
            for name, tensor in motion.tensors.items():
                assert len(motion.read(name)) == tensor.last - tensor.first == len(motion.map(name))
    except InputError:
        pass


def test_a_missing_file_a_folder_and_a_pipe_are_refused(tmp_path):
    with pytest.raises(InputError, match="There is no file"):
        open_motion_file(tmp_path / "none.motion")
    with pytest.raises(InputError, match="a folder or a device"):
        open_motion_file(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(InputError, match="a folder or a device"):
            open_motion_file(tmp_path / "pipe")


def test_a_tensor_that_is_not_there_is_named(path):
    write(path)
    with open_motion_file(path) as motion, pytest.raises(InputError, match="'wings'"):
        motion.read("wings")
