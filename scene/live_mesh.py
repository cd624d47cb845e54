# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mesh of a live card: the card's rectangle, the dials of its head, the face's parts and one shape key per channel.

Read from `card.live` (ARCHITECTURE.md), which the worker writes in pixels of the picture; here they become the card's
own space: x right, y away, z up, its origin in the middle. Each key is driven by the card's channel and its group's
gain with an expression that Blender evaluates itself, so it plays with scripts disabled.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import bpy
import numpy as np
from numpy.typing import NDArray

from ..bridge.channels import CHANNELS, HEAD, Channel
from ..bridge.errors import InputError
from ..bridge.motion_file import open_motion_file
from . import live_nodes as nodes
from .channels import data_path
from .gains import gain_name, mute_name

VERSION = "1"
RELIEF = 0.03  # flat enough that the solid view hardly shades it, deep enough for its parts to cover each other
_RAW_ROWS = (nodes.YAW, nodes.PITCH, nodes.FAR_SIDE)  # of the head's rows: degrees
_DATA_ROWS = nodes.STATE  # of the head that the worker writes
_ROOM = 0.8  # face units between the card and what is furthest away: a head that turns needs some
_REVEALS = (0.3, 3.0)  # of the head's signal: from where to where the background behind it is seen
_SHAPES = {"points": 3, "uv": 2, "follow": 3, "pairs": 3, "signals": 6, "fade": 2, "far": 2}


@dataclass(frozen=True)
class LiveData:
    """What `card.live` holds. size: of the picture.   names: channels of the keys.   tensors: by name."""

    size: tuple[int, int]
    names: tuple[str, ...]
    tensors: dict[str, NDArray]


def read_live(path: Path) -> LiveData:
    """The file, checked. Raises InputError."""
    with open_motion_file(path) as file:
        tensors = {
            name: np.frombuffer(file.read(name), tensor.code).reshape(tensor.shape)
            for name, tensor in file.tensors.items()
        }
        metadata = file.metadata
    try:
        if (metadata["pastiche"], metadata["version"]) != ("live", VERSION):
            raise ValueError("it is of another version")
        width, height = (int(number) for number in json.loads(metadata["size"]))
        names = tuple(str(name) for name in json.loads(metadata["keys"]))
        _check(tensors, names)
        if width < 1 or height < 1:
            raise ValueError("its picture has no size")
    except (KeyError, ValueError, TypeError, RecursionError) as error:
        raise InputError(f"The live card {path} is damaged: {error}.", "Press Live again.") from error
    return LiveData((width, height), names, tensors)


def _check(tensors: dict[str, NDArray], names: tuple[str, ...]) -> None:
    count = len(tensors["points"])
    shapes = {name: (count, width) for name, width in _SHAPES.items()}
    shapes |= {"keys": (len(names), count, 3), "head": (_DATA_ROWS, 3), "slots": (len(tensors["triangles"]),)}
    for name, shape in shapes.items():
        if tensors[name].shape != shape or not np.isfinite(tensors[name]).all():
            raise ValueError(f"{name} has no sound numbers")
    triangles, partners = tensors["triangles"], tensors["pairs"][:, 0]
    if triangles.ndim != 2 or triangles.shape[1] != 3 or not len(triangles) or set(names) - set(CHANNELS):
        raise ValueError("it has no face")
    if count <= 478 or triangles.min() < 0 or triangles.max() >= count or tensors["slots"].max() > 2:
        raise ValueError("its triangles lie outside")
    if partners.min() < -1 or partners.max() >= count:
        raise ValueError("its pairs lie outside")


def make_live_mesh(card, data: LiveData) -> None:
    """Give a card its live mesh, keys and drivers; its rectangle stays as it is, its first four vertices."""
    old = card.data
    corners = np.array([vertex.co for vertex in old.vertices[: nodes.RECTANGLE]])
    height = float(np.ptp(corners[:, 2]))
    unit = height / data.size[1]
    mesh = bpy.data.meshes.new(old.name)
    for material in old.materials:
        mesh.materials.append(material)
    points = _points(data, unit)
    _build(mesh, corners, points, data)
    _write_attributes(mesh, data, unit, float((points[:, 1] + unit * data.tensors["follow"][:, 2]).max()))
    _replace(card, mesh)
    _write_keys(card, data, unit)
    drive(card)


