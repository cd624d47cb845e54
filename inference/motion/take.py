# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an engine plays: the frames of a motion file, and the take of the footage behind them.

Channels are small and held in memory; the take (a shape and textures per footage frame) stays on disk and is mapped.
Not for: making motion files (capture.py), what a channel does to a face (expression.py).
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ...bridge.channels import REST
from ...bridge.errors import InputError
from ...bridge.motion_file import open_motion_file
from ..faces import topology
from ..media.frame_rate import parse_frame_rate
from .face_texture import FaceTexture, decode_texture

VERSION = "1"
_LEAST_SHARE = 0.1  # of a footage frame's textures in a blend of two
_REMEDY = "Capture the footage again, or choose another motion file."


@dataclass(frozen=True)
class MotionFrame:
    """One frame to render: every channel's value, known ones at rest where the motion has none, and the take or None.

    found: 1 the face was seen, 2 interpolated over a short gap, 3 held over a long one.
    """

    number: int
    channels: dict[str, float]
    take: "Take | None"
    found: int = 1


class Take:
    """A capture's footage, frame by frame; `f` is a footage frame, from 0, held beyond the ends, or between two."""

    def __init__(self, tensors: dict[str, NDArray], channel_names: tuple[str, ...], path: Path) -> None:
        self.path = path  # of the motion file that holds it
        self.channel_names = channel_names
        self.neutral: NDArray[np.float32] = np.array(tensors["take_neutral"])  # (478, 3), face frame, centimeters
        self.times: NDArray[np.float64] = tensors["take_time"]  # (N,) seconds
        self.found: NDArray[np.uint8] = tensors["take_found"]  # (N,)
        self.shapes: NDArray[np.float32] = tensors["take_shape"]  # (N, 478, 3), mapped from disk
        self.rows: NDArray[np.float32] = tensors["take_channels"]  # (N, C)
        self._texture_offsets = tensors.get("take_texture_offsets")
        self._texture_bytes = tensors.get("take_texture")

    def __len__(self) -> int:
        return len(self.times)

    @property
    def has_textures(self) -> bool:
        """Whether the capture kept mouth and wrinkle textures."""
        return self._texture_offsets is not None and len(self._texture_offsets) == len(self) + 1

    def shape(self, f: float) -> NDArray[np.float32]:
        """The actor's shape (478, 3), face frame, centimeters."""
        return self._between(self.shapes, f)

    def channels(self, f: float) -> dict[str, float]:
        """The channels of the footage frame, as captured."""
        return dict(zip(self.channel_names, self._between(self.rows, f).tolist(), strict=True))

    def texture(self, f: float) -> FaceTexture | None:
        """The face textures, or None when the capture kept none. Raises InputError when they are damaged."""
        if not self.has_textures:
            return None
        row, next_row, weight = self._rows(f)
        near = [(i, share) for i, share in ((row, 1 - weight), (next_row, weight)) if share > _LEAST_SHARE]
        textures = [decode_texture(self.texture_jpeg(i)) for i, _ in near]
        if len(textures) == 1:
            return textures[0]
        return FaceTexture(*(cv2.addWeighted(a, near[0][1], b, near[1][1], 0) for a, b in zip(*textures, strict=True)))

    def texture_jpeg(self, f: float) -> bytes:
        """The JPEG of the face textures of the nearest footage frame; empty when there are none."""
        if not self.has_textures:
            return b""
        row = int(np.clip(round(f), 0, len(self) - 1))
        first, last = (int(offset) for offset in self._texture_offsets[row : row + 2])
        if not 0 <= first <= last <= len(self._texture_bytes):
            raise InputError(f"The take's texture of footage frame {row} lies outside the file.", _REMEDY)
        return self._texture_bytes[first:last].tobytes()

    def texture_pieces(self) -> tuple[NDArray[np.int64], Iterator[bytes]] | None:
        """Length (N,) and bytes of every frame's textures, or None: for writing them again."""
        if not self.has_textures:
            return None
        return np.diff(self._texture_offsets), map(self.texture_jpeg, range(len(self)))

    def fingerprint(self, f: float) -> bytes:
        """A hash of everything the take says at `f`: for knowing whether a rendered frame still holds."""
        row, next_row, weight = self._rows(f)
        digest = hashlib.sha256(np.float64(weight).tobytes() + self.neutral.tobytes())
        for i in (row, next_row) if weight else (row,):
            digest.update(self.shapes[i].tobytes() + self.rows[i].tobytes() + self.texture_jpeg(i))
        return digest.digest()

    def _rows(self, f: float) -> tuple[int, int, float]:
        f = float(np.clip(np.nan_to_num(f), 0, len(self) - 1))
        row = int(f)
        return row, min(row + 1, len(self) - 1), f - row

    def _between(self, rows: NDArray[np.float32], f: float) -> NDArray[np.float32]:
        row, next_row, weight = self._rows(f)
        between = rows[row] * np.float32(1 - weight) + rows[next_row] * np.float32(weight)
        if not np.isfinite(between).all():
            raise InputError(f"Footage frame {row} of the take is damaged.", _REMEDY)
        return np.asarray(between)


