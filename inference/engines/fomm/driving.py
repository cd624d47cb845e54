# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keypoints of footage: found once with a model's detector, for every card, and kept beside the motion file.

`clip.motion` gets a `clip.fomm`, in the same layout: `value` (N, K, 2) and `jacobian` (N, K, 2, 2) float32 (none for
models without), one row per footage frame of the take; metadata `pastiche` = "fomm", `detector` = the SHA-256 of the
checkpoint, `take` = that of the take. A file of another model or take is made anew.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from ....bridge.errors import InputError
from ....bridge.motion_file import open_motion_file, write_motion_file
from ....vendor.fomm.keypoint_detector import Keypoints
from ...batches import Batches
from ...faces.region import Region
from .networks import Networks

logger = logging.getLogger(__name__)
BATCH = 8
SIZE = 256  # pixels of the side that the model was trained on


@dataclass(frozen=True)
class Driving:
    """Keypoints of N footage frames. value: (N, K, 2).   jacobian: (N, K, 2, 2) or None. Coordinates of the square."""

    value: NDArray[np.float32]
    jacobian: NDArray[np.float32] | None

    def __len__(self) -> int:
        return len(self.value)

    def at(self, frames: Sequence[float], device: torch.device) -> Keypoints:
        """The keypoints at footage frames, from 0, held beyond the ends, or between two."""
        places = np.clip(np.nan_to_num(np.asarray(frames, np.float64)), 0, len(self) - 1)
        rows = places.astype(int)
        after, weights = np.minimum(rows + 1, len(self) - 1), (places - rows).astype(np.float32)
        parts = []
        for part in (self.value, self.jacobian):
            if part is not None:
                weight = weights.reshape(-1, *(1,) * (part.ndim - 1))
                parts.append(torch.from_numpy(part[rows] * (1 - weight) + part[after] * weight).to(device))
        return Keypoints(*parts)


def find_keypoints(
    pictures: Iterator[NDArray[np.uint8]],
    squares: list[Region],
    networks: Networks,
    on_progress: Callable[[int], None] = lambda done: None,
    batches: Batches | None = None,
) -> Driving:
    """pictures: (H, W, 3 or 4) uint8 RGB, one per square, read a batch at a time.   on_progress: may raise to stop."""
    found: list[Keypoints] = []
    pairs = zip(pictures, squares, strict=False)  # a last picture without a square is of no interest
    crops = (square.cut(np.ascontiguousarray(image[..., :3]), SIZE) for image, square in pairs)
    batches, done = batches or Batches(BATCH, logger.warning), 0
    with ThreadPoolExecutor(1, thread_name_prefix="footage") as reader:  # a batch is decoded while one is looked at

        def following() -> Future[list[NDArray[np.uint8]]]:
            return reader.submit(lambda size: list(islice(crops, size)), batches.size)

        coming = following()
        while pieces := coming.result():
            coming = following()
            pixels = np.stack(pieces)
            found += batches.each(len(pieces), lambda part, pixels=pixels: _detect(networks, pixels[part]))
            done += len(pieces)
            on_progress(done)
    if done < len(squares):
        raise InputError(f"The footage ends after {done} of {len(squares)} pictures.", "Capture the footage again.")
    value = torch.cat([keypoints.value for keypoints in found]).cpu().numpy()
    if found[0].jacobian is None:
        return Driving(value, None)
    return Driving(value, torch.cat([keypoints.jacobian for keypoints in found]).cpu().numpy())


@torch.inference_mode()
def _detect(networks: Networks, pixels: NDArray[np.uint8]) -> Keypoints:
    images = torch.from_numpy(pixels).to(networks.device).permute(0, 3, 1, 2).float() / 255
    return networks.detector(images)


def read_driving(path: Path, detector: str, take: str) -> Driving | None:
    """The keypoints in a file, if it is there, sound, and of this detector and take (SHA-256 each)."""
    if not path.is_file():
        return None
    try:
        with open_motion_file(path) as file:
            expected = {"pastiche": "fomm", "detector": detector, "take": take}
            if any(file.metadata.get(key) != value for key, value in expected.items()):
                return None
            arrays = {
                name: np.frombuffer(file.read(name), tensor.code).reshape(tensor.shape)
                for name, tensor in file.tensors.items()
            }
    except InputError as error:
        logger.warning("%s", error)
        return None
    value, jacobian = arrays.get("value"), arrays.get("jacobian")
    is_sound = value is not None and value.ndim == 3 and len(value) and np.isfinite(value).all()
    if jacobian is not None:
        is_sound = is_sound and jacobian.shape == (*value.shape, 2) and np.isfinite(jacobian).all()
    return Driving(value, jacobian) if is_sound else None


def write_driving(path: Path, driving: Driving, detector: str, take: str) -> None:
    """Keep keypoints. Raises StorageError."""
    arrays = {"value": driving.value} | ({} if driving.jacobian is None else {"jacobian": driving.jacobian})
    tensors = {name: ("F32", array.shape, np.ascontiguousarray(array)) for name, array in arrays.items()}
    write_motion_file(path, {"pastiche": "fomm", "detector": detector, "take": take}, tensors)
