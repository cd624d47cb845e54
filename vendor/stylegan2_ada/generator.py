# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole generator, and its strict assembly from tensors."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from .mapping import MappingNetwork
from .shape import GeneratorShape
from .synthesis import SynthesisNetwork


class Generator(nn.Module):
    """`mapping` and `synthesis` of one StyleGAN2."""

    def __init__(self, shape: GeneratorShape) -> None:
        super().__init__()
        self.shape = shape
        self.mapping = MappingNetwork(shape.mapping)
        self.synthesis = SynthesisNetwork(shape)

    def forward(self, z: Tensor, c: Tensor | None = None, psi: float = 1.0, noise: str = "const") -> Tensor:
        """(B, z_dim), (B, c_dim) -> (B, colors, H, W), nominally -1..1."""
        return self.synthesis(self.mapping(z, c, psi), noise)


def assemble(kind: Callable[[Any], nn.Module], shape: Any, state: Mapping[str, Tensor]) -> Any:
    """The network `kind(shape)` with these very tensors (not copies), frozen; none is allocated.

    Raises RuntimeError when names or shapes differ.
    """
    with torch.device("meta"):
        network = kind(shape)
    network.load_state_dict(state, strict=True, assign=True)
    return network.eval().requires_grad_(False)


def build_generator(shape: GeneratorShape, state: Mapping[str, Tensor]) -> Generator:
    """The generator of that shape; see `assemble`."""
    return assemble(Generator, shape, state)