class Motion:
    """Frames `first`..`last` of channels at `fps`, by frame number; before and after, the first and last frame hold."""

    def __init__(
        self,
        fps: Fraction,
        first: int,
        channel_names: tuple[str, ...],
        channels: NDArray[np.float32],
        found: NDArray[np.uint8],
        take: Take | None,
        metadata: dict[str, str] | None = None,
    ) -> None:
        self.fps = fps
        self.first = first
        self.last = first + len(channels) - 1
        self.channel_names = channel_names
        self.channels = channels  # (T, C), row i is frame first + i
        self.found = found  # (T,)
        self.take = take
        self.metadata = metadata or {}

    @staticmethod
    def open(path: Path | str) -> "Motion":
        """Open a motion file; its take may lie in another one. Raises InputError when either is unsound."""
        path = Path(path)
        metadata, tensors = _map_tensors(path)
        try:
            names = _channel_names(metadata)
            channels = np.array(tensors["channels"], np.float32)
            found = np.array(tensors.get("found", np.ones(len(channels), np.uint8)))
            first = int(metadata.get("first_frame", "1"))
            fps = parse_frame_rate(metadata["fps"], f"frame rate of {path}")
        except (KeyError, ValueError, TypeError) as error:
            raise InputError(f"{path} is not a motion file of Pastiche: {error}.", _REMEDY) from error
        if channels.shape != (len(found), len(names)) or not len(channels):
            raise InputError(f"The channels of {path} do not fit their names.", _REMEDY)
        if not np.isfinite(channels).all():
            raise InputError(f"{path} has channels that are not numbers.", _REMEDY)
        return Motion(fps, first, names, channels, found, _open_take(path, metadata, tensors, names), metadata)

    def __len__(self) -> int:
        return len(self.channels)

    def frame(self, number: int) -> MotionFrame:
        """Frame `number`, held beyond the ends."""
        row = min(max(number - self.first, 0), len(self) - 1)
        values = dict(zip(self.channel_names, self.channels[row].tolist(), strict=True))
        return MotionFrame(number, {**REST, **values}, self.take, int(self.found[row]))


def _map_tensors(path: Path) -> tuple[dict[str, str], dict[str, NDArray]]:
    with open_motion_file(path) as file:
        arrays = {
            name: np.frombuffer(file.map(name) or b"", tensor.code).reshape(tensor.shape)
            for name, tensor in file.tensors.items()
        }
        return file.metadata, arrays


def _channel_names(metadata: dict[str, str]) -> tuple[str, ...]:
    if metadata.get("pastiche") != "motion":
        raise ValueError("it does not say so")
    if metadata.get("version") != VERSION:
        raise ValueError(f"it has version {metadata.get('version', '')[:20]!r}, this Pastiche reads {VERSION}")
    names = json.loads(metadata["channels"])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
        raise ValueError("its channels have no names")
    return tuple(names)


def _open_take(
    path: Path, metadata: dict[str, str], tensors: dict[str, NDArray], names: tuple[str, ...]
) -> Take | None:
    if metadata.get("take"):
        path = path.parent / metadata["take"]  # an absolute path stays absolute
        metadata, tensors = _map_tensors(path)
        try:
            names = _channel_names(metadata)
        except (KeyError, ValueError) as error:
            raise InputError(f"{path}, the take, is not a motion file of Pastiche: {error}.", _REMEDY) from error
    if "take_shape" not in tensors:
        return None
    count = len(tensors["take_shape"])
    shapes = {
        "take_time": (count,),
        "take_found": (count,),
        "take_shape": (count, topology.N_LANDMARKS, 3),
        "take_neutral": (topology.N_LANDMARKS, 3),
        "take_channels": (count, len(names)),
    }
    if not count or any(name not in tensors or tensors[name].shape != shape for name, shape in shapes.items()):
        raise InputError(f"The take in {path} is incomplete.", _REMEDY)
    return Take(tensors, names, path)
