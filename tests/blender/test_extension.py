# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later

import subprocess
import sys
from pathlib import Path

import bpy
import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOL = next(Path(bpy.utils.system_resource('SCRIPTS')).glob("addons_core/bl_pkg/cli/blender_ext.py"))
TAGS = next(Path(bpy.utils.system_resource('SCRIPTS')).glob("modules/_bpy_internal/extensions/tags.py"))


def blender_extension(*words):
    return subprocess.run([sys.executable, str(TOOL), *map(str, words)], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def built_zip(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    made = blender_extension("build", "--source-dir", ROOT, "--output-dir", folder)
    assert made.returncode == 0, made.stdout + made.stderr
    return next(folder.glob("pastiche-*.zip"))


def test_the_built_zip_is_valid(built_zip):
    checked = blender_extension("validate", f"--valid-tags={TAGS}", built_zip)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_zip_holds_what_runs_and_nothing_else(built_zip):
    import zipfile

    tops = {name.split("/")[0] for name in zipfile.ZipFile(built_zip).namelist()}
    assert {"scene", "operators", "panels", "bridge", "inference", "vendor", "poses", "__init__.py"} <= tops
    assert tops <= {
        "scene", "operators", "panels", "bridge", "inference", "vendor", "poses", "starter",
        "__init__.py", "blender_manifest.toml", "LICENSE", "README.md", "CHANGELOG.md",
    }  # fmt: skip


INSTALLED_TWICE = """
import os, sys, tempfile
os.environ["BLENDER_USER_RESOURCES"] = tempfile.mkdtemp()
import bpy, addon_utils
name = "bl_ext.user_default.pastiche"
def seen():
    keymaps = bpy.context.window_manager.keyconfigs.addon.keymaps
    keys = sum(item.idname.startswith("pastiche.") for keymap in keymaps for item in keymap.keymap_items)
    classes = [c for c in dir(bpy.types) if c.startswith("PASTICHE_")]
    lists = [getattr(bpy.app.handlers, name) for name in dir(bpy.app.handlers)]
    handlers = [h for some in lists if isinstance(some, list) for h in some if "pastiche" in h.__module__]
    draws = [d for d in bpy.types.STATUSBAR_HT_header._dyn_ui_initialize() if "pastiche" in d.__module__]
    return classes, dir(bpy.ops.pastiche), hasattr(bpy.types.Object, "pastiche"), len(handlers), keys, len(draws)
bpy.ops.extensions.package_install_files(filepath=sys.argv[-1], repo='user_default', enable_on_install=False)
before = seen()
for _ in range(2):
    addon_utils.enable(name, default_set=True)
    assert addon_utils.check(name) == (True, True)
    assert seen()[2:] == (True, 6, 1, 1), seen()
    assert "drive" in dir(bpy.ops.pastiche)
    addon_utils.disable(name, default_set=True)
    assert seen() == before, (seen(), before)
assert before[:3] == ([], [], False)
print("as before")
"""


def test_installed_from_the_zip_it_enables_twice_and_leaves_nothing(built_zip):
    run = subprocess.run(
        [sys.executable, "-c", INSTALLED_TWICE, str(built_zip)], capture_output=True, text=True, check=False
    )
    assert "as before" in run.stdout, run.stdout + run.stderr
