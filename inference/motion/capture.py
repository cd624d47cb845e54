# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Capture: footage -> motion file. And another neutral frame for a motion file, without its footage.

The pictures are seen once; what they give lies on disk beside the motion file until that is whole, so memory is
constant in the length of the footage. Not for: jobs and their folders (jobs/capture.py).
"""

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...bridge.errors import InputError
from ...bridge.requests import CaptureRequest
from ...bridge.whole_file import storage_error
from ..faces.backends import make_backend
from ..faces.face_frame import Pose
from ..media.footage import Footage
from ..media.frame_rate import format_frame_rate, parse_frame_rate
from .captured_file import neutral_pose_of, write_captured
from .channel_rows import REGIONS, channel_rows, take_rows
from .face_motion import PIECE, FaceMotion, read_face_motion, smooth_pieces, store_pieces
from .head import NAMES, head_poses
from .lost_frames import HELD, INTERPOLATED, SEEN
from .resample import frame_count, frame_times, nearest_rows
from .smoothing import SECONDS
from .take import Motion, Take
from .tracked_footage import TrackedFootage, track_footage


def capture(
    footage: Footage,
    request: CaptureRequest,
    sha256: str = "",
    on_progress: Callable[[int, int], None] = lambda done, total: None,
    on_status: Callable[[str], None] = lambda text: None,
) -> dict:
    """Follow a face through footage and write the motion file `request.motion`.

    footage: that of `request.footage`, which is only noted in the file, as is its sha256.
    on_progress: (pictures done, of how many or 0); may raise, which stops the capture and leaves nothing behind.
    on_status: a phrase of what happens now.
    Returns a summary, plain data. Raises InputError, FaceNotFoundError, StorageError, RuntimeMissingError.
    """
    fps = _check(request, footage)
    with _scratch_folder(Path(request.motion)) as folder:
        return _capture(footage, request, fps, sha256, folder, on_progress, on_status)


def _capture(
    footage: Footage,
    request: CaptureRequest,
    fps: Fraction,
    sha256: str,
    folder: Path,
    on_progress: Callable[[int, int], None],
    on_status: Callable[[str], None],
) -> dict:
    on_status("Following the face")
    total = _picture_count(footage, request)
    tracked = track_footage(
        footage.frames(request.start, request.end or None),
        footage.path.name,
        folder,
        request.face,
        request.mirror,
        request.detail,
        make_backend(request.backend),
        lambda done: on_progress(done, max(done, total) if total else 0),
    )
    with tracked:
        on_status("Reading the expression")
        pieces = smooth_pieces(tracked.landmarks, tracked.times, request.smoothing)
        shapes = store_pieces(pieces, folder / "smoothed")  # landmarks yet
        neutral_time = request.neutral if request.neutral >= 0 else None
        motion = read_face_motion(shapes, tracked.times, tracked.is_seen, neutral_time)
        on_status("Writing the motion")
        notes = {"mirror": request.mirror, "face": request.face, "backend": request.backend, "gains": request.gains}
        metadata = {
            "footage": request.footage,
            "footage_sha256": sha256,
            "smoothing": request.smoothing,
            "settings": json.dumps(notes),
        }
        last_seconds = 1 / float(footage.fps)
        if not request.end:
            last_seconds = max(last_seconds, footage.duration - float(tracked.times[-1]))
        return _write(request, fps, last_seconds, motion, tracked, shapes, metadata)


def _write(
    request: CaptureRequest,
    fps: Fraction,
    last_seconds: float,
    motion: FaceMotion,
    tracked: TrackedFootage,
    shapes: NDArray[np.float32],
    metadata: dict[str, str],
) -> dict:
    times, found = tracked.times, tracked.found
    count = frame_count(float(times[-1] - times[0]) + last_seconds, fps)
    moments = frame_times(count, fps, float(times[0]))
    take = {"take_time": times, "take_found": found, "take_shape": shapes, "take_channels": take_rows(motion)}
    write_captured(
        Path(request.motion),
        metadata,
        fps,
        channel_rows(request, motion, times, moments),
        nearest_rows(found, times, moments),
        motion,
        take,
        tracked.textures and tracked.textures.of_frames(tracked.is_seen),
    )
    return {
        "motion": request.motion,
        "frames": count,
        "fps": format_frame_rate(fps),
        "footage_frames": len(times),
        "faces": {str(face): seen for face, seen in tracked.faces.items()},
        "seen": int((found == SEEN).sum()),
        "interpolated": int((found == INTERPOLATED).sum()),
        "held": int((found == HELD).sum()),
        "neutral_frame": motion.neutral_frame,
        "neutral_seconds": float(times[motion.neutral_frame]),
        "bytes": Path(request.motion).stat().st_size,
    }


def change_neutral(path: Path, seconds: float, target: Path) -> None:
    """Write the motion file at `path` to `target` (may be the same) with the neutral frame at `seconds` of its footage.

    The shapes and head poses in it say where every landmark was, so the footage is not needed. Rows are made anew from
    the take, without gains or locks. Raises InputError when the file has no take or was captured elsewhere.
    """
    old = Motion.open(path)
    take = old.take
    try:
        if take is None or old.metadata.get("take"):
            raise ValueError("it holds no take")
        neutral_pose = neutral_pose_of(old.metadata)
        eye_distance_px = float(old.metadata["eye_distance_px"])
        columns = [old.channel_names.index(name) for name in NAMES]
    except (KeyError, ValueError, TypeError) as error:
        raise InputError(f"The neutral frame of {path} cannot be changed: {error}.", "Capture the footage.") from error
    with _scratch_folder(target) as folder:
        landmarks = store_pieces(_image_pieces(take, columns, neutral_pose, eye_distance_px), folder / "landmarks")
        _write_again(old, take, landmarks, seconds, target)
        del landmarks  # or Windows keeps the folder


def _image_pieces(take: Take, columns: list[int], neutral: Pose, eye_distance_px: float) -> Iterator[NDArray]:
    for first in range(0, len(take), PIECE):
        rows = slice(first, first + PIECE)
        poses = head_poses(take.rows[rows][:, columns], neutral, eye_distance_px)
        yield poses.to_image(take.shapes[rows])


def _write_again(old: Motion, take: Take, landmarks: NDArray[np.float32], seconds: float, target: Path) -> None:
    motion = read_face_motion(landmarks, take.times, take.found == SEEN, seconds)
    moments = frame_times(len(old), old.fps, float(take.times[0]))
    rows = channel_rows(CaptureRequest("", "", ""), motion, take.times, moments)
    tensors = {
        "take_time": np.array(take.times),
        "take_found": np.array(take.found),
        "take_shape": landmarks,
        "take_channels": take_rows(motion),
    }
    write_captured(target, old.metadata, old.fps, rows, old.found, motion, tensors, take.texture_pieces())


def _check(request: CaptureRequest, footage: Footage) -> Fraction:
    if request.smoothing not in SECONDS:
        raise InputError(f"There is no smoothing {request.smoothing[:40]!r}.", f"Choose one of {', '.join(SECONDS)}.")
    unknown = set(request.gains) - set(REGIONS)
    if unknown:
        raise InputError(f"There is no region {min(unknown)[:40]!r} to amplify.", f"Choose from {', '.join(REGIONS)}.")
    if not request.start >= 0 or (request.end and not request.end > request.start):
        raise InputError(f"The range {request.start} to {request.end} seconds is empty.", "Let it end after it starts.")
    return parse_frame_rate(request.fps) if request.fps else Fraction(footage.fps)


def _picture_count(footage: Footage, request: CaptureRequest) -> int:
    """About how many pictures there will be; 0 when unknown."""
    if not request.start and not request.end:
        return footage.frame_count
    seconds = min(request.end or footage.duration, footage.duration) - request.start
    return max(1, round(float(seconds) * float(footage.average_fps)))


@contextmanager
def _scratch_folder(target: Path) -> Iterator[Path]:
    """A folder beside the target, gone afterwards. Raises StorageError where it or its files cannot be written."""
    try:
        with tempfile.TemporaryDirectory(prefix=".capture-", dir=target.parent, ignore_cleanup_errors=True) as folder:
            yield Path(folder)
    except OSError as error:
        raise storage_error(target, error) from error
