# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a release zip is put together; that it drives a card offline is in tests/blender/test_release_zip.py."""

import importlib
import re
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tools"))
merge_wheels = importlib.import_module("merge_wheels").merge_wheels
build_zip = importlib.import_module("build_zip")


def wheel(folder, python, code="version = 1\n", version="2.0"):
    info = f"drawing-{version}.dist-info"
    path = folder / f"drawing-{version}-{python}-{python}-manylinux_2_28_x86_64.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("drawing/__init__.py", code)
        archive.writestr(f"drawing/_core.{python}.so", python)
        archive.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: {python}-{python}-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


def test_a_merged_wheel_serves_every_python(tmp_path):
    merged = merge_wheels([wheel(tmp_path, "cp311"), wheel(tmp_path, "cp313")], tmp_path)
    assert merged.name == "drawing-2.0-cp311.cp313-cp311.cp313-manylinux_2_28_x86_64.whl"
    with zipfile.ZipFile(merged) as archive:
        assert archive.read("drawing/_core.cp311.so") == b"cp311" and archive.read("drawing/_core.cp313.so") == b"cp313"
        assert archive.read("drawing-2.0.dist-info/WHEEL").decode().count("Tag: cp31") == 2
        recorded = {line.split(",")[0] for line in archive.read("drawing-2.0.dist-info/RECORD").decode().splitlines()}
        assert recorded == set(archive.namelist())


def test_a_single_wheel_stays_as_it_is(tmp_path):
    only = wheel(tmp_path, "cp311")
    assert merge_wheels([only], tmp_path) == only


@pytest.mark.parametrize("other", [{"code": "version = 2\n"}, {"version": "2.1"}])
def test_wheels_that_differ_are_not_merged(tmp_path, other):
    with pytest.raises(ValueError, match="not (the same|one package)"):
        merge_wheels([wheel(tmp_path, "cp311"), wheel(tmp_path, "cp313", **other)], tmp_path)


def test_the_manifest_of_a_release_names_its_platform_and_wheels():
    plain = (ROOT / "blender_manifest.toml").read_text("utf-8")
    released = tomllib.loads(build_zip.with_wheels(plain, "linux-x64", ["av.whl", "pillow.whl"]))
    assert released.pop("platforms") == ["linux-x64"]
    assert released.pop("wheels") == ["./wheels/av.whl", "./wheels/pillow.whl"]
    assert released == tomllib.loads(plain)


def test_what_is_bundled_is_what_the_worker_is_tested_with():
    def pins(file):
        return set(re.findall(r"^([\w-]+==[\w.]+)", (ROOT / file).read_text("utf-8"), re.MULTILINE))

    bundled = {pin for pin in pins("requirements/bundled.txt") if not pin.startswith("uv==")}
    assert bundled == {pin for pin in pins("inference/requirements.txt") if not pin.startswith("numpy==")}