def _points(data: LiveData, unit: float) -> NDArray:
    x, y, z = data.tensors["points"].astype(np.float64).T
    return np.column_stack(((x - data.size[0] / 2) * unit, z * unit, (data.size[1] / 2 - y) * unit))


def _vectors(pixels: NDArray, unit: float) -> NDArray:
    """Differences of pixels (..., 3), x right, y down, z away, in the card's space."""
    return pixels[..., [0, 2, 1]].astype(np.float64) * np.array((1, 1, -1)) * unit


def _build(mesh, corners: NDArray, points: NDArray, data: LiveData) -> None:
    vertices = np.concatenate((corners, np.zeros((nodes.ROWS, 3)), points)).astype(np.float32)
    triangles = data.tensors["triangles"].astype(np.int32) + nodes.LANDMARKS
    mesh.vertices.add(len(vertices))
    mesh.vertices.foreach_set("co", vertices.ravel())
    mesh.loops.add(4 + triangles.size)
    corner_vertices = np.concatenate((np.arange(4, dtype=np.int32), triangles.ravel()))
    mesh.loops.foreach_set("vertex_index", corner_vertices)
    mesh.polygons.add(1 + len(triangles))
    starts = np.concatenate(((0,), 4 + 3 * np.arange(len(triangles)))).astype(np.int32)
    mesh.polygons.foreach_set("loop_start", starts)
    mesh.polygons.foreach_set("material_index", np.concatenate(((0,), data.tensors["slots"] + 2)).astype(np.int32))
    mesh.update(calc_edges=True)
    uv = np.concatenate((((0, 0), (1, 0), (1, 1), (0, 1)), np.zeros((nodes.ROWS, 2)), data.tensors["uv"]))
    layer = mesh.uv_layers.new(name="UVMap")
    layer.uv.foreach_set("vector", uv[corner_vertices].astype(np.float32).ravel())
    mesh.validate()


def _write_attributes(mesh, data: LiveData, unit: float, furthest: float) -> None:
    tensors, count = data.tensors, len(data.tensors["points"])
    before = nodes.LANDMARKS
    follow = tensors["follow"] * np.array((1, 1, unit))
    pair = tensors["pairs"].astype(np.float64) * np.array((1, 1, unit))
    own = np.arange(before, before + count)
    pair[:, 0] = np.where(pair[:, 0] < 0, own, pair[:, 0] + before)
    reveal = np.zeros((before, 3))
    reveal[: nodes.RECTANGLE] = (*_REVEALS, 0)
    head_signal = np.zeros((before, 3))
    head_signal[: nodes.RECTANGLE, 2] = 1
    head = np.zeros((before + count, 3))
    head[nodes.DIALS : nodes.DIALS + _DATA_ROWS] = _head_rows(data, unit)
    head[nodes.DIALS + nodes.STATE] = (0, RELIEF, furthest + _ROOM * tensors["head"][nodes.SIZES, 1] * unit)
    zeros = np.zeros((before, 3))
    _write(mesh, nodes.HEAD, head)
    _write(mesh, nodes.FOLLOW, np.concatenate((zeros, follow)))
    _write(mesh, nodes.PAIR, np.concatenate((np.column_stack((np.arange(before), zeros[:, :2])), pair)))
    signals = tensors["signals"]
    _write(mesh, nodes.EYES_SIGNAL, np.concatenate((zeros, signals[:, :3])))
    _write(mesh, nodes.OTHER_SIGNAL, np.concatenate((head_signal, signals[:, 3:])))
    _write(mesh, nodes.FAR, np.concatenate((zeros, np.column_stack((tensors["far"], np.zeros(count))))))
    _write(mesh, nodes.FADE, np.concatenate((reveal, np.column_stack((tensors["fade"], np.zeros(count))))))


def _head_rows(data: LiveData, unit: float) -> NDArray:
    rows = data.tensors["head"].astype(np.float64)
    result = rows * unit
    result[list(_RAW_ROWS)] = rows[list(_RAW_ROWS)]
    x, y, z = rows[nodes.PIVOT]
    result[nodes.PIVOT] = ((x - data.size[0] / 2) * unit, z * unit, (data.size[1] / 2 - y) * unit)
    result[nodes.DOWN] = _vectors(rows[nodes.DOWN], 1.0)
    for row in (nodes.RIGHT_IRIS, nodes.LEFT_IRIS):
        result[row] = _vectors(rows[row], unit)
    return result


