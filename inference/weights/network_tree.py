# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Walks the modules a network pickle describes: their tensors by name, and what each says of itself."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .network_names import ArrayView, ModuleNode, TensorView
from .pickle_machine import RefusedError

MAX_DEPTH = 8
MAX_VISITS = 4000  # of modules and tensors; a picture network has a few hundred
_NAME = re.compile(r"[A-Za-z]\w{0,63}", re.ASCII)
_PLAIN = (bool, int, float, str, type(None))
_WANTED = {  # what modules say of themselves and shapes are read from
    "z_dim", "c_dim", "w_dim", "img_resolution", "img_channels", "num_ws", "num_layers", "activation", "bias_gain",
    "use_fp16", "architecture", "conv_clamp", "layer_names", "num_critical", "margin_size", "output_scale",
    "num_fp16_res", "up_factor", "down_factor", "padding",
}  # fmt: skip


@dataclass
class Tree:
    """A module and all below it, by dotted path ("" the root)."""

    tensors: dict[str, TensorView] = field(default_factory=dict)
    classes: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, dict[str, Any]] = field(default_factory=dict)
    keywords: dict[str, Any] = field(default_factory=dict)  # what the root was made with

    def attribute(self, path: str, name: str, kind: type | tuple[type, ...]) -> Any:
        """What a module says of itself. Raises RefusedError when it does not, or says another kind of thing."""
        own = self.attributes.get(path, {})
        value = own.get(name)
        if name not in own or not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise RefusedError(f"no usable '{name}' of '{path or 'the generator'}'")
        return value

    def under(self, path: str) -> Iterator[str]:
        """The names of the modules directly below."""
        prefix = f"{path}." if path else ""
        for name in self.classes:
            if name and name.startswith(prefix) and "." not in name[len(prefix) :] and name != path:
                yield name[len(prefix) :]


def walk(root: ModuleNode) -> Tree:
    """Everything below `root`. Raises RefusedError on odd names, cycles, shared-reference bombs."""
    keywords = plain(root.state.get("_init_kwargs"), depth=3)
    tree = Tree(keywords=keywords if isinstance(keywords, dict) else {})
    pending = [("", root, 0)]
    visits = 0
    while pending:
        path, node, depth = pending.pop()
        tree.classes[path] = node.class_name
        tree.attributes[path] = _attributes(node.state)
        for kind, allowed in (("_parameters", TensorView), ("_buffers", TensorView), ("_modules", ModuleNode)):
            for name, child in _entries(node.state, kind):
                visits += 1
                if visits > MAX_VISITS or depth >= MAX_DEPTH:
                    raise RefusedError("modules without end")
                if not isinstance(child, allowed):
                    raise RefusedError(f"something odd in '{path}.{name}'")
                inner = f"{path}.{name}" if path else name
                if isinstance(child, TensorView):
                    tree.tensors[inner] = child
                else:
                    pending.append((inner, child, depth + 1))
    return tree


def _entries(state: dict[Any, Any], kind: str) -> Iterator[tuple[str, Any]]:
    table = state.get(kind)
    if not isinstance(table, dict):
        raise RefusedError(f"a module without {kind}")
    for name, child in table.items():
        if type(name) is not str or not _NAME.fullmatch(name):
            raise RefusedError(f"an odd name in {kind}")
        if child is not None:  # an unused bias, a filter of one tap, no label
            yield name, child


def _attributes(state: dict[Any, Any]) -> dict[str, Any]:
    return {name: plain(state[name], depth=1) for name in _WANTED & state.keys()}


def plain(value: Any, depth: int) -> Any:
    """Numbers and words as they are, `depth` levels of containers of up to 64 entries; other things None."""
    if isinstance(value, ArrayView) and len(value.data) <= 256:
        value = value.read().tolist()
    if type(value) in _PLAIN:
        return value
    if depth and type(value) in (list, tuple) and len(value) <= 64:
        return [plain(item, depth - 1) for item in value]
    if depth and isinstance(value, dict) and len(value) <= 64:
        return {str(key): plain(item, depth - 1) for key, item in value.items()}
    return None
