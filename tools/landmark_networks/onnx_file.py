# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes ONNX files: the few messages of its protobuf schema that a plain network needs."""

import struct

import numpy as np
from numpy.typing import NDArray

OPSET = 14
FLOAT, HALF, INT64 = 1, 10, 7  # TensorProto.DataType
_ATTRIBUTE_INTS, _ATTRIBUTE_INT, _ATTRIBUTE_FLOAT, _ATTRIBUTE_STRING = 7, 2, 1, 3
_KINDS = {np.dtype("<f4"): FLOAT, np.dtype("<f2"): HALF, np.dtype("<i8"): INT64}


class OnnxGraph:
    """Nodes and constants, collected one by one."""

    def __init__(self) -> None:
        self._nodes: list[bytes] = []
        self._constants: dict[str, bytes] = {}

    def node(self, operator: str, inputs: list[str], output: str, **attributes: int | float | str | list[int]) -> str:
        """Add a step; returns the name of its output."""
        body = b"".join(_text(1, name) for name in inputs) + _text(2, output) + _text(4, operator)
        self._nodes.append(body + b"".join(_bytes(5, _attribute(*item)) for item in attributes.items()))
        return output

    def constant(self, name: str, values: NDArray) -> str:
        """Add a constant; returns its name."""
        shape = b"".join(_number(1, size) for size in values.shape)
        data = np.ascontiguousarray(values).tobytes()
        self._constants[name] = shape + _number(2, _KINDS[values.dtype]) + _text(8, name) + _bytes(9, data)
        return name

    def file(self, inputs: dict[str, list[int]], outputs: dict[str, list[int]]) -> bytes:
        """The whole file. inputs, outputs: name -> shape."""
        graph = b"".join(_bytes(1, node) for node in self._nodes) + _text(2, "network")
        graph += b"".join(_bytes(5, constant) for constant in self._constants.values())
        graph += b"".join(_bytes(11, _value(*item)) for item in inputs.items())
        graph += b"".join(_bytes(12, _value(*item)) for item in outputs.items())
        return _number(1, 8) + _bytes(7, graph) + _bytes(8, _text(1, "") + _number(2, OPSET))


def _attribute(name: str, value: int | float | str | list[int]) -> bytes:
    head = _text(1, name)
    if isinstance(value, list):
        return head + b"".join(_number(8, item) for item in value) + _number(20, _ATTRIBUTE_INTS)
    if isinstance(value, str):
        return head + _text(4, value) + _number(20, _ATTRIBUTE_STRING)
    if isinstance(value, float):
        return head + _varint(2 << 3 | 5) + struct.pack("<f", value) + _number(20, _ATTRIBUTE_FLOAT)
    return head + _number(3, value) + _number(20, _ATTRIBUTE_INT)


def _value(name: str, shape: list[int]) -> bytes:
    dimensions = b"".join(_bytes(1, _number(1, size)) for size in shape)
    return _text(1, name) + _bytes(2, _bytes(1, _number(1, FLOAT) + _bytes(2, dimensions)))


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value & (1 << 64) - 1)


def _text(field: int, value: str) -> bytes:
    return _bytes(field, value.encode())


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    parts = bytearray()
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    return bytes([*parts, value])
