# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import json
import os
import shutil
import signal
import subprocess
import sys

import pytest
from pastiche.bridge.errors import BusyError, InputError, StorageError
from pastiche.bridge.job_folder import JobFolder, Recipe
from pastiche.bridge.requests import DummyRequest, Placement, RenderRequest

HOLD = """
import sys, types, time
package = types.ModuleType("pastiche"); package.__path__ = [sys.argv[1]]; sys.modules["pastiche"] = package
from pastiche.bridge.job_folder import JobFolder
with JobFolder(sys.argv[2]).held():
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def folder(tmp_path):
    return JobFolder(tmp_path / "a job ü")


def held_elsewhere(folder):
    from worker_harness import ROOT

    process = subprocess.Popen([sys.executable, "-c", HOLD, ROOT, folder.path], stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"held\n"
    return process


def test_a_frame_counts_once_it_is_in_the_manifest(folder):
    with folder.held():
        record = folder.write_frame(12, b"picture", "inputs")
        assert folder.valid_frames() == {}
        folder.manifest.append(record)
        assert folder.valid_frames() == {12: record}
    assert folder.frame_path(12).name == "frame_000012.png"
    assert folder.is_intact(record)


def test_a_frame_that_was_changed_or_deleted_does_not_count(folder):
    with folder.held():
        for index in (1, 2, 3):
            folder.manifest.append(folder.write_frame(index, b"picture", "inputs"))
    folder.frame_path(1).unlink()
    folder.frame_path(2).write_bytes(b"longer picture")
    folder.frame_path(3).write_bytes(b"pixture")
    records = folder.valid_frames()
    assert list(records) == [3] and not folder.is_intact(records[3])


def test_a_folder_has_one_job_at_a_time(folder):
    process = held_elsewhere(folder)
    try:
        with pytest.raises(BusyError, match=f"process {process.pid}") as caught, folder.held():
            pass
        assert str(folder.path) in caught.value.what
    finally:
        process.kill()
        process.wait()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_a_killed_jobs_folder_is_free_and_its_leavings_are_removed(folder):
    process = held_elsewhere(folder)
    folder.frames.mkdir()
    (folder.frames / ".123-4.part").write_bytes(b"half")
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    with folder.held():
        assert not list(folder.frames.iterdir())


def test_a_folder_can_be_held_again_and_again(folder):
    for _ in range(3):
        with folder.held(), pytest.raises(BusyError), folder.held():
            pass


def test_a_vanished_folder_is_not_brought_back(folder):
    with folder.held():
        folder.manifest.append(folder.write_frame(1, b"x", "i"))
        shutil.rmtree(folder.path)
        with pytest.raises(StorageError, match="is missing") as caught:
            folder.write_frame(2, b"x", "i")
    assert str(folder.path) in str(caught.value) and not folder.path.exists()


def test_a_recipe_comes_back_as_it_was_written(folder):
    placement = Placement((1, 2, 3, 4), ((5, 6),))
    request = RenderRequest("/out", "/s.png", "/m.motion", placement=placement, settings={"gain": 1.5})
    recipe = Recipe(request, {"source": "ab"}, "mesh 3", {"python": "3.11"})
    with folder.held():
        folder.write_recipe(recipe)
    assert folder.read_recipe() == recipe


@pytest.mark.parametrize(
    "text",
    [
        "", "{}", "[]", "\udcff", "[" * 100_000, " " * (1 << 21),
        '{"pastiche": "recipe", "version": 2, "request": {"kind": "dummy", "folder": "/"}}',
        '{"pastiche": "recipe", "version": 1, "request": {"kind": "exec"}}',
        '{"pastiche": "recipe", "version": 1, "request": {"kind": "dummy", "folder": "/"}, "run": "x"}',
        '{"pastiche": "recipe", "version": 1, "request": {"kind": "dummy", "folder": "/", "seconds_per_frame": NaN}}',
    ],
)  # fmt: skip
def test_an_unsound_recipe_is_refused_by_name(folder, text):
    with folder.held():
        folder.recipe.write_bytes(text.encode("utf-8", "surrogateescape"))
        with pytest.raises(InputError) as caught:
            folder.read_recipe()
    assert str(folder.recipe) in caught.value.what and caught.value.remedy


def test_a_missing_recipe_names_the_folder(folder):
    with pytest.raises(InputError, match="no request.json") as caught:
        folder.read_recipe()
    assert str(folder.path) in caught.value.what


def test_an_outcome_comes_back_and_is_none_before(folder):
    assert folder.read_outcome() is None
    with folder.held():
        folder.write_outcome('FINISHED', None, {"frames": 3})
    assert folder.read_outcome() == {"outcome": 'FINISHED', "error": None, "result": {"frames": 3}}


def test_a_dummy_request_is_its_own_recipe(folder):
    with folder.held():
        folder.write_recipe(Recipe(DummyRequest(str(folder.path))))
    assert json.loads(folder.recipe.read_text())["request"]["kind"] == "dummy"
