# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import io
import os
import pickle
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pastiche.bridge.errors import InputError
from pastiche.inference.weights.style_codes import HEADER, MAGIC, read_style_codes


def codes(count=3):
    random = np.random.default_rng(0)
    return {f"style_{k:02d}.jpg": random.normal(size=(1, 18, 4)).astype("f4") for k in reversed(range(count))}


@pytest.fixture
def saved(tmp_path):
    """Writes an object as NumPy would; returns the path."""

    def write(value, name="exstyle_code.npy"):
        np.save(tmp_path / name, value, allow_pickle=True)
        return tmp_path / name

    return write


def wrapped(pickled):
    """A NumPy file of one object around any pickle."""
    header = HEADER + b" " * 10 + b"\n"
    return MAGIC + b"\x01\x00" + struct.pack("<H", len(header)) + header + pickled


def test_names_and_numbers_come_in_the_files_order(saved):
    expected = codes()
    found = read_style_codes(saved(expected))
    assert found.names == ("style_02.jpg", "style_01.jpg", "style_00.jpg")
    np.testing.assert_array_equal(found.codes, np.concatenate(list(expected.values())))


@pytest.mark.parametrize("protocol", [2, 3, 4])
def test_every_protocol_and_both_spellings_of_numpy_are_read(tmp_path, protocol):
    wrapping = np.empty((), object)
    wrapping[()] = codes()
    data = pickle.dumps(wrapping, protocol)
    spellings = [data]
    if protocol < 4:
        spellings.append(data.replace(b"numpy.core.multiarray", b"numpy._core.multiarray"))
    for spelling in spellings:
        path = tmp_path / "codes.npy"
        path.write_bytes(wrapped(spelling))
        assert read_style_codes(path).codes.shape == (3, 18, 4)


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
def test_other_widths_and_column_order_become_float32(saved, dtype):
    code = np.asfortranarray(np.arange(72, dtype=dtype).reshape(1, 18, 4))
    found = read_style_codes(saved({"a.jpg": code}))
    assert found.codes.dtype == np.float32
    np.testing.assert_array_equal(found.codes, code)


@pytest.mark.parametrize("exemplar, place", [(1, 1), ("1", 1), ("style_00.jpg", 2), ("style_02", 0)])
def test_an_exemplar_is_found_by_number_or_name(saved, exemplar, place):
    assert read_style_codes(saved(codes())).index(exemplar) == place


@pytest.mark.parametrize("exemplar", [3, -1, "style_77", ""])
def test_an_unknown_exemplar_is_named_with_the_numbers_there_are(saved, exemplar):
    with pytest.raises(InputError, match="it has 3, numbered from 0"):
        read_style_codes(saved(codes())).index(exemplar)


class Hostile:
    def __reduce__(self):
        return os.system, ("echo no > hostile_ran",)


class Import:
    def __reduce__(self):
        return __import__, ("this",)


@pytest.mark.parametrize("value, named", [(Hostile(), "system"), (Import(), "__import__"), (complex(1, 2), "complex")])
@pytest.mark.parametrize("place", ["alone", "code", "name", "beside"])
def test_code_in_a_file_is_refused_by_name_and_does_not_run(tmp_path, monkeypatch, value, named, place):
    monkeypatch.chdir(tmp_path)
    if place == "name" and isinstance(value, Hostile | Import):
        pickled = pickle.dumps({value: 1})
    else:
        pickled = pickle.dumps(
            {"alone": value, "code": {"a.jpg": value}, "beside": [codes(), value]}.get(place, {"a": value})
        )
    path = tmp_path / "exstyle_code.npy"
    path.write_bytes(wrapped(pickled))
    with pytest.raises(InputError, match=f"exstyle_code.npy was not opened.*{named}"):
        read_style_codes(path)
    assert not (tmp_path / "hostile_ran").exists()


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"a.jpg": np.zeros((18, 4), "f4")},
        {"a.jpg": np.zeros((2, 18, 4), "f4")},
        {"a.jpg": np.zeros((1, 18, 4), "i4")},
        {"a.jpg": np.zeros((1, 18, 0), "f4")},
        {"a.jpg": np.full((1, 18, 4), np.nan, "f4")},
        {"a.jpg": np.zeros((1, 18, 4), "f4"), "b.jpg": np.zeros((1, 14, 4), "f4")},
        {"a.jpg": [1.0, 2.0]},
        {"a.jpg": np.array([{}], object)},
        {"": np.zeros((1, 18, 4), "f4")},
        {"a\nb": np.zeros((1, 18, 4), "f4")},
        {7: np.zeros((1, 18, 4), "f4")},
        np.array([codes(), codes()], object),
        [codes()],
    ],
    ids=lambda value: type(value).__name__,
)
def test_other_contents_are_refused(saved, value):
    with pytest.raises(InputError, match="exstyle_code.npy"):
        read_style_codes(saved(value))


def test_a_plain_array_holds_no_style_codes(saved):
    with pytest.raises(InputError, match="no dictionary"):
        read_style_codes(saved(np.zeros((3, 18, 4))))


def test_missing_empty_and_foreign_files_are_named(tmp_path):
    with pytest.raises(InputError, match="no file"):
        read_style_codes(tmp_path / "nothing.npy")
    for data in (b"", b"\x93NUMPY", b"\x93NUMPY\x01\x00\xff\xff", b"text", b"\x93NUMPY\x03\x00" + b"0" * 99):
        (tmp_path / "odd.npy").write_bytes(data)
        with pytest.raises(InputError, match="odd.npy (is damaged|holds 0 bytes)"):
            read_style_codes(tmp_path / "odd.npy")


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_damaged_file_gives_an_error_or_the_numbers_never_a_crash(tmp_path_factory, data):
    buffer = io.BytesIO()
    np.save(buffer, codes(2), allow_pickle=True)
    raw = bytearray(buffer.getvalue())
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    raw = raw[: data.draw(st.integers(0, len(raw)))] if data.draw(st.booleans()) else raw
    path = tmp_path_factory.mktemp("damaged") / "codes.npy"
    path.write_bytes(raw)
    try:
        assert read_style_codes(path).codes.dtype == np.float32
    except InputError as error:
        assert "codes.npy" in error.what
