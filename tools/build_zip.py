# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The release zips, one per platform, with everything the mesh engine needs: `dist/pastiche-<version>-<platform>.zip`.

`python tools/build_zip.py [PLATFORM ...]`. Built and validated by Blender's own tool, which travels inside the bpy
module and needs no Blender running. Wheels are downloaded into `dist/wheels`; pip keeps what it has downloaded before.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from importlib.util import find_spec
from pathlib import Path

from merge_wheels import merge_wheels

ROOT = Path(__file__).resolve().parent.parent
BUNDLED = ROOT / "requirements" / "bundled.txt"
PYTHONS = ("3.11", "3.13", "3.14")  # of Blender 4.2 to 5.0, of 5.1 and 5.2, of distributions that build their own
PLATFORMS = {  # Blender's name -> the newest systems' names of wheels; pip knows the older ones of macOS
    "linux-x64": ("manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux_2_17_x86_64"),
    "windows-x64": ("win_amd64",),
    "macos-arm64": ("macosx_14_0_arm64",),
    "macos-x64": ("macosx_14_0_x86_64",),
}


def main(platforms: list[str]) -> int:
    """Build the zips of some platforms; the exit status is 1 when one could not be built."""
    dist = ROOT / "dist"
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        source = unpacked_extension(Path(folder))
        for platform in platforms:
            try:
                print(build(source, platform, wheels(platform, dist / "wheels" / platform), dist), flush=True)
            except subprocess.CalledProcessError as error:
                failed.append(f"{platform}: {' '.join(map(str, error.cmd[1:4]))} failed:\n{error.stdout.strip()}")
    for text in failed:
        print(f"Not built for {text}", file=sys.stderr)
    return 1 if failed else 0


def wheels(platform: str, folder: Path) -> list[Path]:
    """The wheels for a platform, each fit for all of PYTHONS, downloaded into a folder."""
    shutil.rmtree(folder, ignore_errors=True)
    options = ["--no-deps", "--only-binary=:all:", "--require-hashes", "--quiet", "--disable-pip-version-check"]
    names = [word for name in PLATFORMS[platform] for word in ("--platform", name)]
    for python in PYTHONS:
        target = ["--python-version", python, "--implementation", "cp", "--dest", str(folder / python)]
        run(sys.executable, "-m", "pip", "download", *options, *names, *target, "-r", str(BUNDLED))
    packages: dict[str, dict[str, Path]] = {}
    for wheel in sorted(folder.glob("*/*.whl")):
        packages.setdefault(wheel.name.split("-")[0], {})[wheel.name] = wheel
    (folder / "merged").mkdir()
    return [merge_wheels(sorted(found.values()), folder / "merged") for found in packages.values()]


def build(source: Path, platform: str, packages: list[Path], destination: Path) -> Path:
    """The zip of an extension's folder with wheels. Raises CalledProcessError when Blender's tool refuses."""
    with tempfile.TemporaryDirectory() as folder:
        staged = Path(folder) / "pastiche"
        shutil.copytree(source, staged)
        (staged / "wheels").mkdir()
        for wheel in packages:
            shutil.copy(wheel, staged / "wheels")
        manifest = staged / "blender_manifest.toml"
        text = manifest.read_text("utf-8")
        manifest.write_text(with_wheels(text, platform, [wheel.name for wheel in packages]), "utf-8")
        version = re.search(r'^version = "(.+)"', text, re.MULTILINE).group(1)
        result = destination / f"pastiche-{version}-{platform.replace('-', '_')}.zip"
        extension_tool("build", "--source-dir", str(staged), "--output-filepath", str(result))
    extension_tool("validate", str(result))
    return result


def with_wheels(manifest: str, platform: str, names: list[str]) -> str:
    """A manifest that names its platform and its wheels; both belong before the first table."""
    lines = "".join(f'  "./wheels/{name}",\n' for name in names)
    head, table, rest = manifest.partition("\n[")
    return f'{head}platforms = ["{platform}"]\nwheels = [\n{lines}]\n{table}{rest}'


def unpacked_extension(folder: Path) -> Path:
    """The extension as the checkout has it, without what the manifest excludes."""
    extension_tool("validate", f"--valid-tags={valid_tags()}", str(ROOT))
    extension_tool("build", "--source-dir", str(ROOT), "--output-filepath", str(folder / "plain.zip"))
    with zipfile.ZipFile(folder / "plain.zip") as plain:
        plain.extractall(folder / "plain")
    return folder / "plain"


def extension_tool(*arguments: str) -> None:
    """Run Blender's blender_ext.py. Raises CalledProcessError."""
    run(sys.executable, str(tool_path()), *arguments)


def tool_path() -> Path:
    """Blender's blender_ext.py, found without importing bpy."""
    spec = find_spec("bpy")
    if spec is None or spec.origin is None:
        raise SystemExit("No bpy module in this environment. Run make zip.")
    return next(Path(spec.origin).parent.glob("*/scripts/addons_core/bl_pkg/cli/blender_ext.py"))


def valid_tags() -> Path:
    """Blender's list of the tags that an extension may have."""
    return tool_path().parents[3] / "modules" / "_bpy_internal" / "extensions" / "tags.py"


def run(*command: str) -> None:
    """Run a program. Raises CalledProcessError with what it said."""
    subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Build the release zips into dist/.")
    parser.add_argument("platforms", nargs="*", metavar="PLATFORM", help=f"of {', '.join(PLATFORMS)} (all)")
    chosen = parser.parse_args().platforms or list(PLATFORMS)
    if unknown := set(chosen) - set(PLATFORMS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    sys.exit(main(chosen))
