# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which network a tree of modules is, and its numbers, read from its tensors and from what its modules say.

The keywords in the file are not enough: what a missing one means differs between the programs that wrote it. Nothing is
allocated by a number that the tensors do not bear out.
"""

from dataclasses import asdict
from typing import Any

from ...vendor.stylegan2_ada.shape import GeneratorShape as StyleGAN2Shape
from ...vendor.stylegan2_ada.shape import MappingShape
from ...vendor.stylegan3.shape import GeneratorShape as StyleGAN3Shape
from .network_tree import Tree
from .pickle_machine import RefusedError

NetworkShape = StyleGAN2Shape | StyleGAN3Shape
FAMILIES = ("stylegan2", "stylegan-human", "stylegan3-t", "stylegan3-r")
MAX_RESOLUTION = 4096
MAX_CHANNELS = 8192
MAX_ROWS = 64
MAX_MAPPING_LAYERS = 32
ACTIVATIONS = ("linear", "lrelu", "relu", "swish", "tanh", "sigmoid", "elu", "selu", "softplus")


def shape_of(tree: Tree) -> NetworkShape:
    """The numbers of the generator. Raises RefusedError when it is none we know, or its numbers are beyond reason."""
    if tree.classes.get("") != "Generator":
        raise RefusedError(f"a {tree.classes.get('')} where a Generator was expected")
    if "synthesis.input.freqs" in tree.tensors:
        shape: NetworkShape = _stylegan3(tree)
    elif "synthesis.b4.const" in tree.tensors:
        shape = _stylegan2(tree)
    else:
        raise RefusedError("a generator that is neither StyleGAN2 nor StyleGAN3")
    check(shape)
    return shape


def family_of(shape: NetworkShape) -> str:
    """One of FAMILIES."""
    if isinstance(shape, StyleGAN3Shape):
        return "stylegan3-r" if shape.use_radial_filters else "stylegan3-t"
    return "stylegan-human" if shape.is_narrow else "stylegan2"


def shape_from_dict(family: str, numbers: dict[str, Any]) -> NetworkShape:
    """The inverse of dataclasses.asdict, from a file.

    Raises RefusedError, TypeError or ValueError when it is not sound.
    """
    own = {name: tuple(value) if isinstance(value, list) else value for name, value in numbers.items()}
    mapping = MappingShape(**own.pop("mapping"))
    shape = (StyleGAN3Shape if family.startswith("stylegan3") else StyleGAN2Shape)(mapping=mapping, **own)
    check(shape)
    if family_of(shape) != family:
        raise RefusedError(f"the numbers of a {family_of(shape)} under the name {family}")
    return shape


def check(shape: NetworkShape) -> None:
    """Refuse numbers beyond reason, before anything is made of them."""
    mapping = shape.mapping
    _range("num_ws", mapping.num_ws, 1, MAX_ROWS)
    _range("num_layers of the mapping", mapping.num_layers, 1, MAX_MAPPING_LAYERS)
    for name in ("z_dim", "w_dim"):
        _range(name, getattr(mapping, name), 1, MAX_CHANNELS)
    _range("c_dim", mapping.c_dim, 0, MAX_CHANNELS)
    for name in ("embed_features", "layer_features"):
        _range(name, getattr(mapping, name) or 1, 1, MAX_CHANNELS)
    _number("lr_multiplier", mapping.lr_multiplier, 1e-6, 1e3)
    _range("img_channels", shape.img_channels, 1, 16)
    _range("num_fp16_res", shape.num_fp16_res, 0, 16)
    if shape.conv_clamp is not None:
        _number("conv_clamp", shape.conv_clamp, 1e-6, 1e9)
    _word("activation", mapping.activation, ACTIVATIONS)
    if isinstance(shape, StyleGAN3Shape):
        _check_stylegan3(shape)
    else:
        _check_stylegan2(shape)


def _check_stylegan2(shape: StyleGAN2Shape) -> None:
    _range("resolution", len(shape.channels), 1, 11)
    for channels in shape.channels:
        _range("channels", channels, 1, MAX_CHANNELS)
    _range("num_ws", shape.mapping.num_ws, 2 * len(shape.channels), 2 * len(shape.channels))
    _word("architecture", shape.architecture, ("skip", "orig", "resnet"))
    _word("activation", shape.activation, ACTIVATIONS)
    _range("resample_filter", len(shape.resample_filter), 2, 7)
    for tap in shape.resample_filter:
        _number("resample_filter", tap, -100, 100)
    for flag in ("is_narrow", "use_noise"):
        if type(getattr(shape, flag)) is not bool:
            raise RefusedError(f"no usable '{flag}'")


def _check_stylegan3(shape: StyleGAN3Shape) -> None:
    _range("resolution", shape.resolution, 8, MAX_RESOLUTION)
    _range("num_layers", shape.num_layers, 1, MAX_ROWS - 2)
    _range("num_critical", shape.num_critical, 0, shape.num_layers - 1)
    _range("num_ws", shape.mapping.num_ws, shape.num_layers + 2, shape.num_layers + 2)
    _range("channel_base", shape.channel_base, 1, 1 << 20)
    _range("channel_max", shape.channel_max, 1, MAX_CHANNELS)
    _range("margin_size", shape.margin_size, 0, 64)
    _range("filter_size", shape.filter_size, 1, 32)
    _range("lrelu_upsampling", shape.lrelu_upsampling, 1, 8)
    if shape.conv_kernel not in (1, 3) or type(shape.use_radial_filters) is not bool:
        raise RefusedError("an unknown configuration of StyleGAN3")
    for name in ("first_cutoff", "first_stopband"):
        _number(name, getattr(shape, name), 0.1, shape.resolution)
    _number("last_stopband_rel", shape.last_stopband_rel, 0.5, 4)
    _number("output_scale", shape.output_scale, 1e-6, 1e6)


def _range(name: str, value: Any, low: int, high: int) -> None:
    if type(value) is not int or not low <= value <= high:
        raise RefusedError(f"a '{name}' beyond reason")


def _number(name: str, value: Any, low: float, high: float) -> None:
    if type(value) not in (int, float) or not low <= value <= high:
        raise RefusedError(f"a '{name}' beyond reason")


def _word(name: str, value: Any, known: tuple[str, ...]) -> None:
    if value not in known:
        raise RefusedError(f"an unknown '{name}'")


def _size(tree: Tree, tensor: str, axis: int) -> int:
    """One side of a tensor that must be there."""
    found = tree.tensors.get(tensor)
    if found is None or len(found.shape) <= axis:
        raise RefusedError(f"no usable tensor '{tensor}'")
    return found.shape[axis]


def _mapping(tree: Tree) -> MappingShape:
    layers = tree.attribute("mapping", "num_layers", int)
    _range("num_layers of the mapping", layers, 1, MAX_MAPPING_LAYERS)
    c_dim = tree.attribute("mapping", "c_dim", int)
    return MappingShape(
        z_dim=tree.attribute("mapping", "z_dim", int),
        w_dim=tree.attribute("mapping", "w_dim", int),
        num_ws=tree.attribute("", "num_ws", int),
        c_dim=c_dim,
        num_layers=layers,
        embed_features=_size(tree, "mapping.embed.weight", 0) if c_dim else None,
        layer_features=_size(tree, "mapping.fc0.weight", 0) if layers > 1 else None,
        activation=tree.attribute("mapping.fc0", "activation", str),
        lr_multiplier=float(tree.attribute("mapping.fc0", "bias_gain", (int, float))),
    )


def _stylegan2(tree: Tree) -> StyleGAN2Shape:
    blocks = sorted((name for name in tree.under("synthesis") if name[:1] == "b" and name[1:].isdigit()), key=_height)
    if [_height(name) for name in blocks] != [4 << i for i in range(len(blocks))] or len(blocks) > 11:
        raise RefusedError("blocks of unusual sizes")
    first, layer = "synthesis.b4", "synthesis.b4.conv1"
    kernel = tree.tensors.get(f"{first}.resample_filter")
    if kernel is None or len(kernel.shape) != 2 or max(kernel.shape) > 7:
        raise RefusedError("an unusual low-pass filter")
    halves = [name for name in blocks if tree.attribute(f"synthesis.{name}", "use_fp16", bool)]
    clamp = tree.attribute(layer, "conv_clamp", (int, float, type(None)))
    return StyleGAN2Shape(
        mapping=_mapping(tree),
        channels=tuple(_size(tree, f"synthesis.{name}.conv1.weight", 0) for name in blocks),
        img_channels=_size(tree, f"synthesis.{blocks[-1]}.torgb.weight", 0),
        is_narrow=_size(tree, f"{first}.const", 2) == 2,
        architecture=tree.attribute(first, "architecture", str),
        use_noise=f"{layer}.noise_const" in tree.tensors,
        activation=tree.attribute(layer, "activation", str),
        conv_clamp=None if clamp is None else float(clamp),
        num_fp16_res=len(halves),
        resample_filter=tuple(float(tap) for tap in kernel.read().sum(1)),
    )


def _height(block: str) -> int:
    return int(block[1:7])


def _stylegan3(tree: Tree) -> StyleGAN3Shape:
    layers = tree.attribute("synthesis", "layer_names", list)
    keywords = {
        name: tree.keywords[name]
        for name in (
            "channel_base", "channel_max", "first_cutoff", "first_stopband", "last_stopband_rel", "conv_kernel",
            "filter_size", "lrelu_upsampling", "use_radial_filters",
        )
        if name in tree.keywords
    }  # fmt: skip
    clamp = tree.attribute(f"synthesis.{layers[0]}" if layers else "", "conv_clamp", (int, float, type(None)))
    shape = StyleGAN3Shape(
        mapping=_mapping(tree),
        resolution=tree.attribute("", "img_resolution", int),
        img_channels=tree.attribute("", "img_channels", int),
        conv_clamp=None if clamp is None else float(clamp),
        output_scale=float(tree.attribute("synthesis", "output_scale", (int, float))),
        **{name: tree.attribute("synthesis", name, int) for name in ("num_layers", "num_critical", "margin_size")},
        num_fp16_res=tree.attribute("synthesis", "num_fp16_res", int),
        **keywords,
    )
    check(shape)
    if [layer.name for layer in shape.layers] != layers:
        raise RefusedError("layers whose sizes follow another rule than StyleGAN3's")
    for layer in shape.layers:
        found = [tree.attribute(f"synthesis.{layer.name}", name, (int, float)) for name in ("up_factor", "down_factor")]
        pad = tree.attribute(f"synthesis.{layer.name}", "padding", list)
        if found != [layer.up, layer.down] or pad != [*layer.pad, *layer.pad]:
            raise RefusedError(f"a layer '{layer.name}' that resamples by another rule than StyleGAN3's")
    return shape


def to_dict(shape: NetworkShape) -> dict[str, Any]:
    """The numbers as plain data."""
    return asdict(shape)
