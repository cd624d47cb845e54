# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo's own footage: a real photograph, played by the acted performance, filmed with its voice.

It exists so that the demo needs nothing but the project; footage of a person moves far more richly.
"""

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np

from ..bridge.channels import CHANNELS, REST
from ..bridge.motion_file import write_motion_file
from . import performance

ROOT = Path(__file__).resolve().parent.parent
FPS = Fraction(25)


def make_driving_clip(photograph: Path, folder: Path) -> Path:
    """Film `photograph` acting; returns the MP4. Files go into `folder`. Raises RuntimeError when the worker fails."""
    folder.mkdir(parents=True, exist_ok=True)
    motion, voice = folder / "performance.motion", folder / "voice.wav"
    _write_motion(motion)
    performance.write_voice(voice)
    command = [sys.executable, str(ROOT / "inference"), "drive", "--source", str(photograph), "--motion", str(motion)]
    command += ["--out", str(folder / "clip"), "--format", "mp4", "--audio", str(voice), "--json"]
    finished = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    if finished.returncode:
        raise RuntimeError(finished.stderr.strip() or finished.stdout.strip())
    return Path(json.loads(finished.stdout.splitlines()[-1])["movie"])


def _write_motion(path: Path) -> None:
    names = list(CHANNELS)
    time = np.arange(round(performance.SECONDS * FPS)) / float(FPS)
    channels = performance.channels_at(time, names, REST)
    metadata = {"pastiche": "motion", "version": "1", "fps": str(FPS), "first_frame": "1"}
    metadata["channels"] = json.dumps(names)
    write_motion_file(path, metadata, {"channels": ("F32", channels.shape, channels.tobytes())})
