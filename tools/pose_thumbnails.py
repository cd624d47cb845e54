# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Render the thumbnails of the poses that ship: each pose played by the mesh engine on the drawn face.

.venv/bin/python tools/pose_thumbnails.py
"""

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
SIDE = 144  # pixels of a thumbnail
FACE = (110, 115, 530, 535)  # of the drawn portrait: left, top, right, bottom


def main() -> None:
    """Write a PNG beside each pose."""
    package = ModuleType("pastiche")
    package.__path__ = [str(ROOT)]
    sys.modules["pastiche"] = package
    pose_file = import_module("pastiche.bridge.pose_file")
    engine = import_module("pastiche.inference.engines.engine").open_engine("mesh", {})
    engine.set_source(import_module("pastiche.tools.drawn_face").drawn_portrait())
    for path in sorted((ROOT / "poses").glob("*.pose")):
        render(engine, pose_file.read_pose(path), path.with_suffix(".png"))
        print(path.with_suffix(".png"))


def render(engine, pose, path: Path) -> None:
    """Write one thumbnail: of a pose that moves, the moment at which most is going on."""
    from PIL import Image

    rest = import_module("pastiche.bridge.channels").REST
    motion_frame = import_module("pastiche.inference.motion.take").MotionFrame
    key = max(pose.keys, key=lambda key: sum(abs(value) for value in key.channels.values()))
    image = Image.fromarray(engine.render(motion_frame(1, {**rest, **key.channels}, None)))
    image = image.convert("RGB").crop(FACE).resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    image.quantize(160, method=Image.Quantize.MEDIANCUT).save(path, optimize=True)


if __name__ == "__main__":
    main()
