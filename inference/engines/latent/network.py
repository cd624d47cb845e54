# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture network from its file, ready to use; the last one stays loaded for whoever wants it next."""

import functools
from dataclasses import dataclass
from pathlib import Path

import torch

from ....bridge.errors import InputError
from ...torch_device import choose_device
from ...weights.network_build import Generator, build_network
from ...weights.network_file import network_identity, open_network
from ...weights.network_name import disagreements


@dataclass(frozen=True)
class Network:
    """sha256: of the file it was published in, also when this one was converted from it.

    remarks: where its name and its contents differ, as sentences for the artist.
    """

    path: Path
    generator: Generator
    sha256: str
    remarks: tuple[str, ...]


def load_network(path: Path | str, device: str = "AUTO") -> Network:
    """The network in a file, on a device; AUTO: the graphics card where there is one.

    Raises InputError when it is missing, damaged or refused, and when there is no such device.
    """
    path = Path(path)
    try:
        facts = path.stat()
    except (OSError, ValueError) as error:
        raise InputError(f"There is no network at {path}.", "Choose the network's file again.") from error
    return _load(path, facts.st_size, facts.st_mtime_ns, choose_device(device))


@functools.lru_cache(maxsize=1)
def _load(path: Path, size: int, changed: int, device: torch.device) -> Network:
    """The network of a file in this state."""
    found = open_network(path)
    generator = build_network(found, device)
    return Network(path, generator, network_identity(path), tuple(disagreements(path, found)))
