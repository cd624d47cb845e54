# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later

import shutil
import time

import bpy
import pytest


@pytest.fixture
def no_packages(room, tmp_path, monkeypatch):
    """An installation that downloads nothing; what it made is removed."""
    (tmp_path / "requirements.txt").write_text("")
    monkeypatch.setattr(room("scene.installation"), "REQUIREMENTS", tmp_path / "requirements.txt")
    yield room("scene.installation")
    room("scene.installation").stop()
    shutil.rmtree(room("scene.extension").user_folder() / room("bridge.environment").FOLDER, ignore_errors=True)


def ended(installation):
    end = time.monotonic() + 120
    while installation.is_running:
        assert time.monotonic() < end
        time.sleep(0.05)
    return installation


def test_offline_nothing_is_downloaded():
    with pytest.raises(RuntimeError, match="Allow Online Access"):
        bpy.ops.pastiche.install_runtime()


@pytest.mark.slow
def test_an_environment_of_its_own_is_made(no_packages, room):
    installation = ended(no_packages.start())
    assert installation.error is None and "ready" in installation.line
    python = room("bridge.environment").environment_python(room("scene.extension").user_folder())
    assert python.exists()


def test_a_cancelled_installation_says_so_and_leaves_none(no_packages, room):
    installation = no_packages.start()
    installation.cancel()
    assert "cancelled" in str(ended(installation).error)
    assert room("bridge.environment").environment_python(room("scene.extension").user_folder()) is None
