# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The release zip as an artist gets it: dragged in, no network, no other Python; the first card is driven."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "footage"
ZIPS = sorted((ROOT / "dist").glob("pastiche-*-linux_x64.zip"))

INSTALL_AND_DRIVE = """
import os, sys, tempfile
zip_file, picture, footage = sys.argv[-3:]
os.environ["BLENDER_USER_RESOURCES"] = tempfile.mkdtemp()
import bpy, addon_utils
from importlib import import_module
name = "bl_ext.user_default.pastiche"
bpy.ops.extensions.package_install_files(filepath=zip_file, repo='user_default', enable_on_install=True)
assert addon_utils.check(name) == (True, True)
bpy.ops.wm.read_homefile(use_empty=True)
bpy.ops.pastiche.card_from_image(filepath=picture)
card = bpy.context.object
card.pastiche.use_range, card.pastiche.first, card.pastiche.last = True, 1, 3
bpy.ops.pastiche.drive(filepath=footage)
frames = import_module(name + ".scene.storage").known_folder(card) / "render" / "frames"
assert len(list(frames.iterdir())) == 3
python = import_module(name + ".scene.worker").python()
assert python.executable == sys.executable and len(python.packages) == 1
print("driven with", python.packages[0])
"""


@pytest.mark.slow
@pytest.mark.skipif(not ZIPS, reason="no release zip in dist/: make zip")
@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the footage beside the project")
@pytest.mark.skipif(importlib.util.find_spec("cv2") is not None, reason="this Python has the packages anyway")
@pytest.mark.skipif(not shutil.which("unshare"), reason="nothing takes the network away here")
def test_a_card_is_driven_from_the_zip_alone_without_network(tmp_path):
    environment = {name: value for name, value in os.environ.items() if name != "PASTICHE_PYTHON"}
    files = [ZIPS[-1], SHARED / "art" / "toon_boy.jpg", SHARED / "driving" / "d0.mp4"]
    run = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--net", sys.executable, "-c", INSTALL_AND_DRIVE, *map(str, files)],
        capture_output=True,
        text=True,
        env=environment | {"TMPDIR": str(tmp_path)},
    )
    assert "driven with" in run.stdout, run.stdout + run.stderr
