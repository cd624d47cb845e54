# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import os
import sys

import pytest
from pastiche.bridge import runtime
from pastiche.bridge.errors import RuntimeMissingError
from pastiche.bridge.runtime import WorkerPython, find_python, missing_modules


@pytest.fixture(autouse=True)
def forgetful(monkeypatch):
    monkeypatch.setattr(runtime, "_found_sound", set())
    monkeypatch.delenv("PASTICHE_PYTHON", raising=False)


def script(path, text):
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


posix = pytest.mark.skipif(os.name != "posix", reason="needs a shell script that stands for a Python")


def test_the_python_we_run_in_is_used_when_it_has_everything():
    assert find_python() == WorkerPython(sys.executable)


def test_a_chosen_python_comes_before_the_variable(monkeypatch):
    monkeypatch.setenv("PASTICHE_PYTHON", "/no/such/python")
    assert find_python(sys.executable) == WorkerPython(sys.executable)
    with pytest.raises(RuntimeMissingError, match="/no/such/python"):
        find_python()


@posix
def test_what_a_chosen_python_lacks_is_named(tmp_path):
    python = script(tmp_path / "python", """echo '{"version": [3, 11], "missing": ["cv2", "av"]}'""")
    with pytest.raises(RuntimeMissingError, match="lacks cv2, av") as caught:
        find_python(python)
    assert python in caught.value.what and caught.value.remedy


@posix
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("""echo '{"version": [3, 8], "missing": []}'""", "3.8; 3.11 or newer"),
        ("echo hello", "not a Python that runs"),
        ("exit 1", "not a Python that runs"),
    ],
)
def test_what_is_no_python_for_us_is_refused(tmp_path, text, words):
    with pytest.raises(RuntimeMissingError, match=words):
        find_python(script(tmp_path / "python", text))


@posix
def test_a_python_that_hangs_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(runtime, "PROBE_SECONDS", 0.2)
    with pytest.raises(RuntimeMissingError, match="does not answer"):
        find_python(script(tmp_path / "python", "exec sleep 60"))


def test_missing_modules_are_found_without_importing_anything():
    assert missing_modules(WorkerPython(sys.executable), ("json", "antigravity_two", "this")) == ["antigravity_two"]
