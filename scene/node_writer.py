# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing node trees as formulas: each method adds one node and gives its result, numbers and sockets mix freely."""


class NodeWriter:
    """Adds nodes to a tree, left to right as they come."""

    def __init__(self, tree) -> None:
        self.tree = tree
        self._count = 0

    def add(self, kind: str, *inputs, output: int | str = 0, **settings):
        """A node of a kind with settings; its first inputs are connected or set, None: left. Returns an output."""
        node = self.node(kind, **settings)
        enabled = [socket for socket in node.inputs if socket.enabled]
        for socket, value in zip(enabled, inputs, strict=False):
            self.connect(value, socket)
        if isinstance(output, str):
            return node.outputs[output]
        return [socket for socket in node.outputs if socket.enabled][output]

    def node(self, kind: str, **settings):
        """A node with settings and nothing connected."""
        node = self.tree.nodes.new(kind)
        node.location = (180 * (self._count // 8), -180 * (self._count % 8))
        self._count += 1
        for name, value in settings.items():
            setattr(node, name, value)
        return node

    def connect(self, value, socket) -> None:
        """Feed an input with a socket or a constant."""
        if value is None:
            return
        if hasattr(value, "is_output"):
            self.tree.links.new(value, socket)
        else:
            socket.default_value = value

    def math(self, operation: str, *inputs):
        """A scalar: ShaderNodeMath."""
        return self.add("ShaderNodeMath", *inputs, operation=operation)

    def vector(self, operation: str, *inputs):
        """A vector, or the scalar of 'DOT_PRODUCT' and 'LENGTH': ShaderNodeVectorMath."""
        return self.add("ShaderNodeVectorMath", *inputs, operation=operation)

    def scaled(self, vector, factor):
        """A vector times a scalar."""
        node = self.node("ShaderNodeVectorMath", operation='SCALE')
        self.connect(vector, node.inputs[0])
        self.connect(factor, node.inputs["Scale"])
        return node.outputs[0]

    def split(self, vector):
        """Its x, y and z."""
        node = self.node("ShaderNodeSeparateXYZ")
        self.connect(vector, node.inputs[0])
        return tuple(node.outputs)

    def joined(self, x, y, z):
        """A vector of three scalars."""
        return self.add("ShaderNodeCombineXYZ", x, y, z)

    def smoothstep(self, low, high, value):
        """0 up to `low`, 1 from `high`, smooth between; the other way round when `high` is the smaller."""
        node = self.node("ShaderNodeMapRange", interpolation_type='SMOOTHSTEP')
        for name, given in (("Value", value), ("From Min", low), ("From Max", high)):
            self.connect(given, node.inputs[name])
        return node.outputs[0]
