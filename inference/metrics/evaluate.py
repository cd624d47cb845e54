# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two clips, or two folders of clips of the same names: every measure, per frame and in the mean.

Frames are read one at a time, so memory does not grow with length. Not for: how a measure works (the other modules).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...bridge.errors import InputError, RuntimeMissingError
from ..faces.backends import make_backend
from ..media.footage import FILM_SUFFIXES, Footage
from ..media.pictures import SUFFIXES
from .faces import Describe, FaceMeasures
from .frechet import Gaussian, frechet_distance
from .likeness import likeness, mean_of

GRAY = 128  # what transparent places are shown over
LIBRARIES = ("scikit-image", "scipy", "numpy", "torch")

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Choices:
    """size: pixels of the side that both clips are brought to first, 0 leaves them.   faces: measure those as well.

    backend: what finds faces.   identity: weights of the identity network, "" leaves it out.   inception: weights of
    FID's network, "" lets a stand-in without weights take its place.
    """

    size: int = 0
    faces: bool = True
    backend: str = "mediapipe"
    identity: str = ""
    inception: str = ""


def evaluate(made: Path, real: Path, choices: Choices, on_progress: Progress = lambda done, total: None) -> dict:
    """The result as plain data: `mean`, `clips` (each with its mean and, per measure, its frames' values), `notes`.

    on_progress: (frames done, of how many); may raise to stop. Raises InputError.
    """
    pairs = clip_pairs(made, real)
    notes: list[str] = []
    describe = _identity(choices.identity) if choices.identity else None
    features = _features(choices.inception, notes)
    sets = Gaussian(), Gaussian()
    total, done = sum(Footage.open(pair[1]).frame_count or 0 for pair in pairs), 0
    clips = []
    for pair in pairs:
        faces = FaceMeasures(make_backend(choices.backend), describe) if choices.faces else None
        values: dict[str, list[float | None]] = {}
        count = 0
        for pictures in _frames(pair, choices.size, notes):
            row = likeness(*pictures) | (faces.add(*pictures) if faces else {})
            for name, value in row.items():
                values.setdefault(name, []).append(value)
            if features:
                for gaussian, picture in zip(sets, pictures, strict=True):
                    gaussian.add(features(picture))
            count, size = count + 1, pictures[1].shape[1::-1]
            on_progress(done + count, max(total, done + count))
        done += count
        values |= faces.jitter() if faces else {}
        mean = {name: mean_of(row) for name, row in values.items()}
        paths = {"a": str(pair[0]), "b": str(pair[1])}
        clips.append({**paths, "count": count, "size": list(size), "mean": mean, "values": values})
    return {
        "mean": _means(clips) | ({features.key: frechet_distance(*sets)} if features else {}),
        "clips": clips,
        "notes": list(dict.fromkeys(notes)),
        "libraries": {name: version for name in LIBRARIES if (version := _version(name))},
    }


def clip_pairs(made: Path, real: Path) -> list[tuple[Path, Path]]:
    """What is compared with what: the two clips, or the clips of the same name in two folders. Raises InputError.

    A job's folder stands for its frames.
    """
    for path in (made, real):
        if not path.exists():
            raise InputError(f"There is nothing at {path}.", "Check the path.")
    made, real = (path / "frames" if (path / "request.json").is_file() else path for path in (made, real))
    if _is_clip(made) and _is_clip(real):
        return [(made, real)]
    if _is_clip(made) or _is_clip(real):
        one, many = (made, real) if _is_clip(made) else (real, made)
        raise InputError(f"{one} is a clip, and {many} is a folder of clips.", "Give two of the same kind.")
    first, second = _clips_of(made), _clips_of(real)
    common = sorted(set(first) & set(second))
    if not common:
        raise InputError(f"{made} and {real} have no clips of the same name.", "Name the clips of both folders alike.")
    if len(common) < max(len(first), len(second)):
        alone = sorted(set(first) ^ set(second))
        raise InputError(f"Only one of the folders holds: {', '.join(alone[:5])}.", "Complete the other, or move them.")
    return [(first[name], second[name]) for name in common]


def _frames(pair: tuple[Path, Path], size: int, notes: list[str]) -> Iterator[tuple[NDArray, NDArray]]:
    """Both clips' pictures, (H, W, 3) uint8 each, as long as both last."""
    sources = [_pictures(path, size) for path in pair]
    count = 0
    while True:
        made, real = (next(source, None) for source in sources)
        if made is None or real is None:
            break
        if made.shape != real.shape:
            (height, width), (other_height, other_width) = made.shape[:2], real.shape[:2]
            what = f"The pictures differ in size: {width} x {height} and {other_width} x {other_height}."
            raise InputError(what, "Give a size that both are brought to, such as --size 256.")
        count += 1
        yield made, real
    if not count:
        raise InputError(f"{pair[0] if made is None else pair[1]} has no pictures.", "Choose another clip.")
    if made is not None or real is not None:
        longer = pair[0] if made is not None else pair[1]
        notes.append(f"{longer.name} has more pictures than the other clip: the first {count} are compared.")


def _pictures(path: Path, size: int) -> Iterator[NDArray[np.uint8]]:
    for _, image in Footage.open(path).frames():
        if image.shape[2] == 4:
            alpha = image[..., 3:].astype(np.float32) / 255
            image = np.rint(image[..., :3] * alpha + GRAY * (1 - alpha)).astype(np.uint8)
        if size and image.shape[:2] != (size, size):
            from ..training.frames import as_network_sees, to_bytes

            image = to_bytes(as_network_sees(image, size))
        yield np.ascontiguousarray(image)


def _means(clips: list[dict[str, Any]]) -> dict[str, float | None]:
    """Over all frames of all clips, and what follows from them."""
    names = dict.fromkeys(name for clip in clips for name in clip["values"])
    return {name: mean_of([value for clip in clips for value in clip["values"].get(name, [])]) for name in names}


def _identity(path: str) -> Describe:
    try:
        from .features import Identity
    except ModuleNotFoundError as error:
        what = f"Identity needs the Python package {error.name}."
        raise RuntimeMissingError(what, "Leave --identity out, or install it.") from error
    return Identity(path)


def _features(path: str, notes: list[str]) -> Any:
    """The features whose sets are compared; None without torch."""
    try:
        from .features import InceptionFeatures, ScatteringFeatures
    except ModuleNotFoundError as error:
        if path:
            what = f"FID needs the Python package {error.name}."
            raise RuntimeMissingError(what, "Leave --inception out, or install it.") from error
        notes.append(f"Frechet distances are left out: they need the Python package {error.name}.")
        return None
    if path:
        return InceptionFeatures(path)
    notes.append("No weights of FID's Inception are given: frechet_scattering, which needs none, is no FID.")
    return ScatteringFeatures()


def _is_clip(path: Path) -> bool:
    return path.is_file() or any(entry.suffix.lower() in SUFFIXES for entry in path.iterdir())


def _clips_of(folder: Path) -> dict[str, Path]:
    """Name without suffix -> clip."""
    found = {}
    for entry in sorted(folder.iterdir()):
        if entry.is_dir() and _is_clip(entry):
            found[entry.name] = entry
        elif entry.suffix.lower() in FILM_SUFFIXES:
            found[entry.stem] = entry
    return found


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""
