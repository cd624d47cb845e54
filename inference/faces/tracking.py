# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faces through footage, frame after frame, each under an id that stays its own.

A face found once is followed by fitting its mesh where it was in the frame before; the detector only looks for new and
lost ones. Not for: filling the frames where a face is lost (motion/lost_frames.py), pictures (landmarks.py).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import topology
from .face_detector import overlap, whole_view
from .face_frame import fit_pose
from .landmarks import LARGEST_MISFIT, LEAST_PRESENCE, FaceBackend, MediaPipeBackend, misfit, picture_tiles
from .region import MARGIN, Region, region_of_landmarks

MAX_FACES = 6
DETECTION_INTERVAL = 15  # frames between looks for new faces while the known ones are followed
SEARCH_INTERVAL = 30  # frames between searches for small faces while nobody is followed
HEAD_CENTER = np.array((0.0, 1.0, -4.0))  # face frame, centimeters: the middle of the canonical face as seen
HEAD_SIDE = 18.0 * MARGIN  # the canonical face is 17.7 cm high
SETTLED = 0.06  # a fit whose face lies further than this (in region sides) from where it was looked for is done again


@dataclass
class _Track:
    id: int
    landmarks: NDArray[np.float32]
    is_lost: bool = False

    @property
    def region(self) -> Region:
        return region_of_landmarks(self.landmarks)


class FaceTracker:
    """Follows the faces of one clip. Ids count up from 0 in order of appearance, larger faces first within a frame."""

    def __init__(self, backend: FaceBackend | None = None) -> None:
        self._backend = backend or MediaPipeBackend()
        self._tracks: list[_Track] = []
        self._frame = -1
        self._last_detection = -DETECTION_INTERVAL
        self._last_search = -SEARCH_INTERVAL

    def follow(self, image: NDArray[np.uint8]) -> dict[int, NDArray[np.float32]]:
        """The faces seen in the next frame of the clip: id -> landmarks (478, 3) in image pixels.

        image: (H, W, 3) uint8 RGB.
        """
        self._frame += 1
        for track in self._tracks:
            if not track.is_lost:
                landmarks, presence = self._fit(image, region_of_head(track.landmarks))
                if presence >= LEAST_PRESENCE:
                    track.landmarks = landmarks
                else:
                    self._lose(track)
        self._drop_doubles()
        followed = sum(not track.is_lost for track in self._tracks)
        is_someone_missing = followed < len(self._tracks) or not self._tracks
        interval = 1 if is_someone_missing and not followed else DETECTION_INTERVAL
        if followed < MAX_FACES and self._frame - self._last_detection >= interval:
            self._last_detection = self._frame
            self._look_for_faces(image)
        return {track.id: track.landmarks for track in self._tracks if not track.is_lost}

    def _lose(self, track: _Track) -> None:
        track.is_lost = True
        self._last_detection = -DETECTION_INTERVAL  # look for it at once

    def _fit(self, image: NDArray[np.uint8], region: Region, most: int = 2) -> tuple[NDArray[np.float32], float]:
        """Fit, and fit again where the first answer lies, unless the face was where it was looked for."""
        for _ in range(most):
            landmarks, presence = self._backend.fit(image, region)
            found = region_of_head(landmarks)
            shift = np.hypot(found.center[0] - region.center[0], found.center[1] - region.center[1]) / region.side
            is_settled = shift < SETTLED and abs(found.side / region.side - 1) < 2 * SETTLED
            if is_settled or presence < LEAST_PRESENCE:
                break
            region = found
        return landmarks, presence

    def _look_for_faces(self, image: NDArray[np.uint8]) -> None:
        views = [whole_view(image)]
        if all(track.is_lost for track in self._tracks) and self._frame - self._last_search >= SEARCH_INTERVAL:
            self._last_search = self._frame
            views += picture_tiles(image, 2)
        found = []
        for detection in (each for view in views for each in self._backend.detect(image, view)):
            if any(overlap(detection.region, track.region) > 0.2 for track in self._tracks if not track.is_lost):
                continue
            landmarks, presence = self._fit(image, detection.region, most=4)
            if presence >= LEAST_PRESENCE and misfit(landmarks) < LARGEST_MISFIT:
                if all(overlap(region_of_landmarks(landmarks), region_of_landmarks(other)) < 0.2 for other in found):
                    found.append(landmarks)
        for landmarks in sorted(found, key=lambda each: -region_of_landmarks(each).side):
            self._welcome(landmarks)

    def _welcome(self, landmarks: NDArray[np.float32]) -> None:
        """Give a face that has just been found the id of the lost one it most likely is, or a new id."""
        region = region_of_landmarks(landmarks)
        lost = [track for track in self._tracks if track.is_lost]
        track = min(lost, key=lambda each: _distance(region, each.region), default=None)
        is_alone = len(self._tracks) == 1  # a clip of one person stays a clip of one person
        if track is not None and (is_alone or _distance(region, track.region) < 1.0):
            track.landmarks, track.is_lost = landmarks, False
        elif len(self._tracks) < MAX_FACES:
            self._tracks.append(_Track(len(self._tracks), landmarks))

    def _drop_doubles(self) -> None:
        """Two tracks that have slid onto one face: the older keeps it."""
        seen: list[_Track] = []
        for track in self._tracks:
            if track.is_lost:
                continue
            if any(overlap(track.region, other.region) > 0.5 for other in seen):
                self._lose(track)
            else:
                seen.append(track)


def region_of_head(landmarks: NDArray) -> Region:
    """Where to fit a face that was seen as `landmarks` (478, 3) the frame before: a square no expression moves.

    The network's answer drifts by 1 to 2 % of the eye distance with the size and place of its square, so a square that
    follows the open jaw would turn speech into a wobble of the eyes.
    """
    pose = fit_pose(landmarks, topology.canonical_shape())
    x, y, _ = pose.to_image(HEAD_CENTER[None])[0]
    roll = np.arctan2(pose.rotation[1, 0], pose.rotation[0, 0])
    return Region((float(x), float(y)), float(pose.scale * HEAD_SIDE), float(roll))


def _distance(a: Region, b: Region) -> float:
    """Between two regions' centers, in sides of the smaller one."""
    return float(np.hypot(a.center[0] - b.center[0], a.center[1] - b.center[1])) / min(a.side, b.side)
