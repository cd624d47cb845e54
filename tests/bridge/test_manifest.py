# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import json

import pytest
from pastiche.bridge.errors import StorageError
from pastiche.bridge.manifest import FrameRecord, Manifest, frame_file


def record(index, inputs="i"):
    return FrameRecord(index, frame_file(index), 10, "0" * 64, inputs)


@pytest.fixture
def manifest(tmp_path):
    return Manifest(tmp_path / "manifest.jsonl")


def test_the_last_line_for_a_frame_counts(manifest):
    for each in (record(3), record(1), record(3, "other")):
        manifest.append(each)
    assert manifest.read() == {1: record(1), 3: record(3, "other")}


def test_a_torn_last_line_is_skipped_and_the_next_line_is_whole(manifest):
    manifest.append(record(1))
    with manifest.path.open("ab") as file:
        file.write(b'{"index": 2, "file": "frames/fr')
    assert list(manifest.read()) == [1]
    manifest.append(record(3))
    assert list(manifest.read()) == [1, 3]


@pytest.mark.parametrize(
    "line",
    [
        b"", b"\n", b"null", b"[1]", b"\xff\xff", b"[" * 5000, b"x" * 100_000,
        json.dumps({"index": 1, "file": "../../etc/passwd", "bytes": 1, "sha256": "", "inputs": ""}).encode(),
        json.dumps({"index": 1, "file": "/etc/passwd", "bytes": 1, "sha256": "", "inputs": ""}).encode(),
        json.dumps({"index": 1, "file": frame_file(2), "bytes": 1, "sha256": "", "inputs": ""}).encode(),
        json.dumps({"index": 1.5, "file": frame_file(1), "bytes": 1, "sha256": "", "inputs": ""}).encode(),
        json.dumps({"index": 1, "file": frame_file(1), "bytes": 1, "sha256": ""}).encode(),
    ],
)  # fmt: skip
def test_lines_that_are_no_record_are_skipped(manifest, line):
    manifest.path.write_bytes(line + b"\n")
    manifest.append(record(7))
    assert manifest.read() == {7: record(7)}


def test_many_replaced_lines_are_dropped_on_compacting(manifest):
    for i in range(2000):
        manifest.append(record(1, f"inputs {i}"))
    size = manifest.path.stat().st_size
    manifest.compact()
    assert manifest.path.stat().st_size < size / 100
    assert manifest.read() == {1: record(1, "inputs 1999")}


def test_no_manifest_is_an_empty_one(manifest):
    assert manifest.read() == {}
    manifest.compact()


def test_a_vanished_folder_is_a_storage_error(tmp_path):
    with pytest.raises(StorageError, match="is missing"):
        Manifest(tmp_path / "gone" / "manifest.jsonl").append(record(1))
