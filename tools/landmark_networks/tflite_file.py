# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a TFLite file holds: tensors, constants and operators, read by TensorFlow's published schema (version 3).

Only the fields that the landmark networks use. Half-precision and sparse weights come out dense and as stored.
"""

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

OPERATORS = {
    0: "ADD", 1: "AVERAGE_POOL_2D", 2: "CONCATENATION", 3: "CONV_2D", 4: "DEPTHWISE_CONV_2D",
    5: "DEPTH_TO_SPACE", 6: "DEQUANTIZE",
    14: "LOGISTIC", 17: "MAX_POOL_2D", 18: "MUL", 19: "RELU", 22: "RESHAPE", 23: "RESIZE_BILINEAR", 34: "PAD",
    45: "STRIDED_SLICE", 54: "PRELU", 117: "HARD_SWISH", 124: "DENSIFY",
}  # fmt: skip
DTYPES = {0: "<f4", 1: "<f2", 2: "<i4", 3: "<u1"}
SPARSE_VECTORS = {1: "<i4", 2: "<u2", 3: "<u1"}


class Table:
    """A FlatBuffers table: fields by their number in the schema."""

    def __init__(self, data: bytes, position: int) -> None:
        self._data, self._position = data, position
        self._fields = position - struct.unpack_from("<i", data, position)[0]
        self._count = (struct.unpack_from("<H", data, self._fields)[0] - 4) // 2

    def number(self, field: int, kind: str = "i", default: int = 0) -> int:
        """A scalar, by its struct letter."""
        at = self._at(field)
        return struct.unpack_from("<" + kind, self._data, at)[0] if at else default

    def array(self, field: int, dtype: str) -> NDArray:
        """A vector of scalars, empty when it is missing."""
        begin, count = self._vector(field)
        return np.frombuffer(self._data, dtype, count, begin)

    def text(self, field: int) -> str:
        """A string."""
        return self.array(field, "<u1").tobytes().decode()

    def table(self, field: int) -> "Table | None":
        """A table, None when it is missing."""
        at = self._at(field)
        return Table(self._data, at + self._offset(at)) if at else None

    def tables(self, field: int) -> list["Table"]:
        """A vector of tables."""
        begin, count = self._vector(field)
        return [Table(self._data, at + self._offset(at)) for at in range(begin, begin + 4 * count, 4)]

    def _at(self, field: int) -> int:
        if field >= self._count:
            return 0
        offset = struct.unpack_from("<H", self._data, self._fields + 4 + 2 * field)[0]
        return self._position + offset if offset else 0

    def _offset(self, at: int) -> int:
        return struct.unpack_from("<I", self._data, at)[0]

    def _vector(self, field: int) -> tuple[int, int]:
        at = self._at(field)
        if not at:
            return 0, 0
        begin = at + self._offset(at)
        return begin + 4, self._offset(begin)


@dataclass(frozen=True)
class Operator:
    """One step of the network. options: None where it has none.   inputs, outputs: numbers of tensors."""

    name: str
    inputs: list[int]
    outputs: list[int]
    options: Table | None
    custom: bytes


class TFLiteFile:
    """shapes, names: of each tensor, batch first, channels last.   operators: in the order they run."""

    def __init__(self, data: bytes) -> None:
        model = Table(data, struct.unpack_from("<I", data, 0)[0])
        codes = [code.text(1) or OPERATORS[max(code.number(0, "b"), code.number(3))] for code in model.tables(1)]
        graph, self._buffers = model.tables(2)[0], model.tables(4)
        self._tensors = graph.tables(0)
        self.shapes = [tensor.array(0, "<i4").tolist() for tensor in self._tensors]
        self.names = [tensor.text(3) for tensor in self._tensors]
        self.inputs, self.outputs = graph.array(1, "<i4").tolist(), graph.array(2, "<i4").tolist()
        self.operators = [
            Operator(
                codes[step.number(0, "I")],
                [int(i) for i in step.array(1, "<i4") if i >= 0],
                step.array(2, "<i4").tolist(),
                step.table(4),
                step.array(5, "<u1").tobytes(),
            )
            for step in graph.tables(3)
        ]

    def constant(self, tensor: int) -> NDArray | None:
        """The values of a constant tensor, None of one that is computed."""
        table = self._tensors[tensor]
        values = self._buffers[table.number(2, "I")].array(0, "<u1")
        if not len(values):
            return None
        values = values.view(DTYPES[table.number(1, "b")])
        sparsity = table.table(6)
        return _dense(values, self.shapes[tensor], sparsity) if sparsity else values.reshape(self.shapes[tensor])


def _dense(values: NDArray, shape: list[int], sparsity: Table) -> NDArray:
    """Sparse values, level by level of their traversal: a level names all its places, or lists those with values."""
    order, blocks, levels = sparsity.array(0, "<i4"), sparsity.array(1, "<i4"), sparsity.tables(2)
    block_size = [1] * len(shape)
    for level, dimension in zip(levels[len(shape) :], blocks, strict=True):
        block_size[dimension] = level.number(1)
    places = np.zeros((1, len(shape)), np.int64)
    for level, axis in zip(levels, order, strict=True):
        is_block = axis >= len(shape)
        dimension = blocks[axis - len(shape)] if is_block else axis
        step = 1 if is_block else block_size[dimension]
        if level.number(0, "b") == 0:
            indices = np.tile(np.arange(level.number(1)), len(places))
            parents = np.repeat(np.arange(len(places)), level.number(1))
        else:
            segments = level.table(3).array(0, SPARSE_VECTORS[level.number(2, "b")]).astype(np.int64)
            indices = level.table(5).array(0, SPARSE_VECTORS[level.number(4, "b")]).astype(np.int64)
            parents = np.repeat(np.arange(len(places)), np.diff(segments))
        places = places[parents]
        places[:, dimension] += indices * step
    result = np.zeros(shape, values.dtype)
    result[tuple(places.T)] = values
    return result
