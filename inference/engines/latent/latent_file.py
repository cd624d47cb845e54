# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Latents and kept expressions on disk, and what else a latent can be read from. All name their network by hash.

A latent file holds `latent` (1, num_ws, w_dim). An expression file holds `path` (n, 6, w_dim): how the rows that
dragging moves differ from the latent it started from, step by step; the last is the expression. Both have the
safetensors layout. An inversion (inversion_file) is a latent as well, with a network of its own.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ....bridge.errors import InputError
from ....bridge.motion_file import MotionFile, open_motion_file, write_motion_file
from ...weights.network_build import Generator
from ...weights.safe_open import open_checkpoint, tensors_in
from .feature_block import MOVED_ROWS
from .inversion_file import Origin, open_inversion, origin_of
from .network import Network

VERSION = "1"
MAX_BYTES = 1 << 24  # of a latent in another program's file
_REMEDY = "Choose a latent that was made with this network."


@dataclass(frozen=True)
class Start:
    """A latent (1, num_ws, w_dim) and the network that makes its picture: the file's own where it was tuned.

    path: the file it came from, or None.   origin: of an inversion.
    """

    latent: Tensor
    generator: Generator
    path: Path | None = None
    origin: Origin | None = None


@dataclass(frozen=True)
class Expression:
    """path: (n, 6, w_dim) float32, how the moved rows differ from their start, from the first step to the last."""

    name: str
    path: NDArray[np.float32]

    @property
    def direction(self) -> NDArray[np.float32]:
        """Where it ends: (6, w_dim)."""
        return self.path[-1]


def write_latent(path: Path, latent: Tensor, network_sha256: str) -> None:
    """Write a latent. Raises StorageError."""
    data = np.ascontiguousarray(latent.detach().cpu().numpy(), "<f4")
    facts = {"pastiche": "latent", "version": VERSION, "network": network_sha256}
    write_motion_file(path, facts, {"latent": ("F32", data.shape, data)})


def write_expression(path: Path, expression: Expression, network_sha256: str, start: Tensor) -> None:
    """Write an expression; `start` (1, num_ws, w_dim) is told by hash. Raises StorageError."""
    data = np.ascontiguousarray(expression.path, "<f4")
    facts = {
        "pastiche": "expression", "version": VERSION, "network": network_sha256, "name": expression.name,
        "start": hash_latent(start),
    }  # fmt: skip
    write_motion_file(path, facts, {"path": ("F32", data.shape, data)})


def hash_latent(latent: Tensor) -> str:
    """SHA-256 of its numbers, hexadecimal."""
    return hashlib.sha256(np.ascontiguousarray(latent.detach().cpu().numpy(), "<f4").tobytes()).hexdigest()


def open_expression(path: Path, network: Network) -> Expression:
    """An expression of that network. Raises InputError when it is missing, damaged or of another one."""
    with open_motion_file(path) as file:
        facts = file.metadata
        if facts.get("pastiche") != "expression" or facts.get("version") != VERSION:
            raise InputError(f"{path} is no kept expression.", "Choose a file that Keep Expression wrote.")
        _check_network(path, facts, network)
        steps = file.tensors["path"].shape[0] if "path" in file.tensors and file.tensors["path"].shape else 0
        size = (steps, MOVED_ROWS, network.generator.shape.mapping.w_dim)
        return Expression(facts.get("name", ""), _numbers(file, "path", size) if steps else _refuse(path, "path"))


def open_start(path: Path, network: Network) -> Start:
    """The latent in a file: ours, an inversion's, a NumPy array, or a tensor saved by torch.

    Raises InputError when it is missing, damaged, or does not fit the network.
    """
    path = Path(path)
    if _head(path)[8:9] == b"{":
        return _open_own(path, network)
    latent = torch.from_numpy(_fitted(path, _foreign(path), network.generator))
    return Start(latent.to(network.generator.mapping.w_avg), network.generator, path)


def _open_own(path: Path, network: Network) -> Start:
    with open_motion_file(path) as file:
        facts = file.metadata
        if facts.get("pastiche") == "inversion":
            inversion = open_inversion(path, network.generator, network.sha256)
            return Start(inversion.latent, inversion.generator, path, origin_of(facts))
        if facts.get("pastiche") != "latent" or facts.get("version") != VERSION:
            raise InputError(f"{path} is no latent.", "Choose a latent or an inversion.")
        _check_network(path, facts, network)
        mapping = network.generator.shape.mapping
        latent = torch.from_numpy(_numbers(file, "latent", (1, mapping.num_ws, mapping.w_dim)))
    return Start(latent.to(network.generator.mapping.w_avg), network.generator, path)


def _check_network(path: Path, facts: dict[str, str], network: Network) -> None:
    if facts.get("network") != network.sha256:
        raise InputError(f"{path} belongs to another network than {network.path.name}.", "Choose the one it is of.")


def _numbers(file: MotionFile, name: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
    if name not in file.tensors or file.tensors[name].shape != shape or file.tensors[name].dtype != "F32":
        _refuse(file.path, name)
    array = np.frombuffer(file.read(name), "<f4").reshape(shape).astype(np.float32)
    return array if np.isfinite(array).all() else _refuse(file.path, name)


def _refuse(path: Path, name: str) -> NDArray:
    raise InputError(f"{path} holds no sound '{name}' of the network's size.", _REMEDY)


def _head(path: Path) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise InputError(f"{path} is no file.", "Choose a latent or an inversion.")
        with path.open("rb") as file:
            return file.read(16)
    except (OSError, ValueError) as error:
        raise InputError(f"There is no latent at {path}.", "Check the path.") from error


def _foreign(path: Path) -> NDArray:
    """The one array in a file of another program."""
    if path.stat().st_size > MAX_BYTES:
        raise InputError(f"{path} is too large for a latent.", _REMEDY)
    if not _head(path).startswith(b"\x93NUMPY"):
        tensors = list(tensors_in(open_checkpoint(path)))
        if len(tensors) != 1 or tensors[0][1].size > MAX_BYTES:
            raise InputError(f"{path} holds {len(tensors)} tensors, not one latent.", _REMEDY)
        return tensors[0][1].load().float().numpy()
    try:
        return np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise InputError(f"{path} is damaged ({str(error)[:100]}).", _REMEDY) from error


def _fitted(path: Path, array: NDArray, generator: Generator) -> NDArray[np.float32]:
    """As (1, num_ws, w_dim): rows are repeated where the file has one."""
    mapping = generator.shape.mapping
    rows = array.reshape(-1, array.shape[-1]) if array.ndim and array.dtype.kind == "f" else np.empty((0, 0))
    if rows.shape not in ((1, mapping.w_dim), (mapping.num_ws, mapping.w_dim)) or not np.isfinite(rows).all():
        what = f"The latent in {path.name} is {tuple(array.shape)}, the network takes "
        raise InputError(f"{what}{(1, mapping.num_ws, mapping.w_dim)}.", _REMEDY)
    return np.ascontiguousarray(np.broadcast_to(rows, (mapping.num_ws, mapping.w_dim))[None], np.float32)