def _write(mesh, name: str, values: NDArray) -> None:
    attribute = mesh.attributes.new(name, 'FLOAT_VECTOR', 'POINT')
    attribute.data.foreach_set("vector", values.astype(np.float32).ravel())


def _write_keys(card, data: LiveData, unit: float) -> None:
    rest = np.empty(len(card.data.vertices) * 3, np.float32)
    card.data.vertices.foreach_get("co", rest)
    rest = rest.reshape(-1, 3)
    card.shape_key_add(name="Basis", from_mix=False)
    for name, moves in zip(data.names, data.tensors["keys"], strict=True):
        moved = rest.copy()
        moved[nodes.LANDMARKS :] += _vectors(moves, unit)
        _add_key(card, name, moved)
    for number, channel in enumerate(HEAD):
        moved = rest.copy()
        moved[nodes.DIALS + number // 3, number % 3] += 1.0
        _add_key(card, channel.name, moved)


def _add_key(card, name: str, moved: NDArray) -> None:
    key = card.shape_key_add(name=name, from_mix=False)
    key.slider_min, key.slider_max, key.value = -10.0, 10.0, 0.0
    key.data.foreach_set("co", moved.ravel())


def drive(card) -> None:
    """Let a card's channels drive the keys of the same name."""
    blocks = card.data.shape_keys.key_blocks
    for channel in CHANNELS.values():
        if channel.name in blocks:
            _drive(card, blocks[channel.name], channel)


def key_value(channel: Channel) -> str:
    """The value of a channel's key, of its value v, its group's gain g and whether that is muted m."""
    offset = f"(v - {channel.rest:g})" if channel.rest else "v"
    return f"{offset} * g * (1 - m)" + (f" / {nodes.DEGREES:g}" if channel.unit == 'DEGREES' else "")


def _drive(card, block, channel: Channel) -> None:
    block.driver_remove("value")
    driver = block.driver_add("value").driver
    driver.type = 'SCRIPTED'
    for name, path in (("v", channel.name), ("g", gain_name(channel.group)), ("m", mute_name(channel.group))):
        variable = driver.variables.new()
        variable.name, variable.type = name, 'SINGLE_PROP'
        variable.targets[0].id, variable.targets[0].data_path = card, data_path(path)
    driver.expression = key_value(channel)


def forget_live_mesh(card) -> None:
    """Give a card back its plain rectangle."""
    old = card.data
    mesh = bpy.data.meshes.new(old.name)
    mesh.from_pydata([vertex.co[:] for vertex in old.vertices[: nodes.RECTANGLE]], [], [(0, 1, 2, 3)])
    mesh.uv_layers.new(name="UVMap").uv.foreach_set("vector", (0, 0, 1, 0, 1, 1, 0, 1))
    for material in old.materials:
        mesh.materials.append(material)
    _replace(card, mesh)


def _replace(card, mesh) -> None:
    """Put a mesh in the place and name of the one before."""
    old, name = card.data, card.data.name
    old.name = f"{name} Replaced"
    mesh.name = name
    card.data = mesh
    if old.users == 0:
        bpy.data.meshes.remove(old)


def has_live_mesh(card) -> bool:
    """Whether a card's mesh has the parts of a live card."""
    return card.data is not None and nodes.HEAD in card.data.attributes


def state(card) -> tuple[bool, float]:
    """Whether the live parts are shown, and their relief."""
    row = card.data.attributes[nodes.HEAD].data[nodes.DIALS + nodes.STATE].vector
    return row[0] > 0.5, row[1]


def set_state(card, is_shown: bool, relief: float | None = None) -> None:
    """Show the live parts or the rectangle alone. relief: depth against that of a real head."""
    row = card.data.attributes[nodes.HEAD].data[nodes.DIALS + nodes.STATE]
    row.vector = (float(is_shown), row.vector[1] if relief is None else relief, row.vector[2])
    card.data.update_tag()
