# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""An inversion on disk: latent, what tuning changed, how good it is, and of which picture and network.

The safetensors layout; the network's changes are kept as half-precision differences, half the size of the weights. The
network itself is not in it: the file names it by hash.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ....bridge.errors import InputError
from ....bridge.motion_file import MotionFile, open_motion_file, write_motion_file
from ....bridge.plain_data import from_plain
from ...faces.region import Region
from ...weights.network_build import Generator
from .inversion import Inversion, InversionSettings

VERSION = "1"
CHANGE = "change."
_REMEDY = "Invert the picture again."


@dataclass(frozen=True)
class Origin:
    """Where an inversion comes from.

    source: path of the photograph.   picture: SHA-256 of its pixels.   square: of it, that the network makes; None for
    another shape.   key: of `inversion_key`.
    """

    source: str
    picture: str
    square: Region | None
    key: str


def inversion_key(
    pixels: NDArray, network_sha256: str, settings: InversionSettings, perceptual: str, encoder: str = ""
) -> str:
    """The same for the same picture, network, settings, measure and encoder: what a kept inversion is known by.

    encoder: SHA-256 of the file that the search began with, "" for none. Hexadecimal, 64 digits.
    """
    recipe = {
        "network": network_sha256, "size": pixels.shape, "settings": asdict(settings), "perceptual": perceptual,
        "version": VERSION, **({"encoder": encoder} if encoder else {}),
    }  # fmt: skip
    digest = hashlib.sha256(json.dumps(recipe, sort_keys=True).encode())
    digest.update(np.ascontiguousarray(pixels).tobytes())
    return digest.hexdigest()


def known_inversion(path: Path, key: str) -> dict[str, str] | None:
    """What a file says of the whole inversion with that key that it holds; None when it holds none."""
    try:
        with open_motion_file(path) as file:
            facts = file.metadata
    except InputError:
        return None
    origin = origin_of(facts)
    return facts if origin and origin.key == key and facts.get("whole") == "1" else None


def origin_of(facts: dict[str, str]) -> Origin | None:
    """What an inversion's file says of where it comes from; None when it says nothing sound."""
    try:
        return from_plain(Origin, json.loads(facts["origin"]), "origin")
    except (KeyError, ValueError, RecursionError):
        return None


def write_inversion(
    path: Path, inversion: Inversion, original: Generator, network_sha256: str, origin: Origin | None = None
) -> dict[str, str]:
    """Keep an inversion; returns what the file says of it. original: the network before tuning. Raises StorageError."""
    facts = {
        "pastiche": "inversion",
        "version": VERSION,
        "network": network_sha256,
        "psnr": repr(inversion.psnr),
        "distance": repr(inversion.distance),
        "perceptual": inversion.perceptual,
        "whole": str(int(inversion.is_whole)),
        "origin": json.dumps(asdict(origin)) if origin else "",
    }
    before = original.state_dict()
    tensors = {"latent": ("F32", tuple(inversion.latent.shape), _bytes(inversion.latent, torch.float32))}
    for name, tensor in inversion.generator.state_dict().items():
        if not torch.equal(tensor, before[name]):
            change = (tensor - before[name]).clamp(-65504, 65504)
            tensors[CHANGE + name] = ("F16", tuple(tensor.shape), _bytes(change, torch.float16))
    write_motion_file(path, facts, tensors)
    return facts


def open_inversion(path: Path, original: Generator, network_sha256: str) -> Inversion:
    """An inversion of this very network, ready to drag.

    Raises InputError when it is missing, damaged or of another one.
    """
    with open_motion_file(path) as file:
        facts = file.metadata
        if facts.get("pastiche") != "inversion" or facts.get("version") != VERSION:
            raise InputError(f"{path} is no inversion.", _REMEDY)
        if facts.get("network") != network_sha256:
            raise InputError(f"{path} belongs to another network.", "Choose the network it was made with.")
        mapping = original.shape.mapping
        latent = _read(file, "latent", (1, mapping.num_ws, mapping.w_dim)).to(original.mapping.w_avg)
        generator = _changed(file, original)
        try:
            psnr, distance, is_whole = float(facts["psnr"]), float(facts["distance"]), facts["whole"] == "1"
        except (KeyError, ValueError) as error:
            raise InputError(f"{path} is damaged ({error}).", _REMEDY) from error
    return Inversion(latent, generator, psnr, distance, facts.get("perceptual", ""), is_whole)


def _changed(file: MotionFile, original: Generator) -> Generator:
    """The network with the file's changes; the given one where there are none."""
    state = dict(original.state_dict())
    names = [name for name in file.tensors if name.startswith(CHANGE)]
    if not names:
        return original
    for name in names:
        own = name.removeprefix(CHANGE)
        if own not in state:
            raise InputError(f"{file.path} changes '{own}', which the network does not have.", _REMEDY)
        state[own] = state[own] + _read(file, name, tuple(state[own].shape)).to(state[own])
    with torch.device("meta"):
        generator = type(original)(original.shape)
    generator.load_state_dict(state, strict=True, assign=True)
    return generator.eval().requires_grad_(False)


def _read(file: MotionFile, name: str, shape: tuple[int, ...]) -> Tensor:
    if name not in file.tensors or file.tensors[name].shape != shape:
        raise InputError(f"{file.path} holds no '{name}' of the size the network has.", _REMEDY)
    array = np.frombuffer(file.read(name), file.tensors[name].code).reshape(shape)
    tensor = torch.from_numpy(array.astype(np.float32))
    if not bool(tensor.isfinite().all()):
        raise InputError(f"{file.path} holds numbers that are none in '{name}'.", _REMEDY)
    return tensor


def _bytes(tensor: Tensor, dtype: torch.dtype) -> Iterator[bytes]:
    yield tensor.detach().to("cpu", dtype).contiguous().numpy().tobytes()
