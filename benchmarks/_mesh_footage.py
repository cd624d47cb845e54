# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cards and clips for the measurements of the mesh engine, and a tracker that looks at what it drew."""

import argparse
import sys
from pathlib import Path
from types import ModuleType

import cv2
import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
package = ModuleType("pastiche")
package.__path__ = [str(ROOT)]
sys.modules.setdefault("pastiche", package)

from pastiche.bridge.requests import CaptureRequest  # noqa: E402
from pastiche.inference.engines.mesh import MeshEngine  # noqa: E402
from pastiche.inference.faces.face_mesh import FaceMesh  # noqa: E402
from pastiche.inference.faces.region import region_of_landmarks  # noqa: E402
from pastiche.inference.media.footage import Footage  # noqa: E402
from pastiche.inference.media.pictures import read_picture  # noqa: E402
from pastiche.inference.motion.capture import capture  # noqa: E402
from pastiche.inference.motion.take import Motion, MotionFrame  # noqa: E402
from pastiche.inference.portrait import Portrait, make_portrait  # noqa: E402

__all__ = ["Motion", "MotionFrame", "Portrait"]
FOOTAGE = ROOT.parent / "shared" / "footage"
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}
_LEAST_PRESENCE = 0.5


def parser(description: str) -> argparse.ArgumentParser:
    """The options that all measurements of the engine share."""
    result = argparse.ArgumentParser(description=description)
    result.add_argument("--cards", type=Path, default=FOOTAGE / "art", help="folder of pictures with a face")
    result.add_argument("--clips", type=Path, default=FOOTAGE / "driving", help="folder of films with a face")
    result.add_argument("--only-cards", nargs="*", default=[], help="names of files, without suffix")
    result.add_argument("--only-clips", nargs="*", default=[])
    return result


def chosen(folder: Path, names: list[str], suffixes: set[str]) -> list[Path]:
    """The files to use; tells why when there are none."""
    files = sorted(path for path in folder.glob("*") if path.suffix.lower() in suffixes) if folder.is_dir() else []
    files = [path for path in files if not names or path.stem in names]
    if not files:
        print(f"Skipped: {folder} holds none of the files to measure with.")
    return files


def scaled(image: NDArray, size: int) -> NDArray:
    """The picture with its longer side so long."""
    scale = size / max(image.shape[:2])
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return cv2.resize(image, None, fx=scale, fy=scale, interpolation=method)


def read_card(path: Path, size: int) -> Portrait:
    """A portrait with its longer side so long."""
    return make_portrait(scaled(read_picture(path), size), path.name)


def capture_clip(path: Path, folder: Path, seconds: float, smoothing: str = "LOW") -> Motion:
    """The motion of the first seconds of a clip, with its take."""
    target = folder / f"{path.stem}_{smoothing}.motion"
    if not target.exists():
        footage = Footage.open(path)
        end = min(seconds, float(footage.duration)) if footage.duration else seconds
        capture(footage, CaptureRequest(str(folder), str(path), str(target), end=end, smoothing=smoothing))
    return Motion.open(target)


def engine_for(portrait: Portrait, **settings: object) -> MeshEngine:
    """The engine with a source."""
    engine = MeshEngine(settings)
    engine.set_source(portrait)
    return engine


class Tracker:
    """Looks at a drawn face again, starting from where it should be."""

    def __init__(self) -> None:
        self._mesh = FaceMesh()

    def look(self, image: NDArray, near: NDArray) -> NDArray | None:
        """Landmarks (478, 3) in an image (H, W, 4) uint8; near: (478, 3), about where. None: no face is seen there."""
        rgb = np.ascontiguousarray(image[..., :3])
        landmarks, presence = near, 0.0
        for _ in range(3):
            landmarks, presence = self._mesh.fit(rgb, region_of_landmarks(landmarks))
        return landmarks.astype(np.float64) if presence >= _LEAST_PRESENCE else None
