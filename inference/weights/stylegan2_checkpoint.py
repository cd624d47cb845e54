# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""StyleGAN2 under the names of `vendor/stylegan2`, as a network under NVIDIA's names.

DualStyleGAN, pSp and our own training write such networks: a table of tensors by itself, `g_ema` of a training,
`decoder` of a pSp, `generator` of a DualStyleGAN. Both layouts hold the same arithmetic, so whatever draws with one
draws with the other. Needs no torch before a checkpoint's numbers are read.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...bridge.errors import InputError
from ...vendor.stylegan2.shape import GeneratorShape as PlainShape
from ...vendor.stylegan2.shape import part
from ...vendor.stylegan2_ada.shape import GeneratorShape, MappingShape
from .found_network import FoundNetwork, Held, Readable
from .network_shape import check
from .pickle_machine import RefusedError
from .safe_open import StoredTensor, open_checkpoint

PREFIXES = ("", "generator.", "decoder.")
CENTERS = ("latent_avg", "latent_average")  # the mean of w, (w_dim,) or a row per layer
SAMPLES = 10_000  # of z, whose w are averaged where a file holds no mean
_FIRST = "input.input"
_STOCK = np.outer((1, 3, 3, 1), (1, 3, 3, 1)).astype(np.float32) / 64


def read_stylegan2_checkpoint(path: Path) -> FoundNetwork | None:
    """The generator in a torch checkpoint; None for a file that is no checkpoint, or one of something else.

    Raises RefusedError when it is a generator that does not fit together.
    """
    try:
        contents = open_checkpoint(path)
    except InputError:
        return None
    return find_stylegan2(contents) if isinstance(contents, Mapping) else None


def find_stylegan2(contents: Mapping[Any, Any]) -> FoundNetwork | None:
    """The generator among named things, tensors or tables of tensors; None when there is none. Raises RefusedError."""
    center = next((_readable(contents[name]) for name in CENTERS if _is_tensor(contents.get(name))), None)
    for table in (contents.get("g_ema"), contents.get("state_dict"), contents):
        if not isinstance(table, Mapping):
            continue
        tensors = {name: _readable(value) for name, value in table.items() if type(name) is str and _is_tensor(value)}
        for prefix in PREFIXES:
            if prefix + _FIRST in tensors:
                return _renamed(part(tensors, prefix), center)
    return None


@dataclass(frozen=True)
class _Loaded:
    """A checkpoint's tensor as numbers."""

    tensor: StoredTensor

    @property
    def shape(self) -> tuple[int, ...]:
        return self.tensor.shape

    def read(self) -> NDArray:
        return self.tensor.load().float().numpy()


@dataclass(frozen=True)
class _Made:
    """A tensor in another shape of as many numbers, times a factor."""

    tensor: Readable
    shape: tuple[int, ...]
    factor: float = 1.0

    def read(self) -> NDArray:
        return self.tensor.read().astype(np.float32).reshape(self.shape) * np.float32(self.factor)


@dataclass(frozen=True)
class _FirstRow:
    """The mean of w where a file repeats it for each layer."""

    tensor: Readable

    @property
    def shape(self) -> tuple[int, ...]:
        return self.tensor.shape[-1:]

    def read(self) -> NDArray:
        return self.tensor.read().astype(np.float32).reshape(-1, *self.shape)[0]


@dataclass(frozen=True)
class _Mean:
    """The mean of w, computed when it is wanted, from the same z each time."""

    layers: list[tuple[Readable, Readable]]
    shape: tuple[int, ...]

    def read(self) -> NDArray:
        z = np.random.RandomState(0).randn(SAMPLES, *self.shape).astype(np.float32)
        w = z / np.sqrt(np.square(z).mean(1, keepdims=True) + 1e-8)
        for weight, bias in self.layers:
            matrix = weight.read().astype(np.float32).T * np.float32(0.01 / math.sqrt(weight.shape[1]))
            w = w @ matrix + bias.read().astype(np.float32) * np.float32(0.01)
            w = np.maximum(w, 0.2 * w) * np.float32(math.sqrt(2))
        return w.mean(0)


def _is_tensor(value: Any) -> bool:
    return isinstance(value, StoredTensor) or hasattr(value, "read")


def _readable(value: Any) -> Readable:
    return _Loaded(value) if isinstance(value, StoredTensor) else value


