# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pin and hash what artists get, by uv: `make lock`, after a version in a requirements file has changed.

requirements/bundled.txt: the wheels of the release zips.   inference/locked/packages.txt, torch.txt: the environment of
the neural engines; torch and what it brings for graphics cards apart, because that differs by device.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST = "3.11"
UV = "uv==0.13.8"
NUMPY = "numpy>=2.2,<2.4"  # the neural environment is nobody else's: it need not have Blender's
OF_TORCH = re.compile(r"(torch|triton|nvidia-|cuda-)")
HEAD = "# Made by tools/lock_requirements.py.\n"


def main() -> None:
    """Write the three files."""
    base = [pin for pin in pins(ROOT / "inference" / "requirements.txt") if not pin.startswith("numpy")]
    (ROOT / "requirements" / "bundled.txt").write_text(HEAD + "".join(locked([*base, UV], "--no-deps")))
    neural = locked([*base, NUMPY, *pins(ROOT / "requirements" / "neural.txt")])
    folder = ROOT / "inference" / "locked"
    folder.mkdir(exist_ok=True)
    (folder / "packages.txt").write_text(HEAD + "".join(entry for entry in neural if not OF_TORCH.match(entry)))
    (folder / "torch.txt").write_text(HEAD + "".join(entry for entry in neural if OF_TORCH.match(entry)))


def pins(file: Path) -> list[str]:
    """The lines of a requirements file, without comments."""
    lines = (line.partition("#")[0].strip() for line in file.read_text("utf-8").splitlines())
    return [line for line in lines if line]


def locked(requirements: list[str], *options: str) -> list[str]:
    """Entries of a requirements file, with every hash, for every platform and Python."""
    command = [sys.executable, "-m", "uv", "pip", "compile", "-", "--no-config", "--quiet", "--universal"]
    command += ["--generate-hashes", "--python-version", OLDEST, "--no-annotate", "--no-header", *options]
    done = subprocess.run(command, input="\n".join(requirements), stdout=subprocess.PIPE, text=True, check=True)
    return re.findall(r"^\S.*\n(?:\s.*\n)*", done.stdout, re.MULTILINE)


if __name__ == "__main__":
    main()
