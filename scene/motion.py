# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Motion files in and out of the scene: a capture's channels as arrays, a card's keys as a file for the worker.

Keys are read as Blender plays them, with the NLA, drivers and modifiers of curves: a stand-in of the card is evaluated
in a scene of its own, a fraction of a millisecond per frame however heavy card and scene are; the current frame stays.
"""

import json
import os
from contextlib import contextmanager
from pathlib import Path

import bpy
import numpy as np
from numpy.typing import NDArray

from ..bridge.channels import CHANNELS
from ..bridge.errors import InputError
from ..bridge.motion_file import open_motion_file, write_motion_file
from .channels import own_channels
from .footage import scene_rate
from .gains import played_channels


def read_channels(path: Path, start: int) -> tuple[NDArray, dict[str, NDArray]]:
    """The frames (T,) from `start` on, and each known channel's values (T,) of a captured motion. Raises InputError."""
    with open_motion_file(path) as motion:
        tensor, data = motion.tensors["channels"], motion.read("channels")
        names = json.loads(motion.metadata.get("channels", "[]"))
    table = np.frombuffer(data, tensor.code).reshape(tensor.shape)
    if table.ndim != 2 or table.shape[1] != len(names) or not len(table) or not np.isfinite(table).all():
        raise InputError(f"The motion {path} is damaged.", "Capture the footage again.")
    values = {name: table[:, column] for column, name in enumerate(names) if name in CHANNELS}
    return np.arange(start, start + len(table)), values


def read_take(path: Path) -> Path | None:
    """The motion file whose take lends its detail to this one: another, itself, or none. Raises InputError."""
    with open_motion_file(path) as motion:
        if motion.metadata.get("take"):
            return Path(os.path.abspath(path.parent / motion.metadata["take"]))
        return path if "take_shape" in motion.tensors else None


def read_take_seconds(path: Path, index: int) -> float:
    """The second of the footage of a captured motion's footage frame, from 0. Raises InputError."""
    with open_motion_file(path) as motion:
        times = np.frombuffer(motion.read("take_time"), motion.tensors["take_time"].code)
    if not len(times) or not np.isfinite(times).all():
        raise InputError(f"The motion {path} is damaged.", "Capture the footage again.")
    return float(times[min(max(index, 0), len(times) - 1)])


def sample_channels(card, first: int, last: int, with_gains: bool = False) -> NDArray:
    """(T, C) float32: every channel of the card, in its order, on frames `first`..`last`, as Blender plays it.

    with_gains: as its groups' gains and mutes let them through, not as they are keyed.
    """
    channels = own_channels(card)
    table = np.empty((last - first + 1, len(channels)), np.float32)
    with _staged(card) as (stage, player):
        layer = stage.view_layers[0]
        for row, frame in enumerate(range(first, last + 1)):
            stage.frame_set(frame)
            played = player.evaluated_get(layer.depsgraph)
            values = (played.get(name, channel.rest) for name, channel in channels.items())
            table[row] = played_channels(played, channels) if with_gains else list(values)
    return table


@contextmanager
def _staged(card):
    """A scene of its own with a stand-in that plays what a card plays, but has nothing to deform."""
    stage, player = bpy.data.scenes.new("Pastiche Sampling"), card.copy()
    mesh = bpy.data.meshes.new("Pastiche Sampling")
    try:
        player.modifiers.clear()
        player.data = mesh
        stage.collection.objects.link(player)
        yield stage, player
    finally:
        bpy.data.objects.remove(player)
        bpy.data.meshes.remove(mesh)
        bpy.data.scenes.remove(stage)


def _beside(path: Path, folder: Path) -> str:
    """A path as seen from a folder, so that both may move together; absolute on another drive."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:
        return str(path)


def write_keys(card, scene, first: int, last: int, take: Path | None, path: Path) -> None:
    """Write a card's channels on frames `first`..`last` into a motion file. take: the capture that lends its detail."""
    table = sample_channels(card, first, last, with_gains=True)
    metadata = {
        "pastiche": "motion",
        "version": "1",
        "fps": str(scene_rate(scene)),
        "first_frame": str(first),
        "channels": json.dumps(list(own_channels(card))),
        "take": _beside(take, path.parent) if take else "",
    }
    write_motion_file(path, metadata, {"channels": ("F32", table.shape, table.tobytes())})
