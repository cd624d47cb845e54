# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Style packs as networks: every file is verified, then read as numbers. Not for: the format (bridge/style_pack.py)."""

import functools
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from ...bridge.errors import InputError
from ...bridge.plain_data import to_plain
from ...bridge.requests import Styling
from ...bridge.style_pack import ENCODER, EXEMPLARS, GENERATOR, SAMPLER, StylePack, packs_in, read_pack
from ...vendor.dualstylegan.network import DualStyleGAN
from ...vendor.dualstylegan.sampler import StyleSampler
from ...vendor.psp.encoder import GradualStyleEncoder
from ...vendor.psp.psp import PSp
from ...vendor.stylegan2.shape import part
from ..faces.matte import Segmenter
from ..torch_device import choose_device, choose_precision
from ..weights.plain_tensors import read_tensors
from ..weights.style_codes import StyleCodes
from .dualstylegan import Encoder, Style, make_encoder, make_style
from .stylist import Stylist

CODES, AVERAGE = "codes", "latent_average"  # tensors of exemplars.safetensors and encoder.safetensors
_REMEDY = "Get the pack again, or make it from its authors' files."


def open_stylist(styling: Styling, check: Callable[[], None] = lambda: None) -> Stylist:
    """What draws a styling; its networks stay for the next call. check: may raise to stop while files are verified.

    Raises InputError: no such pack, a file that is not the recorded one, parts that do not fit, no encoder, no device.
    """
    pack, device = read_pack(styling.style), choose_device(styling.device)
    if not pack.has_style:
        raise InputError(f"The pack {pack.facts.name} holds an encoder and no style.", "Choose the pack of a style.")
    encoder = find_encoder(pack, styling.encoder)
    style = _style(_Key(pack), str(device), check)
    matting = Segmenter() if styling.matting else None
    reader = _encoder(_Key(encoder), _Key(pack), str(device), check)
    return Stylist(style, reader, matting, choose_precision(device, styling.precision))


def find_encoder(pack: StylePack, chosen: str = "") -> StylePack:
    """The pack whose encoder reads faces for a style: the chosen one, itself, or one beside it. Raises InputError."""
    if chosen:
        found = read_pack(chosen)
        if not found.has_encoder:
            raise InputError(f"The pack {found.facts.name} has no encoder.", "Choose the pack of an encoder.")
        return found
    if pack.has_encoder:
        return pack
    beside = [other for other in packs_in(pack.folder.absolute().parent) if other.has_encoder]
    if not beside:
        what = f"The style {pack.facts.name} has no encoder that reads faces, and none lies beside it."
        raise InputError(what, f"Put an encoder's pack into {pack.folder.absolute().parent}, or choose one.")
    return min(beside, key=lambda other: (other.has_style, other.facts.name))


def styling_inputs(styling: Styling) -> list[Any]:
    """All that a styling draws with, as plain data for the hash of a frame: files by hash, wherever they lie."""
    names = [exemplar.name for exemplar in read_pack(styling.style).facts.exemplars]
    rest = {key: value for key, value in to_plain(styling).items() if key not in ("style", "encoder")}
    return [encoder_inputs(styling), names, rest]


def encoder_inputs(styling: Styling) -> list[Any]:
    """What the codes of a face depend on, likewise; the style's own network maps them."""
    pack = read_pack(styling.style)
    encoder = find_encoder(pack, styling.encoder)
    files = [sorted((name, file.sha256) for name, file in each.facts.files.items() if not name.endswith(".jpg"))
             for each in (pack, encoder)]  # fmt: skip
    return [files, encoder.facts.space]


class _Key:
    """A pack as a key of a cache: the folder and what it says its files are."""

    def __init__(self, pack: StylePack) -> None:
        self.pack = pack
        self._value = (str(pack.folder), repr(pack.facts))

    def __hash__(self) -> int:
        return hash(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self._value == other._value


def _cached(function: Callable) -> Callable:
    """`lru_cache` that leaves the last argument, a callback, out of the key."""
    kept: dict = {}

    @functools.wraps(function)
    def call(*arguments):
        key = arguments[:-1]
        if key not in kept:
            made = function(*arguments)
            while len(kept) >= 2:  # two faces may have two styles
                del kept[next(iter(kept))]
            kept[key] = made
        return kept[key]

    return call


@_cached
def _style(key: _Key, device: str, check: Callable[[], None]) -> Style:
    pack = key.pack
    network = _built(pack, lambda: DualStyleGAN.from_state(_tensors(pack, GENERATOR, check)))
    codes = _tensors(pack, EXEMPLARS, check).get(CODES)
    names = tuple(exemplar.name for exemplar in pack.facts.exemplars)
    if codes is None or codes.dim() != 3 or codes.dtype != torch.float32 or len(codes) != len(names):
        raise InputError(f"The exemplars of {pack.facts.name} are not {len(names)} codes.", _REMEDY)
    if not len(names) or not torch.isfinite(codes).all():
        raise InputError(f"The exemplars of {pack.facts.name} are not numbers.", _REMEDY)
    sampler = _built(pack, lambda: _sampler(pack, check)) if SAMPLER in pack.facts.files else None
    return make_style(pack.facts.name, network, StyleCodes(names, codes.numpy()), sampler, device)


@_cached
def _encoder(key: _Key, style_key: _Key, device: str, check: Callable[[], None]) -> Encoder:
    pack = key.pack
    tensors = _tensors(pack, ENCODER, check)
    average = tensors.pop(AVERAGE, None)
    network = _built(pack, lambda: PSp(GradualStyleEncoder.from_state(tensors), None, average).eval())
    shape = network.encoder.shape
    if average is not None and average.shape not in ((shape.slots, shape.style_dim), (1, shape.style_dim)):
        raise InputError(f"The average latent in {pack.facts.name} does not fit its encoder.", _REMEDY)
    style = _style(style_key, device, check)
    return make_encoder(f"The encoder of {pack.facts.name}", network, style, pack.facts.space)


def _sampler(pack: StylePack, check: Callable[[], None]) -> StyleSampler:
    tensors = _tensors(pack, SAMPLER, check)
    return StyleSampler.from_checkpoint({name: part(tensors, f"{name}.") for name in ("structure", "color")})


def _built(pack: StylePack, build: Callable):
    try:
        return build()
    except ValueError as error:
        raise InputError(f"The pack {pack.facts.name} does not fit together: {str(error)[:300]}.", _REMEDY) from error


def _tensors(pack: StylePack, name: str, check: Callable[[], None]) -> dict[str, Tensor]:
    """The tensors of a file of a pack, in memory of their own."""
    return read_tensors(pack.verified(name, check))