def _renamed(tensors: Mapping[str, Readable], center: Readable | None) -> FoundNetwork:
    try:
        plain = PlainShape.of(tensors)
    except (ValueError, TypeError) as error:
        raise RefusedError(f"a generator that is {str(error)[:100]}") from error
    width = plain.style_dim
    shape = GeneratorShape(MappingShape(width, width, plain.slots, num_layers=plain.mapping_layers), plain.channels)
    check(shape)
    made: dict[str, Readable] = {}
    for name, theirs, sides in _names(plain):
        if theirs not in tensors:
            raise RefusedError(f"a generator without '{theirs}'")
        kept = tensors[theirs].shape[sides]
        if math.prod(kept) != math.prod(tensors[theirs].shape):
            raise RefusedError(f"an odd '{theirs}'")
        made[name] = _Made(tensors[theirs], kept)
    for name, theirs in _filters(plain):
        made[name] = _Made(tensors[theirs], tensors[theirs].shape, 1 / 4) if theirs in tensors else Held(_STOCK)
    layers = [(made[f"mapping.fc{i}.weight"], made[f"mapping.fc{i}.bias"]) for i in range(plain.mapping_layers)]
    if center is not None and center.shape not in ((width,), (1, width), (plain.slots, width)):
        raise RefusedError("a mean latent of another size")
    if any(weight.shape != (width, width) or bias.shape != (width,) for weight, bias in layers):
        raise RefusedError("an odd mapping network")
    made["mapping.w_avg"] = _Mean(layers, (width,)) if center is None else _FirstRow(center)
    return FoundNetwork(shape, made)


def _names(plain: PlainShape) -> Iterator[tuple[str, str, slice]]:
    """NVIDIA's name, the name here, and which of the sides here are the sides there: the others are 1."""
    for i in range(plain.mapping_layers):
        yield f"mapping.fc{i}.weight", f"style.{i + 1}.weight", slice(None)
        yield f"mapping.fc{i}.bias", f"style.{i + 1}.bias", slice(None)
    yield "synthesis.b4.const", _FIRST, slice(1, None)
    yield from _layer("synthesis.b4.conv1", "conv1", 0)
    yield from _rgb("synthesis.b4.torgb", "to_rgb1")
    for j in range(len(plain.channels) - 1):
        block = f"synthesis.b{8 << j}"
        yield from _layer(f"{block}.conv0", f"convs.{2 * j}", 2 * j + 1)
        yield from _layer(f"{block}.conv1", f"convs.{2 * j + 1}", 2 * j + 2)
        yield from _rgb(f"{block}.torgb", f"to_rgbs.{j}")


def _layer(name: str, theirs: str, noise: int) -> Iterator[tuple[str, str, slice]]:
    yield from _convolution(name, theirs)
    yield f"{name}.bias", f"{theirs}.activate.bias", slice(None)
    yield f"{name}.noise_strength", f"{theirs}.noise.weight", slice(1, None)
    yield f"{name}.noise_const", f"noises.noise_{noise}", slice(2, None)


def _rgb(name: str, theirs: str) -> Iterator[tuple[str, str, slice]]:
    yield from _convolution(name, theirs)
    yield f"{name}.bias", f"{theirs}.bias", slice(1, 2)


def _convolution(name: str, theirs: str) -> Iterator[tuple[str, str, slice]]:
    yield f"{name}.weight", f"{theirs}.conv.weight", slice(1, None)
    yield f"{name}.affine.weight", f"{theirs}.conv.modulation.weight", slice(None)
    yield f"{name}.affine.bias", f"{theirs}.conv.modulation.bias", slice(None)


def _filters(plain: PlainShape) -> Iterator[tuple[str, str]]:
    """NVIDIA's name and the name here of each low-pass filter; "" where there is none here, and it is not used there.

    The filters here are times 4, what an enlargement takes.
    """
    for name in ("b4", "b4.conv1"):
        yield f"synthesis.{name}.resample_filter", ""
    for j in range(len(plain.channels) - 1):
        block = f"synthesis.b{8 << j}"
        yield f"{block}.resample_filter", f"to_rgbs.{j}.upsample.kernel"
        yield f"{block}.conv0.resample_filter", f"convs.{2 * j}.conv.blur.kernel"
        yield f"{block}.conv1.resample_filter", ""
