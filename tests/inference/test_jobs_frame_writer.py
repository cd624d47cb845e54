# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import time

import numpy as np
import pytest
from pastiche.bridge.job_folder import JobFolder
from pastiche.inference.jobs.frame_writer import N_THREADS, FrameWriter


@pytest.fixture
def announced():
    return []


@pytest.fixture
def writer(tmp_path, announced):
    return FrameWriter(JobFolder(tmp_path), lambda record, is_reused: announced.append((record.index, is_reused)))


def test_frames_are_announced_in_order_whatever_encoding_takes(writer, announced, monkeypatch):
    write = writer._folder.write_frame
    monkeypatch.setattr(
        writer._folder, "write_frame", lambda index, *rest: (time.sleep(0.02 * (index % 3)), write(index, *rest))[1]
    )
    for index in range(20):
        writer.add(index, b"x", "i")
        assert index - len(announced) <= N_THREADS
    writer.close()
    assert announced == [(index, False) for index in range(20)]


def test_a_whole_frame_is_announced_while_the_next_one_is_computed(writer, announced):
    writer.add(1, b"x", "i")
    end = time.monotonic() + 5
    while not announced and time.monotonic() < end:
        time.sleep(0.005)
    assert announced == [(1, False)]
    writer.close()


def test_a_frame_is_in_the_manifest_before_it_is_announced(tmp_path):
    folder = JobFolder(tmp_path)
    seen = []
    writer = FrameWriter(folder, lambda record, is_reused: seen.append(record == folder.valid_frames()[record.index]))
    writer.add(3, b"x", "i")
    writer.close()
    assert seen == [True]


def test_the_same_pixels_give_the_same_file(writer, tmp_path):
    image = np.random.default_rng(0).integers(0, 65536, (30, 40, 4), np.uint16)
    writer.add(1, image, "i")
    writer.add(2, image.copy(), "i")
    writer.close()
    folder = JobFolder(tmp_path)
    assert folder.frame_path(1).read_bytes() == folder.frame_path(2).read_bytes()


def test_a_frame_is_reused_only_with_the_same_inputs_and_bytes(writer, tmp_path, announced):
    writer.add(1, b"x", "i")
    writer.add(2, b"x", "i")
    writer.close()
    JobFolder(tmp_path).frame_path(2).write_bytes(b"y")
    again = FrameWriter(JobFolder(tmp_path), lambda *each: announced.append(each))
    assert again.reuse(1, "i") and not again.reuse(1, "other") and not again.reuse(2, "i") and not again.reuse(3, "i")
    again.close()


def test_what_can_be_written_is_written_when_one_frame_fails(writer, announced, monkeypatch):
    write = writer._folder.write_frame

    def fail_at_two(index, *rest):
        if index == 2:
            raise OSError("no")
        return write(index, *rest)

    monkeypatch.setattr(writer._folder, "write_frame", fail_at_two)
    writer.add(1, b"x", "i")
    writer.add(2, b"x", "i")
    with pytest.raises(OSError, match="no"):
        for index in range(3, 9):
            writer.add(index, b"x", "i")
    with pytest.raises(OSError, match="no"):
        writer.close()
    assert (1, False) in announced and (2, False) not in announced
