# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A part of a TFLite network as an ONNX file: channels first, weights in half precision as TFLite stores them.

A four-dimensional tensor is turned from channels last to channels first where it enters; others stay as they are.
"""

import numpy as np

from .onnx_file import OnnxGraph
from .tflite_file import Operator, TFLiteFile

RELU, RELU_6 = 1, 3  # ActivationFunctionType
SAME = 0  # Padding
CHANNELS_FIRST = [0, 3, 1, 2]
CHANNELS_LAST = [0, 2, 3, 1]


def convert(network: TFLiteFile, inputs: list[int], outputs: list[int]) -> bytes:
    """The steps that lead from some tensors to others, as an ONNX file: inputs in0 ..., outputs out0 ..."""
    conversion = _Conversion(network)
    for number, tensor in enumerate(inputs):
        conversion.names[tensor] = f"in{number}"
    for number, tensor in enumerate(outputs):
        name = conversion.name(tensor)
        conversion.graph.node("Identity", [name], f"out{number}")
    shapes = {f"in{i}": _first(network.shapes[tensor]) for i, tensor in enumerate(inputs)}
    return conversion.graph.file(shapes, {f"out{i}": _first(network.shapes[t]) for i, t in enumerate(outputs)})


def _first(shape: list[int]) -> list[int]:
    return [shape[i] for i in CHANNELS_FIRST] if len(shape) == 4 else shape


class _Conversion:
    def __init__(self, network: TFLiteFile) -> None:
        self.network, self.graph = network, OnnxGraph()
        self.names: dict[int, str] = {}
        self._makers = {tensor: operator for operator in network.operators for tensor in operator.outputs}

    def name(self, tensor: int) -> str:
        """The ONNX name of a tensor, after the steps that make it."""
        if tensor not in self.names:
            operator = self._makers[tensor]
            self.names[tensor] = getattr(self, "_" + operator.name.lower())(operator, f"t{tensor}")
        return self.names[tensor]

    def constant(self, tensor: int) -> np.ndarray:
        """The values of a constant, past what only unpacks them."""
        values = self.network.constant(tensor)
        return self.constant(self._makers[tensor].inputs[0]) if values is None else values

    def _conv_2d(self, operator: Operator, name: str) -> str:
        weight = self.constant(operator.inputs[1]).transpose(0, 3, 1, 2)  # (O, H, W, I) -> (O, I, H, W)
        return self._convolution(operator, name, weight, 1, activation=operator.options.number(3, "b"))

    def _depthwise_conv_2d(self, operator: Operator, name: str) -> str:
        weight = self.constant(operator.inputs[1]).transpose(3, 0, 1, 2)  # (1, H, W, C) -> (C, 1, H, W)
        return self._convolution(operator, name, weight, len(weight), activation=operator.options.number(4, "b"))

    def _convolution(self, operator: Operator, name: str, weight: np.ndarray, groups: int, activation: int) -> str:
        strides = [operator.options.number(2), operator.options.number(1)]
        pads = self._pads(operator, list(weight.shape[2:]), strides)
        inputs = [self.name(operator.inputs[0]), self.graph.constant(f"{name}.weight", weight)]
        inputs.append(self.graph.constant(f"{name}.bias", self.constant(operator.inputs[2])))
        kernel = list(weight.shape[2:])
        self.graph.node("Conv", inputs, name, kernel_shape=kernel, strides=strides, pads=pads, group=groups)
        return self._activated(name, activation)

    def _convolution2dtransposebias(self, operator: Operator, name: str) -> str:
        _padding, *strides = np.frombuffer(operator.custom, "<i4", 3).tolist()
        weight = self.constant(operator.inputs[1]).transpose(3, 0, 1, 2)  # (O, H, W, I) -> (I, O, H, W)
        inputs = [self.name(operator.inputs[0]), self.graph.constant(f"{name}.weight", weight)]
        inputs.append(self.graph.constant(f"{name}.bias", self.constant(operator.inputs[2])))
        kernel = list(weight.shape[2:])
        assert kernel == strides, "only without overlap"
        return self.graph.node("ConvTranspose", inputs, name, kernel_shape=kernel, strides=strides)

    def _max_pool_2d(self, operator: Operator, name: str, kind: str = "MaxPool") -> str:
        options = operator.options
        strides, kernel = [options.number(2), options.number(1)], [options.number(4), options.number(3)]
        pads = self._pads(operator, kernel, strides)
        return self.graph.node(
            kind, [self.name(operator.inputs[0])], name, kernel_shape=kernel, strides=strides, pads=pads
        )

    def _average_pool_2d(self, operator: Operator, name: str) -> str:
        return self._max_pool_2d(operator, name, "AveragePool")

    def _pads(self, operator: Operator, kernel: list[int], strides: list[int]) -> list[int]:
        """SAME, as TensorFlow means it: what is missing, the larger half after."""
        if operator.options.number(0, "b") != SAME:
            return [0, 0, 0, 0]
        before, after = self.network.shapes[operator.inputs[0]][1:3], self.network.shapes[operator.outputs[0]][1:3]
        missing = [max(0, (o - 1) * s + k - i) for i, o, k, s in zip(before, after, kernel, strides, strict=True)]
        return [n // 2 for n in missing] + [n - n // 2 for n in missing]

    def _add(self, operator: Operator, name: str) -> str:
        return self._activated(
            self.graph.node("Add", [self.name(tensor) for tensor in operator.inputs], name),
            operator.options.number(0, "b"),
        )

    def _mul(self, operator: Operator, name: str) -> str:
        return self.graph.node("Mul", [self.name(tensor) for tensor in operator.inputs], name)

    def _prelu(self, operator: Operator, name: str) -> str:
        slope = self.constant(operator.inputs[1]).reshape(-1, 1, 1)
        return self.graph.node(
            "PRelu", [self.name(operator.inputs[0]), self.graph.constant(f"{name}.slope", slope)], name
        )

    def _relu(self, operator: Operator, name: str) -> str:
        return self.graph.node("Relu", [self.name(operator.inputs[0])], name)

    def _logistic(self, operator: Operator, name: str) -> str:
        return self.graph.node("Sigmoid", [self.name(operator.inputs[0])], name)

    def _hard_swish(self, operator: Operator, name: str) -> str:
        return self.graph.node("HardSwish", [self.name(operator.inputs[0])], name)

    def _pad(self, operator: Operator, name: str) -> str:
        amounts = self.constant(operator.inputs[1])[CHANNELS_FIRST].T.reshape(-1).astype(np.int64)
        inputs = [self.name(operator.inputs[0]), self.graph.constant(f"{name}.amounts", amounts)]
        return self.graph.node("Pad", inputs, name, mode="constant")

    def _resize_bilinear(self, operator: Operator, name: str) -> str:
        is_aligned, is_centered = operator.options.number(2, "b"), operator.options.number(3, "b")
        mode = "align_corners" if is_aligned else "half_pixel" if is_centered else "asymmetric"
        sizes = np.array(_first(self.network.shapes[operator.outputs[0]]), np.int64)
        inputs = [self.name(operator.inputs[0]), "", "", self.graph.constant(f"{name}.sizes", sizes)]
        return self.graph.node("Resize", inputs, name, mode="linear", coordinate_transformation_mode=mode)

    def _depth_to_space(self, operator: Operator, name: str) -> str:
        source, size = self.name(operator.inputs[0]), operator.options.number(0)
        return self.graph.node("DepthToSpace", [source], name, blocksize=size, mode="DCR")

    def _reshape(self, operator: Operator, name: str) -> str:
        source, shape = self.name(operator.inputs[0]), self.network.shapes[operator.outputs[0]]
        if len(self.network.shapes[operator.inputs[0]]) == 4:
            source = self.graph.node("Transpose", [source], f"{name}.last", perm=CHANNELS_LAST)
        wanted = self.graph.constant(f"{name}.shape", np.array(shape, np.int64))
        return self.graph.node("Reshape", [source, wanted], name)

    def _concatenation(self, operator: Operator, name: str) -> str:
        axis, rank = operator.options.number(0), len(self.network.shapes[operator.outputs[0]])
        axis = CHANNELS_FIRST.index(axis % 4) if rank == 4 else axis
        return self.graph.node("Concat", [self.name(tensor) for tensor in operator.inputs], name, axis=axis)

    def _activated(self, name: str, activation: int) -> str:
        if activation == RELU:
            return self.graph.node("Relu", [name], f"{name}.relu")
        if activation == RELU_6:
            return self.graph.node("Clip", [name], f"{name}.clip", min=0.0, max=6.0)
        assert activation == 0, f"activation {activation}"
        return name
