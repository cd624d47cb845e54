# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""For tests of engines: a painted face whose landmarks are known exactly, as a portrait, and what plays it."""

from pathlib import Path

import cv2
import numpy as np
from pastiche.bridge.channels import REST
from pastiche.inference.faces import topology
from pastiche.inference.faces.face_frame import Pose, angles_to_rotation
from pastiche.inference.motion.take import MotionFrame, Take
from pastiche.inference.portrait import Portrait

SIZE = 320
SCALE = 11.0  # pixels per centimeter


def polygon(image, points, color):
    cv2.fillPoly(image, [np.rint(np.asarray(points)[:, :2]).astype(np.int32)], color)


def paint(landmarks, size=SIZE):
    """A face with hair, eyes, brows and lips before a striped wall; (size, size, 4) uint8."""
    y, x = np.indices((size, size))
    image = np.stack([90 + 30 * ((x // 6) % 2), 110 + 20 * ((y // 9) % 2), 140 + 0 * x, 255 + 0 * x], axis=-1)
    image = np.ascontiguousarray(image.astype(np.uint8))
    oval = landmarks[list(topology.FACE_OVAL), :2]
    middle = oval.mean(axis=0)
    polygon(image, middle + 1.25 * (oval - middle) - (0, 8), (60, 40, 30, 255))
    cv2.rectangle(image, (int(middle[0] - 35), int(middle[1])), (int(middle[0] + 35), size), (200, 150, 130, 255), -1)
    polygon(image, oval, (220, 170, 150, 255))
    for ring, iris in ((topology.RIGHT_LID_RING, 468), (topology.LEFT_LID_RING, 473)):
        polygon(image, landmarks[list(ring)], (245, 245, 245, 255))
        center = tuple(int(v) for v in landmarks[iris, :2])
        cv2.circle(image, center, round(0.55 * SCALE * size / SIZE), (40, 70, 120, 255), -1)
    for upper, lower in (
        (topology.RIGHT_BROW_UPPER, topology.RIGHT_BROW_LOWER),
        (topology.LEFT_BROW_UPPER, topology.LEFT_BROW_LOWER),
    ):
        polygon(image, landmarks[[*upper, *reversed(lower)]], (70, 45, 30, 255))
    polygon(image, landmarks[list(topology.OUTER_LIPS)], (190, 80, 90, 255))
    grain = np.random.default_rng(0).integers(-4, 5, (size, size, 1))
    image[..., :3] = np.clip(image[..., :3] + grain, 0, 255)
    return image


def make_portrait(yaw=0.0, dtype=np.uint8, size=SIZE, shape=None, matte=True):
    """A portrait of the canonical face, turned by `yaw` degrees; eyes open, mouth closed."""
    scale = SCALE * size / SIZE
    turned = angles_to_rotation(np.array((yaw, 0.0, 0.0)))
    pose = Pose(np.float64(scale), turned, np.array((size / 2, 0.45 * size, 0.0)))
    landmarks = pose.to_image(topology.canonical_shape() if shape is None else shape).astype(np.float32)
    image = paint(landmarks, size)
    person = np.zeros((size, size), np.float32)
    oval = landmarks[list(topology.FACE_OVAL), :2]
    middle = oval.mean(axis=0)
    polygon(person, middle + 1.25 * (oval - middle) - (0, 8), 1.0)
    cv2.rectangle(person, (int(middle[0] - 35), int(middle[1])), (int(middle[0] + 35), size), 1.0, -1)
    if dtype == np.uint16:
        image = image.astype(np.uint16) * 257
    return Portrait(image, landmarks, pose, person if matte else None, "0" * 64)


def make_take(shapes, channel_rows=None, textures=None):
    """A take of face-frame shapes (N, 478, 3), the first of them neutral; channels by name, one list per channel."""
    count = len(shapes)
    rows = channel_rows or {"jawOpen": [0.0] * count}
    tensors = {
        "take_neutral": np.asarray(shapes[0], np.float32),
        "take_time": np.arange(count) / 25,
        "take_found": np.ones(count, np.uint8),
        "take_shape": np.asarray(shapes, np.float32),
        "take_channels": np.array(list(rows.values()), np.float32).T,
    }
    if textures:
        tensors["take_texture_offsets"] = np.concatenate(([0], np.cumsum([len(each) for each in textures])))
        tensors["take_texture"] = np.frombuffer(b"".join(textures), np.uint8)
    return Take(tensors, tuple(rows), Path("take.motion"))


def make_frame(take=None, number=1, **channels):
    return MotionFrame(number, {**REST, **channels}, take)
