# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture network as data, before any network is made of it. Needs no torch."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from numpy.typing import NDArray

from .network_shape import NetworkShape


class Readable(Protocol):
    """A tensor that may still lie in its file."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Its sides."""

    def read(self) -> NDArray:
        """The tensor, contiguous."""


@dataclass(frozen=True)
class Held:
    """A tensor in memory, or mapped."""

    array: NDArray

    @property
    def shape(self) -> tuple[int, ...]:
        """Its sides."""
        return self.array.shape

    def read(self) -> NDArray:
        """The tensor."""
        return self.array


@dataclass(frozen=True)
class FoundNetwork:
    """A generator: its numbers, and its tensors by the published names."""

    shape: NetworkShape
    tensors: Mapping[str, Readable]
