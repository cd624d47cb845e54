# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Converts the StyleGAN2 of the TensorFlow programs: the same arithmetic under other names and axes.

Needs no TensorFlow.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...vendor.stylegan2_ada.shape import GeneratorShape, MappingShape
from .found_network import FoundNetwork, Held
from .network_names import ArrayView, LegacyNetwork
from .network_shape import check
from .network_tree import plain
from .pickle_machine import RefusedError

MIN_VERSION = 4
MAX_VARIABLES = 1000
_CONVERT = "a TensorFlow network older than StyleGAN2 (choose one called config-e or config-f)"


def convert_tensorflow(state: dict[Any, Any]) -> FoundNetwork:
    """The smoothed generator ('Gs') of a TensorFlow file in the layout of the later ones. Raises RefusedError."""
    version = state.get("version")
    variables = _variables(state)
    if type(version) is not int or version < MIN_VERSION or "synthesis/4x4/Conv/mod_weight" not in variables:
        raise RefusedError(_CONVERT)
    shape = _shape(variables, plain(state.get("static_kwargs"), depth=2) or {})
    check(shape)
    tensors = {name: Held(np.array(array, np.float32, order="C")) for name, array in _tensors(variables, shape)}
    return FoundNetwork(shape, tensors)


def _variables(state: dict[Any, Any], prefix: str = "") -> dict[str, NDArray]:
    """All variables by name; those of the component networks under the component's name."""
    found = {}
    pairs = state.get("variables")
    if not isinstance(pairs, list) or len(pairs) > MAX_VARIABLES:
        raise RefusedError("a TensorFlow network without variables")
    for pair in pairs:
        if type(pair) not in (tuple, list) or len(pair) != 2 or type(pair[0]) is not str:
            raise RefusedError("an odd TensorFlow variable")
        value = pair[1]
        found[prefix + pair[0]] = value.read() if isinstance(value, ArrayView) else np.asarray(_number(value))
    components = state.get("components")
    if not prefix and isinstance(components, dict):
        for name, network in components.items():
            if isinstance(network, LegacyNetwork) and isinstance(name, str):
                found |= _variables(network.state, f"{name}/")
    return found


def _number(value: Any) -> float:
    if type(value) not in (int, float):
        raise RefusedError("an odd TensorFlow variable")
    return value


def _shape(variables: dict[str, NDArray], keywords: dict[str, Any]) -> GeneratorShape:
    """Sizes from the variables, the rest from the keywords, which say only what differs from the default."""
    own = {name: value for name, value in keywords.items() if value is not None}
    widths = []
    while (name := f"synthesis/{4 << len(widths)}x{4 << len(widths)}/Conv{'1' if widths else ''}/bias") in variables:
        widths.append(len(variables[name]))
    layers = sum(f"mapping/Dense{i}/weight" in variables for i in range(64))
    last = 2 << len(widths)
    if not layers or f"synthesis/{last}x{last}/ToRGB/bias" not in variables:
        raise RefusedError(_CONVERT)
    c_dim = own.get("label_size", 0)
    mapping = MappingShape(
        z_dim=own.get("latent_size", 512),
        w_dim=own.get("dlatent_size", 512),
        num_ws=2 * len(widths),
        c_dim=c_dim,
        num_layers=layers,
        embed_features=_side(variables, "mapping/LabelEmbed/weight", 1) if c_dim else None,
        layer_features=_side(variables, "mapping/Dense0/weight", 1) if layers > 1 else None,
        activation=own.get("mapping_nonlinearity", "lrelu"),
        lr_multiplier=own.get("mapping_lrmul", 0.01),
    )
    return GeneratorShape(
        mapping=mapping,
        channels=tuple(widths),
        img_channels=len(variables[f"synthesis/{last}x{last}/ToRGB/bias"]),
        architecture=own.get("architecture", "skip"),
        use_noise=own.get("use_noise", True),
        activation=own.get("nonlinearity", "lrelu"),
        conv_clamp=own.get("conv_clamp"),
        num_fp16_res=own.get("num_fp16_res", 0),
        resample_filter=tuple(own.get("resample_kernel", (1, 3, 3, 1))),
    )


def _side(variables: dict[str, NDArray], name: str, axis: int) -> int:
    array = variables.get(name)
    if array is None or array.ndim <= axis:
        raise RefusedError(_CONVERT)
    return array.shape[axis]


def _tensors(variables: dict[str, NDArray], shape: GeneratorShape) -> list[tuple[str, NDArray]]:
    """The later names, with axes turned to the later order."""

    def of(name: str, turn: Callable[[NDArray], NDArray] = lambda array: array) -> NDArray:
        if name not in variables:
            raise RefusedError(f"no TensorFlow variable '{name}'")
        try:
            return turn(variables[name])
        except (ValueError, IndexError) as error:
            raise RefusedError(f"a TensorFlow variable '{name}' of an odd shape") from error

    taps = np.array(shape.resample_filter, np.float32)
    low_pass = np.outer(taps, taps) / taps.sum() ** 2
    pairs = [("mapping.w_avg", of("dlatent_avg"))]
    dense = {f"fc{i}": f"Dense{i}" for i in range(shape.mapping.num_layers)}
    if shape.mapping.c_dim:
        dense["embed"] = "LabelEmbed"
    for ours, theirs in dense.items():
        pairs.append((f"mapping.{ours}.weight", of(f"mapping/{theirs}/weight", np.transpose)))
        pairs.append((f"mapping.{ours}.bias", of(f"mapping/{theirs}/bias")))
    pairs.append(("synthesis.b4.const", of("synthesis/4x4/Const/const", lambda array: array[0])))
    for index, side in enumerate(shape.resolutions):
        block, folder = f"synthesis.b{side}", f"synthesis/{side}x{side}"
        pairs.append((f"{block}.resample_filter", low_pass))
        layers = [("conv1", "Conv1" if index else "Conv", 2 * index, _to_torch)]
        if index:
            layers.append(("conv0", "Conv0_up", 2 * index - 1, lambda array: _to_torch(array[::-1, ::-1])))
        for ours, theirs, noise, turn in layers:
            pairs += _layer(of, f"{block}.{ours}", f"{folder}/{theirs}", turn)
            pairs.append((f"{block}.{ours}.resample_filter", low_pass))
            if shape.use_noise:
                pairs.append((f"{block}.{ours}.noise_strength", of(f"{folder}/{theirs}/noise_strength")))
                pairs.append((f"{block}.{ours}.noise_const", of(f"synthesis/noise{noise}", lambda array: array[0, 0])))
        if shape.has_picture(side):
            pairs += _layer(of, f"{block}.torgb", f"{folder}/ToRGB", _to_torch)
        if index and shape.architecture == "resnet":
            raise RefusedError("a TensorFlow network of the 'resnet' architecture, which no published one has")
    return pairs


def _layer(of: Callable[..., NDArray], ours: str, theirs: str, turn: Callable) -> list[tuple[str, NDArray]]:
    return [
        (f"{ours}.weight", of(f"{theirs}/weight", turn)),
        (f"{ours}.bias", of(f"{theirs}/bias")),
        (f"{ours}.affine.weight", of(f"{theirs}/mod_weight", np.transpose)),
        (f"{ours}.affine.bias", of(f"{theirs}/mod_bias") + 1),  # later networks store the one
    ]


def _to_torch(weight: NDArray) -> NDArray:
    """(k, k, I, O) -> (O, I, k, k)."""
    return weight.transpose(3, 2, 0, 1)
