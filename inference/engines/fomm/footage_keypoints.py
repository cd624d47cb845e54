# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a take to its keypoints: read if they are kept, else found in the take's own footage and kept.

A take knows where the head was in every picture, so the face is not searched for again. Not for: how keypoints are
found (driving.py).
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ....bridge.errors import InputError, StorageError
from ....bridge.motion_file import open_motion_file
from ...batches import Batches
from ...faces.face_frame import Pose
from ...jobs.input_hash import hash_input
from ...media.footage import Footage
from ...motion.captured_file import neutral_pose_of
from ...motion.head import NAMES, head_poses
from ...motion.take import Take
from .driving import Driving, find_keypoints, read_driving, write_driving
from .face_crop import head_squares
from .networks import Networks

_REMEDY = "Capture the footage again."


def keypoints_of_take(
    take: Take,
    networks: Networks,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
    batches: Batches | None = None,
) -> Driving:
    """The keypoints of every footage frame of a take, by this model's detector.

    on_progress: (pictures done, of how many); may raise, which stops the search and leaves nothing behind.
    Raises InputError when the footage is gone or has changed since it was captured.
    """
    with open_motion_file(take.path) as file:
        metadata = file.metadata
    kept, identity = take.path.with_suffix(".fomm"), _identity(take, metadata)
    driving = read_driving(kept, networks.sha256, identity)
    if driving is None or len(driving) != len(take):
        squares = head_squares(poses_of_take(take, metadata), np.array(take.times))
        pictures = _pictures(take, metadata)
        driving = find_keypoints(pictures, squares, networks, lambda done: on_progress(done, len(take)), batches)
        try:
            write_driving(kept, driving, networks.sha256, identity)
        except StorageError:
            pass  # a read-only folder: they are found again next time
    return driving


def poses_of_take(take: Take, metadata: Mapping[str, str]) -> Pose:
    """The head's poses in the footage's pixels. metadata: of the motion file that holds the take. Raises InputError."""
    try:
        columns = [take.channel_names.index(name) for name in NAMES]
        return head_poses(take.rows[:, columns], neutral_pose_of(metadata), float(metadata["eye_distance_px"]))
    except (KeyError, ValueError, TypeError) as error:
        raise InputError(f"{take.path} does not say where the head was ({error}).", _REMEDY) from error


def _identity(take: Take, metadata: Mapping[str, str]) -> str:
    digest = hashlib.sha256(json.dumps(sorted(metadata.items())).encode())
    for array in (take.times, take.rows):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def _pictures(take: Take, metadata: Mapping[str, str]) -> Iterator[NDArray[np.uint8]]:
    path, sha256 = metadata.get("footage", ""), metadata.get("footage_sha256", "")
    if not path or not Path(path).exists():
        raise InputError(f"The footage of {take.path} is not where it was: {path or 'unknown'}.", "Put it back there.")
    if sha256 and hash_input(path) != sha256:
        raise InputError(f"{path} is not the footage that {take.path} was captured from any more.", _REMEDY)
    is_mirrored = json.loads(metadata.get("settings", "{}")).get("mirror") is True
    first, last = float(take.times[0]), float(take.times[-1])
    for _, image in Footage.open(path).frames(first, np.nextafter(last, np.inf) + 1e-3):
        yield image[:, ::-1] if is_mirrored else image
