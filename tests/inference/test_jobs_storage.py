# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disks that fill up, vanish or refuse: the job fails in a sentence, and what was finished stays."""

import os
import shutil
import subprocess
import sys

import pytest
from pastiche.bridge import whole_file
from pastiche.bridge.job_folder import JobFolder
from pastiche.bridge.messages import Done, Error, Frame
from pastiche.bridge.requests import DummyRequest
from pastiche.inference.jobs import perform


@pytest.fixture
def tiny_disk(tmp_path):
    """A file system of 256 kilobytes; a function remounts it with other options."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("needs root to mount a file system")
    path = tmp_path / "disk"
    path.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", path], capture_output=True).returncode:
        pytest.skip("no file system can be mounted here")
    yield path, lambda options: subprocess.run(["mount", "-o", f"remount,{options}", path], check=True)
    subprocess.run(["umount", "-l", path], check=True)


def performed(request, on_message=lambda message: None):
    heard = []

    def send(message):
        heard.append(message)
        on_message(message)

    heard.append(perform(request, "a", send))
    return heard


def failure(heard):
    (error,) = [message.error for message in heard if isinstance(message, Error)]
    assert isinstance(heard[-1], Done) and heard[-1].outcome == 'FAILED'
    return error


def frames(heard):
    return [message.index for message in heard if isinstance(message, Frame)]


def dummy(folder, last=500, **changes):
    return DummyRequest(str(folder), 1, last, 0.0, **changes)


def test_a_full_disk_fails_the_job_and_the_same_job_goes_on_when_there_is_room(tiny_disk):
    path, remount = tiny_disk
    heard = performed(dummy(path / "job"))
    error = failure(heard)
    assert error["code"] == "storage" and "is full" in error["what"] and str(path) in error["what"]
    kept = JobFolder(path / "job").valid_frames()
    assert set(frames(heard)) <= set(kept) and len(kept) > 5
    assert all(JobFolder(path / "job").is_intact(record) for record in kept.values())
    remount("size=16m")
    done = performed(dummy(path / "job"))[-1]
    assert done.outcome == 'FINISHED' and done.result["frames"] == 500 and done.result["reused"] == len(kept)


def test_a_read_only_disk_is_named(tiny_disk):
    path, remount = tiny_disk
    remount("ro")
    error = failure(performed(dummy(path / "job")))
    assert error["code"] == "storage" and "cannot be written" in error["what"] and error["remedy"]


def test_a_disk_that_is_full_without_a_real_one(tmp_path, monkeypatch):
    """The same without root: from the fifth frame on no space is left."""

    def replace(part, path):
        if path.suffix == ".png" and int(path.stem[-6:]) >= 5:
            raise OSError(28, "No space left on device")
        os.rename(part, path)

    monkeypatch.setattr(whole_file.os, "replace", replace)
    heard = performed(dummy(tmp_path / "job"))
    assert "is full" in failure(heard)["what"] and frames(heard) == [1, 2, 3, 4]


def test_a_folder_that_vanishes_in_mid_job_is_named_and_not_brought_back(tmp_path):
    def vanish(message):
        if isinstance(message, Frame) and message.index == 7:
            shutil.rmtree(tmp_path / "job", ignore_errors=True)
            shutil.rmtree(tmp_path / "job", ignore_errors=True)

    heard = performed(dummy(tmp_path / "job"), vanish)
    error = failure(heard)
    assert error["code"] == "storage" and "is missing" in error["what"] and str(tmp_path / "job") in error["what"]


def test_a_folder_whose_place_is_taken_by_a_file_is_named(tmp_path):
    (tmp_path / "job").write_text("")
    assert failure(performed(dummy(tmp_path / "job")))["code"] == "storage"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_rights_is_named(tmp_path):
    (tmp_path / "closed").mkdir(mode=0o500)
    assert "cannot be written" in failure(performed(dummy(tmp_path / "closed" / "job")))["what"]
