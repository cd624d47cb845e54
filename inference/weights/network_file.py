# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens a picture network, whatever file it is in, and converts it once to a file that holds numbers alone.

The converted file has the safetensors layout; its metadata says what the network is. A JSON file of the same name says
so to people (docs/networks.md). Looking at a network needs no torch.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from ...bridge.errors import InputError
from ...bridge.motion_file import MotionFile, open_motion_file, write_motion_file
from ...bridge.whole_file import write_whole
from .found_network import FoundNetwork, Held, Readable
from .network_pickle import read_network_pickle
from .network_shape import FAMILIES, family_of, shape_from_dict
from .pickle_machine import RefusedError
from .stylegan2_checkpoint import find_stylegan2, read_stylegan2_checkpoint

SUFFIX = ".safetensors"
VERSION = "1"
MAX_DESCRIPTION = 1 << 16


def open_network(path: Path) -> FoundNetwork:
    """The generator in a network pickle, a torch archive of one, a StyleGAN2 checkpoint, or a file of tensors.

    Nothing in the file runs. Raises InputError, naming the file and what is wrong.
    """
    path = Path(path)
    if path.suffix.lower() == SUFFIX:
        return _read_tensors(path)
    try:
        return read_stylegan2_checkpoint(path) or read_network_pickle(path)
    except RefusedError as refusal:
        raise InputError(f"{path.name} holds {refusal}.", "Use the original file.") from refusal


def convert_network(path: Path, out: Path, is_half: bool = False) -> dict[str, Any]:
    """Write the network as tensors with a description, and the description as JSON beside it. Returns the description.

    is_half: numbers of 16 bits, half the size, and another picture by a thousandth. Raises InputError for `path`,
    StorageError for `out`.
    """
    path, out = Path(path), Path(out)
    if out.suffix.lower() != SUFFIX:
        raise InputError(f"{out.name} does not end in {SUFFIX}.", f"Choose a name that ends in {SUFFIX}.")
    found = open_network(path)
    identity = network_identity(path)
    if is_half:  # its latents make other pictures
        identity = hashlib.sha256(f"{identity} in half precision".encode()).hexdigest()
    description = {**describe(found), "source": path.name, "sha256": identity}
    kind, code = ("F16", "<f2") if is_half else ("F32", "<f4")
    tensors = {name: (kind, tensor.shape, _numbers(tensor, code)) for name, tensor in sorted(found.tensors.items())}
    write_motion_file(out, {"pastiche": "network", "version": VERSION, "network": json.dumps(description)}, tensors)
    write_whole(out.with_suffix(".json"), json.dumps(description, indent=2).encode() + b"\n")
    return description


def network_identity(path: Path) -> str:
    """SHA-256 of the file a network was published in: what a converted file says, the file's own for any other.

    Raises InputError.
    """
    path = Path(path)
    if path.suffix.lower() != SUFFIX:
        return _sha256(path)
    with open_motion_file(path) as file:
        if "network" not in file.metadata:
            return _sha256(path)
        try:
            return str(json.loads(file.metadata["network"])["sha256"])
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            raise InputError(f"{path.name} is no converted network.", "Convert the original file again.") from error


def describe(found: FoundNetwork) -> dict[str, Any]:
    """What the network is, as plain data: family, size in pixels, parameters, all its numbers."""
    shape = found.shape
    return {
        "family": family_of(shape),
        "width": shape.width,
        "height": shape.resolution,
        "labels": shape.mapping.c_dim,
        "tensors": len(found.tensors),
        "numbers": sum(int(np.prod(tensor.shape)) for tensor in found.tensors.values()),
        "shape": asdict(shape),
    }


def _read_tensors(path: Path) -> FoundNetwork:
    """A converted file, or the tensors of a StyleGAN2 under the names of its checkpoints."""
    with open_motion_file(path) as file:
        metadata, arrays = file.metadata, {name: _mapped(file, name) for name in file.tensors}
    damaged, remedy = f"{path.name} is no converted network", "Convert the original file again."
    try:
        if "network" not in metadata and (found := find_stylegan2(arrays)):
            return found
        text = metadata["network"]
        if metadata.get("pastiche") != "network" or metadata.get("version") != VERSION or len(text) > MAX_DESCRIPTION:
            raise RefusedError("another kind of contents")
        description = json.loads(text)
        if description["family"] not in FAMILIES:
            raise RefusedError("an unknown family")
        shape = shape_from_dict(description["family"], description["shape"])
    except (RefusedError, KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise InputError(f"{damaged} ({error}).", remedy) from error
    return FoundNetwork(shape, arrays)


def _mapped(file: MotionFile, name: str) -> Held:
    tensor = file.tensors[name]
    return Held(np.frombuffer(file.map(name), tensor.code).reshape(tensor.shape))


def _numbers(tensor: Readable, code: str) -> Iterator[memoryview]:
    """One tensor's bytes, made when they are written. Beyond the range of half precision lies its largest number."""
    numbers = tensor.read()
    if code == "<f2":
        numbers = np.clip(numbers, -65504, 65504)
    yield memoryview(np.array(numbers, code, order="C")).cast("B")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
