# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later

import shutil
import sys
import time
from pathlib import Path

import bpy
import pytest
from package_index import running_index

UV = Path(__file__).resolve().parents[2] / ".venv" / "bin" / "uv"


@pytest.fixture
def preferences(room):
    chosen = room("scene.extension").preferences()
    yield chosen
    chosen.downloads = chosen.python = ""


@pytest.fixture
def made_packages(room, tmp_path, monkeypatch, preferences):
    """Installations come from an index on this machine, into a folder with spaces and letters of all kinds."""
    if not UV.exists():
        pytest.skip("needs uv")
    installation = room("scene.installation")
    with running_index() as index:
        locked = tmp_path / "locked"
        locked.mkdir()
        (locked / "packages.txt").write_text(index.add("brushes", "1.0"))
        wanted = ["--default-index", index.url, "-r", str(locked / "packages.txt")]
        monkeypatch.setattr(installation, "LOCKED", locked)
        monkeypatch.setattr(installation, "packages", lambda *_: wanted)
        monkeypatch.setattr(installation, "install", here(installation.install))
        preferences.downloads = str(tmp_path / "Künstler 폴더")
        yield index
        installation.stop()
        shutil.rmtree(preferences.downloads, ignore_errors=True)


def here(install):
    return lambda *args, **options: install(*args, pythons=(sys.executable,), uv=UV, **options)


def ended(installation):
    end = time.monotonic() + 120
    while installation.is_running:
        assert time.monotonic() < end
        time.sleep(0.05)
    return installation


def test_offline_nothing_is_downloaded():
    with pytest.raises(RuntimeError, match="Allow Online Access"):
        bpy.ops.pastiche.install_runtime()


def test_the_neural_engines_are_installed_in_the_folder_of_the_preferences(made_packages, room, preferences):
    installation = room("scene.installation")
    assert installation.state() == 'MISSING'
    running = ended(installation.start())
    assert running.error is None and "installed" in running.line
    assert installation.state() == 'READY'
    python = room("bridge.environment").environment_python(Path(preferences.downloads))
    assert python.is_relative_to(preferences.downloads)
    (installation.LOCKED / "packages.txt").write_text(made_packages.add("brushes", "1.1"))
    assert installation.state() == 'OUTDATED'
    assert ended(installation.start()).error is None and installation.state() == 'READY'


def test_a_cancelled_installation_says_so_and_leaves_none(made_packages, room):
    installation = room("scene.installation").start()
    installation.cancel()
    assert "cancelled" in str(ended(installation).error)
    assert room("scene.installation").state() == 'MISSING'


def test_an_environment_that_lacks_the_base_is_passed_over(made_packages, room, monkeypatch):
    ended(room("scene.installation").start())
    monkeypatch.setenv("PASTICHE_PYTHON", "")
    try:
        found = room("scene.worker").python().executable
    except room("bridge.errors").RuntimeMissingError as error:  # a Blender with nothing but NumPy
        found = str(error)
    assert "Künstler" not in found


def findings(room):
    bpy.ops.pastiche.check_setup()
    return {finding.subject: finding for finding in room("scene.setup_check").latest}


def test_the_setup_is_told_with_remedies(room, preferences, tmp_path):
    found = findings(room)
    assert found["Worker"].is_good and found["Mesh"].text == "Ready" and found["Storage"].is_good
    assert not found["Network"].is_good and "Online Access" in found["Network"].text
    preferences.python = "/no/such/python"
    found = findings(room)
    assert not found["Worker"].is_good and "choose a Python" in found["Worker"].text
    assert not found["Mesh"].is_good
    (tmp_path / "file").write_text("")
    preferences.storage = str(tmp_path / "file" / "folder")
    assert not findings(room)["Storage"].is_good


def test_another_python_takes_over_when_the_worker_is_idle(room, preferences, tmp_path, monkeypatch):
    worker, runtime = room("scene.worker"), room("bridge.runtime")
    worker.close()  # whatever another test left it with
    first = worker.client()
    assert worker.client() is first
    other = runtime.WorkerPython(worker.python().executable, (str(tmp_path),))
    monkeypatch.setattr(worker, "find_python", lambda *_: other)
    second = worker.client()
    assert second is not first and first.state == 'STOPPED' and second.command[-1] == str(tmp_path)
    worker.close()
