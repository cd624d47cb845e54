# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Portraits, real or rendered, played by chance on the mesh engine: clips of which every landmark is known.

Data are folders of `heads` (their landmarks are exact), or of any pictures with a face. What was played is kept, so
that a training that goes on does not play it again. Not for: how networks learn.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ....bridge.channels import REST
from ....bridge.errors import FaceNotFoundError, InputError
from ....bridge.whole_file import whole_file
from ...engines.mesh.mesh_engine import MeshEngine
from ...faces import topology
from ...faces.face_frame import fit_pose
from ...faces.matte import Segmenter
from ...media.pictures import SUFFIXES, read_picture
from ...motion.take import MotionFrame
from ...portrait import Portrait, make_portrait, picture_sha256
from ..heads.anatomy import Anatomy
from ..heads.expressions import CHANNELS, channels_of
from ..heads.person import draw_expression


@dataclass(frozen=True)
class Puppet:
    """One portrait in several moments, the first at rest: frames (T, S, S, 3), landmarks (T, 478, 2), pixels."""

    frames: NDArray[np.uint8]
    landmarks: NDArray[np.float32]


class Puppets:
    """The portraits of folders (`A,B`)."""

    def __init__(self, data: str, side: int, portraits: int, moments: int) -> None:
        """portraits: at most so many, evenly from all there are. Raises InputError for a folder without pictures."""
        self._sources = list(_sources([Path(name) for name in data.split(",")]))
        if not self._sources:
            raise InputError(f"There are no pictures in {data}.", "Give folders of portraits, or of rendered heads.")
        chosen = np.random.default_rng(0).permutation(len(self._sources))[:portraits]
        self._sources = [self._sources[index] for index in sorted(chosen)]
        self._side, self._moments = side, moments
        self.puppets: list[Puppet] = []
        self.left_out = 0

    def prepare(self, folder: Path, on_progress: Callable[[int, int], None]) -> None:
        """Play every portrait, or take what was played before. Raises InputError when no face was found at all."""
        folder.mkdir(parents=True, exist_ok=True)
        units = Anatomy("cpu").units
        for index, (path, landmarks) in enumerate(self._sources):
            on_progress(index, len(self._sources))
            kept = folder / f"{index:05d}.npz"
            if not kept.exists():
                try:
                    played = self._play(path, landmarks, np.random.default_rng(index), units)
                except (FaceNotFoundError, InputError):
                    self.left_out += 1
                    continue
                with whole_file(kept) as file:
                    np.savez(file, **vars(played))
            with np.load(kept) as stored:
                self.puppets.append(Puppet(stored["frames"], stored["landmarks"]))
        if not self.puppets:
            raise InputError("No face was found in any of the pictures.", "Give portraits, or rendered heads.")

    def draw(self, dice: Generator) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """Two moments of a puppet, moved and colored alike: (2, S, S, 3), landmarks (2, 478, 2)."""
        puppet = self.puppets[dice.integers(len(self.puppets))]
        first, second = dice.choice(len(puppet.frames), 2, replace=False)
        return _alike(puppet.frames[[first, second]], puppet.landmarks[[first, second]], dice)

    def _play(self, path: Path, landmarks: NDArray | None, dice: Generator, units: tuple[str, ...]) -> Puppet:
        image = read_picture(path)
        portrait = make_portrait(image, path.name) if landmarks is None else _known_portrait(image, landmarks)
        engine = MeshEngine()
        engine.set_source(portrait)
        frames, marks = [], []
        for number in range(self._moments):
            moment = MotionFrame(number, _chance(dice, units) if number else dict(REST), None)
            picture = engine.render(moment)[..., :3]
            frames.append(cv2.resize(picture, (self._side, self._side), interpolation=cv2.INTER_AREA))
            scale = np.array((self._side / picture.shape[1], self._side / picture.shape[0]))
            marks.append((engine.landmarks(moment)[:, :2] * scale).astype(np.float32))
        return Puppet(np.stack(frames), np.stack(marks))


def _sources(folders: list[Path]) -> Iterator[tuple[Path, NDArray | None]]:
    """Every picture, with its landmarks where they are known."""
    for folder in folders:
        truths = sorted((folder / "truth").glob("*.npz"))
        for path in truths:
            with np.load(path) as truth:
                facts = dict(truth)
            for row, number in enumerate(facts["numbers"].tolist()):
                for name in facts:
                    picture = folder / name.removeprefix("landmarks_") / f"{number:06d}.png"
                    if name.startswith("landmarks_") and picture.exists():
                        yield picture, facts[name][row]
        if not truths:
            yield from ((path, None) for path in sorted(folder.glob("*")) if path.suffix.lower() in SUFFIXES)


def _known_portrait(image: NDArray, landmarks: NDArray) -> Portrait:
    matte = Segmenter().matte(np.ascontiguousarray(image[..., :3]))
    matte = cv2.resize(matte, image.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    pose = fit_pose(landmarks, topology.canonical_shape())
    return Portrait(image, landmarks.astype(np.float32), pose, matte, picture_sha256(image))


def _chance(dice: Generator, units: tuple[str, ...]) -> dict[str, float]:
    """Channels of a moment: a mood, eyes that wander, a head that turns."""
    face = channels_of(draw_expression(dice, units), dice.normal(0, (0.15, 0.08)), units)
    yaw, pitch, roll = dice.normal(0, (11, 7, 6))
    x, y = dice.normal(0, 0.12, 2)
    head = {"headYaw": yaw, "headPitch": pitch, "headRoll": roll, "headX": x, "headY": y}
    scale = {"headScale": float(np.exp(dice.normal(0, 0.05)))}
    return REST | {name: float(value) for name, value in zip(CHANNELS, face, strict=True)} | head | scale


def _alike(
    frames: NDArray[np.uint8], landmarks: NDArray[np.float32], dice: Generator
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Frames (T, S, S, 3) of one clip, all cut, turned and developed in one way."""
    side = frames.shape[1]
    middle = (side - 1) / 2
    change = cv2.getRotationMatrix2D((middle, middle), dice.normal(0, 6), float(dice.uniform(0.65, 1.15)))
    change[:, 2] += dice.normal(0, 0.04 * side, 2)
    if soft := max(0.0, dice.normal(-0.3, 0.9)):
        frames = np.stack([cv2.GaussianBlur(frame, (0, 0), soft) for frame in frames])
    frames = np.stack([cv2.warpAffine(f, change, (side, side), borderMode=cv2.BORDER_REFLECT_101) for f in frames])
    landmarks = (landmarks - 0.5) @ change[:, :2].T + change[:, 2] + 0.5
    gain = np.exp(dice.normal(0, 0.15) + dice.normal(0, 0.08, 3))
    curve = (np.arange(256) / 255) ** np.exp(dice.normal(0, 0.25))
    table = np.uint8(np.clip(255 * curve[:, None] * gain, 0, 255))
    return cv2.LUT(frames.reshape(-1, side, 3), table[:, None]).reshape(frames.shape), landmarks.astype(np.float32)
