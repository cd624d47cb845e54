# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import errno

import pytest
from pastiche.bridge.errors import StorageError
from pastiche.bridge.whole_file import storage_error, whole_file, write_whole


def test_a_file_appears_only_when_it_is_whole(tmp_path):
    path = tmp_path / "a.bin"
    with whole_file(path) as file:
        file.write(b"half")
        assert not path.exists()
    assert path.read_bytes() == b"half"


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    with pytest.raises(KeyError), whole_file(path) as file:
        file.write(b"new")
        raise KeyError
    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["a.bin"]


def test_the_longest_possible_name_can_be_written(tmp_path):
    path = tmp_path / ("ü" * 120 + "x" * 15)  # 255 bytes
    write_whole(path, b"x")
    assert path.read_bytes() == b"x"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "is full"), (errno.EACCES, "cannot be written"), (errno.EROFS, "cannot be written"),
        (errno.ENOENT, "is missing"), (errno.ENAMETOOLONG, "too long"), (errno.EIO, "Input/output error"),
    ],
)  # fmt: skip
def test_each_failure_says_where_and_what_to_do(tmp_path, number, words):
    error = storage_error(tmp_path / "a.png", OSError(number, "Input/output error"))
    assert words in error.what and str(tmp_path) in str(error) and error.remedy


def test_a_missing_folder_is_a_storage_error(tmp_path):
    with pytest.raises(StorageError, match="is missing"):
        write_whole(tmp_path / "gone" / "a.png", b"")
